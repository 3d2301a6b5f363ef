import type { Pool, PoolClient } from 'pg';
import { beforeEverything } from '@lib/platform/event-store/event-store.js';
import { unhurried } from '@lib/platform/postgres/answering-pool.js';
import { KeyFilter } from './key-filter.js';
import type { Lane } from './lane.js';
import { readSchema } from './names.js';
import { type Checkpoint, checkpointsOf, sameDefinition, type Stage } from './read-schema.js';
import { qualified, tableNameOf, viewNameOf } from './tables.js';

/** A lane, its table and where it stands in the log. */
export interface Standing {
  readonly lane: Lane;
  /** Another one when somebody has rebuilt it and swapped the new table in. */
  table: string;
  position: string;
  stage: Stage;
  /** Another table is shown under this lane's name until this one has caught up. */
  replaces: boolean;
  /** The keys that the table may hold, while it is filled from its beginning. */
  written: KeyFilter | undefined;
  /** A worker is moving it. */
  busy: boolean;
  error: string | undefined;
  failures: number;
  retryAt: number;
  /** Events per page; made smaller after a failure, until the lane stands right before the append that it cannot fold. */
  limit: number;
}

/** A plan that was made while a table was nearly empty would go on reading all of it: plans are kept until it is analysed. */
const byIndex = 'set local enable_seqscan = off; set local jit = off';

export const transaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noticed = (error: Error) => {
    broken = error;
  };
  client.on('error', noticed);
  try {
    // Rows and checkpoint are lost together or not at all, and what is lost is folded again: no need to wait for the disk.
    await client.query(`begin; set local synchronous_commit = off; ${byIndex}`);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(noticed);
    throw error;
  } finally {
    client.off('error', noticed);
    client.release(broken);
  }
};

/** A transaction that writes read models. */
export type Writing = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** @param fence runs first in every transaction; throws when it must not go on */
export const writingTo =
  (pool: Pool, fence?: (client: PoolClient) => Promise<void>): Writing =>
  work =>
    transaction(pool, async client => {
      await fence?.(client);
      return work(client);
    });

/** Filled beside the one that is shown, by whoever rebuilds it; not the projector's business until it is swapped in. */
export const isRebuild = ({ stage, tableName }: Checkpoint, lane: Lane) =>
  tableName !== tableNameOf(lane) && (stage === 'building' || stage === 'indexed');

/** The table that the lane's definition goes on with. */
function ownAmong(checkpoints: readonly Checkpoint[], lane: Lane): Checkpoint | undefined {
  const alike = checkpoints.filter(checkpoint => sameDefinition(checkpoint, lane) && !isRebuild(checkpoint, lane));
  return alike.find(({ stage }) => stage === 'serving') ?? alike[0];
}

/** Finds the lane's table or makes an empty one; what an older definition left unfinished goes away. */
export async function stand(writing: Writing, lane: Lane, limit: number): Promise<Standing> {
  const checkpoints = await writing(async client => {
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [`yizhan lane ${lane.name}`]);
    const found = await checkpointsOf(client, [lane.name]);
    if (ownAmong(found, lane)) return found;
    const table = tableNameOf(lane);
    for (const statement of lane.tableStatements(table)) await client.query(statement);
    await client.query(`insert into ${readSchema}.projection (name, version, fingerprint, table_name) values ($1, $2, $3, $4)`, [
      lane.name,
      lane.version,
      lane.fingerprint,
      table,
    ]);
    if (!found.some(({ stage }) => stage === 'serving')) {
      await client.query(`drop view if exists ${viewNameOf(lane.name)}`);
      await client.query(`create view ${viewNameOf(lane.name)} as select * from ${qualified(table)} where false`);
    }
    return checkpointsOf(client, [lane.name]);
  });
  const own = ownAmong(checkpoints, lane)!;
  const serving = checkpoints.find(({ stage }) => stage === 'serving');
  await dropTables(
    writing,
    checkpoints.filter(other => other !== own && other !== serving && !(sameDefinition(other, lane) && isRebuild(other, lane))),
  );
  return {
    lane,
    table: own.tableName,
    position: own.position,
    // A definition that is taken up again after another one had replaced it is filled up from where it stood.
    stage: own.stage === 'superseded' ? 'indexed' : own.stage,
    replaces: serving !== undefined && serving !== own,
    written: own.position === beforeEverything ? new KeyFilter() : undefined,
    busy: false,
    error: undefined,
    failures: 0,
    retryAt: 0,
    limit,
  };
}

/** Makes the indexes when the table is full. */
export async function index(writing: Writing, { lane, table }: Pick<Standing, 'lane' | 'table'>): Promise<void> {
  await writing(async client => {
    await client.query(`set local maintenance_work_mem = '64MB'`);
    for (const statement of lane.indexStatements(table)) await client.query(unhurried(statement));
    await client.query(unhurried(`analyze ${qualified(table)}`));
    await client.query(`update ${readSchema}.projection set stage = 'indexed', updated_at = now() where table_name = $1`, [
      table,
    ]);
  });
}

/** From one moment to the next `read.<name>` shows this table; the one before it is dropped afterwards. */
export async function show(writing: Writing, { lane, table }: Standing): Promise<void> {
  const view = viewNameOf(lane.name);
  const checkpoints = await writing(async client => {
    // Queries queue behind this lock: better to try again than to keep them waiting behind a long one.
    await client.query(`set local lock_timeout = '2s'`);
    await client.query(`drop view if exists ${view}`);
    await client.query(`create view ${view} as select * from ${qualified(table)}`);
    await client.query(
      `update ${readSchema}.projection
          set stage = case when table_name = $2 then 'serving' else 'superseded' end, updated_at = now() where name = $1`,
      [lane.name, table],
    );
    return checkpointsOf(client, [lane.name]);
  });
  await dropTables(
    writing,
    checkpoints.filter(({ tableName }) => tableName !== table),
  );
}

export async function dropTables(writing: Writing, checkpoints: readonly Checkpoint[]): Promise<void> {
  for (const { tableName } of checkpoints) {
    await writing(async client => {
      await client.query(`drop table if exists ${qualified(tableName)} cascade`);
      await client.query(`delete from ${readSchema}.projection where table_name = $1`, [tableName]);
    });
  }
}

/** @returns where the lane stands by now, which may be another table of the same definition; undefined when there is none */
export async function checkpointOf(pool: Pool, { lane, table }: Standing): Promise<Checkpoint | undefined> {
  const found = await checkpointsOf(pool, [lane.name]);
  return found.find(({ tableName }) => tableName === table) ?? ownAmong(found, lane);
}

export async function recordFailure(writing: Writing, { table, error }: Standing): Promise<void> {
  await writing(client =>
    client.query(`update ${readSchema}.projection set state = 'failed', error = $2, updated_at = now() where table_name = $1`, [
      table,
      error,
    ]),
  );
}
