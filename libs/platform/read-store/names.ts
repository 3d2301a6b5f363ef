/** Everything that is read lies in this schema; nothing in it is a source of truth. */
export const readSchema = 'read';

const clean = /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)*$/;

/** `stationDirectory` → `station_directory`, the same way as kysely's CamelCasePlugin. */
export function snakeCase(name: string): string {
  if (!clean.test(name) || /[A-Z]{2}/.test(name)) throw new Error(`${name} is not a camelCase name`);
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}

/** PostgreSQL cuts longer names off silently. */
export function shortEnough(name: string): string {
  if (name.length > 63) throw new Error(`${name} is longer than the 63 letters that PostgreSQL keeps`);
  return name;
}
