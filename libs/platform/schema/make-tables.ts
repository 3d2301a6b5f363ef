import { createHash } from 'node:crypto';

/** A client or a pool of the database that the tables are in. */
export interface TableDatabase {
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** This role may not make tables, and those that this program asks for are not there. */
export class TablesMissing extends Error {
  override readonly name = 'TablesMissing';

  constructor(readonly part: string) {
    super(
      `数据库里没有本版本需要的表(${part}),而这个角色不能建表:请先以所有者角色运行 npm run admin -- init。\n` +
        `The tables that this version asks for (${part}) are not there, and this role may not make any: run npm run admin -- init as their owner first.`,
    );
  }
}

/**
 * Makes what is missing, in one transaction; several processes may do so at once. A role that may not create in this database changes
 * nothing and only looks whether a role that may has made just these tables. What was once made stays on record, so that older programs
 * go on beside newer ones.
 * @param part permanent: whose tables these are, a word
 * @param sql statements that may be repeated; a change of them asks for another `init`
 * @throws TablesMissing
 */
export async function makeTables(client: TableDatabase, part: string, sql: string): Promise<void> {
  const fingerprint = createHash('sha256').update(sql).digest('hex');
  const { rows } = await client.query(
    `select has_database_privilege(current_database(), 'create') as "mayMake",
            exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname = 'house' and c.relname = 'made'
                       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')) as "anyMade"`,
  );
  const [{ mayMake, anyMade }] = rows as [{ mayMake: boolean; anyMade: boolean }];
  if (mayMake) {
    // One simple query is one transaction, which the lock lasts for.
    await client.query(`
      select pg_advisory_xact_lock(hashtext('yizhan tables'));
      ${sql};
      create schema if not exists house;
      create table if not exists house.made (
        part text not null,
        fingerprint text not null,
        made_at timestamptz not null default now(),
        primary key (part, fingerprint)
      );
      insert into house.made (part, fingerprint) values ('${part}', '${fingerprint}') on conflict do nothing`);
    return;
  }
  if (!anyMade) throw new TablesMissing(part);
  const made = await client.query(`select from house.made where part = '${part}' and fingerprint = '${fingerprint}'`);
  if (made.rows.length === 0) throw new TablesMissing(part);
}
