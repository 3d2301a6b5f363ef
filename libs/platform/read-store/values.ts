import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { CustomTypesConfig } from 'pg';

const asWritten = (text: string) => text;
const dates = 1082;
const bigints = 20;

/** Dates and 64-bit numbers are read as they are written: `YYYY-MM-DD`, and positions without losing digits. */
export const readTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === dates || oid === bigints ? asWritten : (pg.types.getTypeParser(oid, format) as never),
};

/** Equal as PostgreSQL would keep them: jsonb does not remember the order of its keys. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && isDeepStrictEqual(a, b));
