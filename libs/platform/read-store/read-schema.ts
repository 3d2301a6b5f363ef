import type { ClientBase } from 'pg';
import { makeTables } from '@lib/platform/schema/make-tables.js';
import { readSchema } from './names.js';

/** How far a table has come: it is filled, then indexed, then shown as `read.<name>`, and dropped when another is shown. */
export type Stage = 'building' | 'indexed' | 'serving' | 'superseded';

/** What makes the rows of a table what they are. */
export interface Definition {
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
}

export interface Checkpoint extends Definition {
  readonly tableName: string;
  readonly position: string;
  readonly stage: Stage;
}

/**
 * Makes the schema of the read models with its table of checkpoints.
 * @param reader a database role that may look at all read models and change none
 */
export async function createReadSchema(client: ClientBase, reader?: string): Promise<void> {
  await makeTables(
    client,
    'read',
    `
    create schema if not exists ${readSchema};
    create table if not exists ${readSchema}.projection (
      name text not null,
      version integer not null,
      fingerprint text not null,
      table_name text primary key,
      position bigint not null default 0,
      stage text not null default 'building' check (stage in ('building', 'indexed', 'serving', 'superseded')),
      state text not null default 'following' check (state in ('following', 'failed')),
      error text,
      updated_at timestamptz not null default now()
    )`,
  );
  if (reader) {
    const role = client.escapeIdentifier(reader);
    await client.query(`
      grant usage on schema ${readSchema} to ${role};
      grant select on all tables in schema ${readSchema} to ${role};
      alter default privileges in schema ${readSchema} grant select on tables to ${role}`);
  }
}

export async function checkpointsOf(client: Pick<ClientBase, 'query'>, names: readonly string[]): Promise<readonly Checkpoint[]> {
  const { rows } = await client.query<Checkpoint>(
    `select name, version, fingerprint, table_name as "tableName", position::text as position, stage
       from ${readSchema}.projection where name = any($1)`,
    [names],
  );
  return rows;
}

export const sameDefinition = (a: Definition, b: Definition): boolean =>
  a.name === b.name && a.version === b.version && a.fingerprint === b.fingerprint;

/** Somebody else moved the checkpoint: this runner's idea of the tables is out of date. */
export class CheckpointMoved extends Error {}

/**
 * Compare-and-set, inside the transaction that writes the rows.
 * @throws CheckpointMoved
 */
export async function moveCheckpoints(client: ClientBase, tables: readonly string[], from: string, to: string): Promise<void> {
  const { rowCount } = await client.query({
    name: 'move-checkpoints',
    text: `update ${readSchema}.projection set position = $3, state = 'following', error = null, updated_at = now()
            where table_name = any($1) and position = $2`,
    values: [tables, from, to],
  });
  if (rowCount !== tables.length) throw new CheckpointMoved(`not at ${from} any more: one of ${tables.join(', ')}`);
}
