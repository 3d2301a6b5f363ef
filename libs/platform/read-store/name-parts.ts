import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** The longest part of a name that is indexed as it stands. */
const longestPart = 4;

/** Every part of a name, up to four characters long: finding one of them is finding the name by any part of it. */
export function partsOf(name: string): string[] {
  const characters = [...name.toLowerCase()];
  const parts = new Set<string>();
  for (const start of characters.keys()) {
    for (let length = 1; length <= longestPart && start + length <= characters.length; length += 1) {
      parts.add(characters.slice(start, start + length).join(''));
    }
  }
  return [...parts];
}

/**
 * Whether a name holds a part, in whichever case.
 * @param alias of a read model with `name`, and with `nameParts` that an array index finds
 */
export function nameHas(alias: string, sought: string): RawBuilder<SqlBool> {
  const part = sought.toLowerCase();
  const characters = [...part];
  const windows = Array.from({ length: Math.max(1, characters.length - longestPart + 1) }, (_, start) =>
    characters.slice(start, start + longestPart).join(''),
  );
  const indexed = sql<SqlBool>`${sql.ref(`${alias}.nameParts`)} @> ${windows}::text[]`;
  if (characters.length <= longestPart) return indexed;
  return sql<SqlBool>`(${indexed} and strpos(lower(${sql.ref(`${alias}.name`)}), ${part}) > 0)`;
}
