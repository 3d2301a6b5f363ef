import pg from 'pg';
import { projections } from '@lib/house/followers.js';
import type { Foundation } from '@lib/house/foundation.js';
import { compareWithLog } from '@lib/platform/read-store/comparison.js';
import type { Violations } from '../violations.js';

const positionColumns = ['recorded_from', 'recorded_until', 'position'];

/** Invariant I7, at one moment: no row is newer than the checkpoint of its table, and no checkpoint is ahead of the log. */
export async function checkCheckpoints(pool: pg.Pool, violations: Violations): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const { rows: shown } = await client.query<{ name: string; table_name: string; position: string }>(
      `select name, table_name, position::text from read.projection where stage = 'serving'`,
    );
    const { rows: heads } = await client.query<{ position: string }>('select position::text from log.log_head');
    const head = Number(heads[0]!.position);
    const { rows: columns } = await client.query<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns
        where table_schema = 'read' and data_type = 'bigint' and column_name = any($1)`,
      [positionColumns],
    );
    for (const { name, table_name: table, position } of shown) {
      if (Number(position) > head)
        violations.add('I7 a checkpoint is ahead of the log', `${name} at ${position}, the log at ${head}`);
      const own = columns.filter(column => column.table_name === table).map(({ column_name: column }) => column);
      if (own.length === 0) continue;
      const newest = own.map(column => `coalesce(max(${pg.escapeIdentifier(column)}), 0)`).join(', ');
      const { rows } = await client.query<{ newest: string }>(
        `select greatest(${newest})::text as newest from read.${pg.escapeIdentifier(table)}`,
      );
      if (Number(rows[0]!.newest) > Number(position))
        violations.add('I7 a row is newer than its checkpoint', `${name} has ${rows[0]!.newest}, its checkpoint is ${position}`);
    }
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** Invariant I6: each read model equals, row for row, what a fold of the whole log gives. @returns how many rows were compared */
export async function checkViews(
  { store, open, workPool }: Pick<Foundation, 'store' | 'open' | 'workPool'>,
  violations: Violations,
) {
  let all = 0;
  for (const projection of projections) {
    const { name, rows, differing, position } = await compareWithLog({ store, open, pool: workPool }, projection);
    all += rows;
    if (differing === undefined) violations.add('I6 a read model is not shown', name);
    else if (differing > 0)
      violations.add('I6 a read model is not what the log says', `${name}: ${differing} rows of ${rows}, up to ${position}`);
  }
  return all;
}
