import pg from 'pg';
import type { Databases } from './databases.js';

/** What `infra/postgres` says of either database, in SQL. */
export interface Grants {
  readonly log: string;
  readonly keys: string;
}

/**
 * Gives those who run every day what they need, where the roles of `infra/postgres/roles.sql` exist and this one owns the tables.
 * @param app the role that runs every day
 * @returns false when nothing was given, because there are no such roles or this one may not speak for them
 */
export async function grantRoles({ log, keys }: Databases, grants: Grants, app = 'yizhan_app'): Promise<boolean> {
  for (const [url, sql] of [
    [log, grants.log],
    [keys, grants.keys],
  ] as const) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query<{ may: boolean }>(
        `select has_database_privilege(current_database(), 'create')
                and coalesce((select pg_has_role(oid, 'member') from pg_roles where rolname = $1), false) as may`,
        [app],
      );
      if (!rows[0]!.may) return false;
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
  return true;
}
