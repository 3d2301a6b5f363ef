import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** Up to so many ids it is faster to collect their rows by an index and sort them than to walk the sorted index past all others. */
export const fewIds = 300;

/** Whether a column holds one of the ids. Thousands of them go over as one text; as an array each would be quoted by itself. */
export function isAmong(column: string, ids: readonly string[]): RawBuilder<SqlBool> {
  const list = sql`${`{${ids.join(',')}}`}::uuid[]`;
  return ids.length <= fewIds
    ? sql<SqlBool>`${sql.ref(column)} = any(${list})`
    : // Behind the coalesce it stays a hashed list; as `any` or as a join the planner would spend longer on it than the query runs.
      sql<SqlBool>`coalesce(${sql.ref(column)} in (select unnest(${list})), false)`;
}
