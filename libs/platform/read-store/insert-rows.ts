import type { ClientBase } from 'pg';
import type { Column } from '@lib/platform/kernel/projection.js';
import { columnParameter, copyInto, copyLine } from './copy.js';

/** The columns of an index of everything, by the names that they have in SQL. */
export type InsertedColumns = Readonly<Record<string, Column<unknown>['sql']>>;

const worthCopying = 50;

/**
 * Writes rows into a table, whichever way is faster for so many.
 * @param rows values in the order of the columns; null where there is none
 */
export async function insertRows(
  client: ClientBase,
  table: string,
  columns: InsertedColumns,
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const types = Object.values(columns);
  if (rows.length >= worthCopying) {
    await copyInto(client, table, names, rows.map(row => copyLine(types, row)).join(''));
    return;
  }
  await client.query({
    name: `insert ${table}`,
    text: `insert into ${table} (${names.join(', ')}) select * from unnest(${types.map((type, nth) => `$${nth + 1}::${type}[]`).join(', ')})`,
    values: types.map((type, nth) =>
      columnParameter(
        type,
        rows.map(row => row[nth]),
      ),
    ),
  });
}
