import type { ClientBase, QueryResult, QueryResultRow } from 'pg';
import { makeTables } from '@lib/platform/schema/make-tables.js';
import type { MasterKey } from './master-key.js';

/** A client or a pool of the keys' own database. */
export type KeyDatabase = Pick<ClientBase, 'query'>;

/** The database of the keys did not answer. Says nothing about any key: wait, never skip, never read as erased. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';

  constructor(cause: unknown) {
    super('the database of the keys did not answer', { cause });
  }
}

/** The master key is not the one that the stored keys were wrapped with. Nothing was changed. */
export class MasterKeyMismatch extends Error {
  override readonly name = 'MasterKeyMismatch';

  constructor() {
    super(
      '密钥文件（或环境变量里的主密钥）不属于这份数据：请恢复原来的密钥后再启动，数据没有改动。\n' +
        'The key file (or the master key from the environment) does not belong to this data: restore the original one and start again; nothing was changed.',
    );
  }
}

/** Makes the tables of the keys where they are missing, in a database of their own. Several processes may do so at once. */
export async function createKeySchema(client: KeyDatabase): Promise<void> {
  await makeTables(
    client,
    'keys',
    `
    create table if not exists subject_key (
      subject uuid primary key,
      wrapped bytea,
      made_at timestamptz not null default now(),
      erased_at timestamptz,
      constraint either_kept_or_erased check ((wrapped is null) = (erased_at is not null))
    );

    create table if not exists person_key (
      hmac bytea primary key,
      stream_id uuid not null
    );

    create table if not exists key_check (
      only_row boolean primary key default true check (only_row),
      check_value bytea not null
    )`,
  );
}

/**
 * To be asked at every start, before any key is used; the first start leaves the answer.
 * @throws MasterKeyMismatch, KeysUnavailable
 */
export async function requireSameMasterKey(client: KeyDatabase, masterKey: MasterKey): Promise<void> {
  await askKeys(client, 'insert into key_check (check_value) values ($1) on conflict do nothing', [masterKey.checkValue]);
  const [stored] = await askKeys<{ check_value: Buffer }>(client, 'select check_value from key_check', []);
  if (!stored?.check_value.equals(masterKey.checkValue)) throw new MasterKeyMismatch();
}

/** @throws KeysUnavailable */
export async function askKeys<Row extends QueryResultRow>(client: KeyDatabase, sql: string, values: unknown[]): Promise<Row[]> {
  const { rows }: QueryResult<Row> = await client.query<Row>(sql, values).catch((error: unknown) => {
    throw new KeysUnavailable(error);
  });
  return rows;
}
