import type { Pool } from 'pg';
import { CannotStart } from '../databases.js';

type Database = Pick<Pool, 'query'>;

/** Put down before a restore writes anything, and taken away when everything was looked at. */
export const markRestore = (database: Database) =>
  database.query(
    `create schema if not exists house; create table if not exists house.restoring (since timestamptz not null default now())`,
  );

export const endRestore = (database: Database) => database.query('drop table house.restoring');

export async function isRestoring(database: Database): Promise<boolean> {
  const { rowCount } = await database.query(
    `select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'house' and c.relname = 'restoring'`,
  );
  return rowCount === 1;
}

/** Half a restore looks like a whole one. @throws CannotStart */
export async function refuseHalfRestored(database: Database): Promise<void> {
  if (!(await isRestoring(database))) return;
  throw new CannotStart(
    '这个数据库的恢复没有做完:请再次运行 npm run admin -- restore。\n' +
      'The restore into this database was not finished: run npm run admin -- restore again.',
  );
}
