import { join } from 'node:path';
import pg, { type Pool } from 'pg';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { KeyRing } from '@lib/platform/privacy/key-ring.js';
import { MasterKeyMismatch } from '@lib/platform/privacy/key-schema.js';
import type { MasterKey } from '@lib/platform/privacy/master-key.js';
import { openFacts } from '@lib/platform/privacy/sealing.js';
import { gatherStatistics, type Databases } from '../databases.js';
import { grantRoles, type Grants } from '../grants.js';
import { openLog, type LogChoice } from '../log.js';
import { censusOf, type LogCensus } from '../log-census.js';
import { makeOfficeTables } from '../tables.js';
import { BackupRefused, readManifest, requireWhole, type Manifest } from './manifest.js';
import { endRestore, isRestoring, markRestore } from './restoring.js';
import { insertRows, pagesOf, type SavedTable } from './saved-table.js';

export interface RestoreWanted {
  /** As a role that may make tables. */
  readonly databases: Databases;
  /** Of the backup whose log is wanted. */
  readonly folder: string;
  /** Of the backup whose keys are wanted: the same, or a later one, so that who was erased in between stays erased. */
  readonly keysFolder: string;
  readonly factsIn: LogChoice;
  readonly masterKey: MasterKey;
  readonly grants: Grants;
  readonly say: (table: string, rows: number, of: number) => void;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly census: LogCensus;
  /** Whether the roles of infra/postgres were given what they need. */
  readonly granted: boolean;
}

/**
 * Into empty databases: looks at every file first, restores keys and log, then reads the whole log as `verify` does and opens every
 * sealed field. Until all of that is done, a mark keeps every program from starting; what was interrupted is begun anew by the next try.
 * @throws BackupRefused, MasterKeyMismatch, SubjectKeyMissing, SealBroken, LogUnusable; the reason of the signal
 */
export async function restoreBackup(wanted: RestoreWanted): Promise<Restored> {
  const { databases, folder, keysFolder, factsIn, masterKey, grants, signal } = wanted;
  const manifest = await readManifest(folder);
  const keysManifest = await readManifest(keysFolder);
  requireFitting(manifest, keysManifest, factsIn);
  await requireWhole(folder, manifest.log);
  await requireWhole(keysFolder, keysManifest.keys);
  await requireMasterKey(keysFolder, keysManifest, masterKey);

  const pool = new pg.Pool({ connectionString: databases.log, max: 2 });
  const keyPool = new pg.Pool({ connectionString: databases.keys, max: 2 });
  try {
    await makeRoom(pool, keyPool);
    await markRestore(pool);
    await makeOfficeTables(pool, keyPool);
    if (factsIn.kind === 'postgres') await createLogSchema(pool as never);
    await fill(keyPool, keysFolder, keysManifest.keys, wanted);
    await fill(pool, folder, manifest.log, wanted);
    signal.throwIfAborted();
    const census = await lookAtEverything(pool, keyPool, manifest, wanted);
    const granted = await grantRoles(databases, grants);
    await gatherStatistics(databases.log);
    if (census.faults.length === 0) await endRestore(pool);
    return { manifest, census, granted };
  } finally {
    await Promise.all([pool.end(), keyPool.end()]);
  }
}

function requireFitting(manifest: Manifest, keys: Manifest, { kind }: LogChoice): void {
  if (manifest.factsIn !== kind)
    throw new BackupRefused({
      zh: `备份的日志在 ${manifest.factsIn},而 YIZHAN_LOG 是 ${kind}`,
      en: `The log of this backup is in ${manifest.factsIn}, and YIZHAN_LOG says ${kind}`,
    });
  if (keys.takenAt < manifest.takenAt)
    throw new BackupRefused({
      zh: `密钥的备份(${keys.takenAt})早于日志的备份(${manifest.takenAt}):日志里的新事实会读不出来`,
      en: `The keys (${keys.takenAt}) are older than the log (${manifest.takenAt}): newer facts of it could not be read`,
    });
}

async function requireMasterKey(folder: string, { keys }: Manifest, masterKey: MasterKey): Promise<void> {
  const saved = keys.find(({ table }) => table === 'public.key_check');
  for await (const [line] of pagesOf(join(folder, saved!.file))) {
    const { check_value: value } = JSON.parse(line!) as { readonly check_value: string };
    if (Buffer.from(value.slice(2), 'hex').equals(masterKey.checkValue)) return;
  }
  throw new MasterKeyMismatch();
}

const systemSchema = `(n.nspname like 'pg\\_%' or n.nspname = 'information_schema')`;

async function relationsIn(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where not ${systemSchema} and c.relkind in ('r', 'p', 'v', 'm', 'S') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** What a restore left half done is taken away; anything else is not ours to touch. @throws BackupRefused */
async function makeRoom(pool: Pool, keyPool: Pool): Promise<void> {
  for (const each of [pool, keyPool]) {
    const { rows } = await each.query<{ may: boolean }>(`select has_database_privilege(current_database(), 'create') as may`);
    if (!rows[0]!.may)
      throw new BackupRefused({
        zh: '恢复要建表,请用所有者角色(yizhan_owner)的 DATABASE_URL',
        en: 'A restore makes tables: take the DATABASE_URL of their owner (yizhan_owner)',
      });
  }
  if (await isRestoring(pool)) {
    for (const each of [pool, keyPool]) await dropEverything(each);
    return;
  }
  const there = [...(await relationsIn(pool)), ...(await relationsIn(keyPool))];
  if (there.length === 0) return;
  throw new BackupRefused({
    zh: `只恢复到空的数据库;这里已有 ${there.slice(0, 3).join('、')} 等 ${there.length} 个表。什么也没有改动。`,
    en: `Only empty databases are restored into; here are ${there.length} tables, such as ${there.slice(0, 3).join(', ')}. Nothing was changed.`,
  });
}

/** The mark of a restore goes last, or a half of it would be left without one. */
async function dropEverything(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select n.nspname as name from pg_namespace n where not ${systemSchema} and n.nspname <> 'public'
      order by n.nspname = 'house', n.nspname`,
  );
  const tables = (await relationsIn(pool)).filter(name => name.startsWith('public.'));
  for (const name of tables)
    await pool.query(`drop table if exists ${pg.escapeIdentifier(name.slice('public.'.length))} cascade`);
  for (const { name } of rows) await pool.query(`drop schema ${pg.escapeIdentifier(name)} cascade`);
}

/** All tables of one database in one transaction. */
async function fill(pool: Pool, folder: string, tables: readonly SavedTable[], { say, signal }: RestoreWanted): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // Made together with its table.
    if (tables.some(({ table }) => table === 'log.log_head')) await client.query('delete from log.log_head');
    for (const saved of tables) {
      let rows = 0;
      for await (const lines of pagesOf(join(folder, saved.file))) {
        signal.throwIfAborted();
        rows += await insertRows(client, saved, lines);
        say(saved.table, rows, saved.rows);
      }
      if (rows !== saved.rows)
        throw new BackupRefused({
          zh: `${saved.table} 应有 ${saved.rows} 行,恢复了 ${rows} 行`,
          en: `${saved.table} should have ${saved.rows} rows, and ${rows} were restored`,
        });
    }
    await client.query('commit');
  } finally {
    // Whatever is left open ends with the connection.
    client.release(true);
  }
}

async function lookAtEverything(
  pool: Pool,
  keyPool: Pool,
  manifest: Manifest,
  { databases, factsIn, masterKey, say, signal }: RestoreWanted,
): Promise<LogCensus> {
  const { store } = await openLog(factsIn, pool, databases.log);
  const keyRing = new KeyRing(keyPool as never, masterKey);
  try {
    let read = 0;
    const census = await censusOf(
      store,
      factsIn.kind === 'postgres',
      () => undefined,
      signal,
      async page => {
        await openFacts(
          page.map(({ stream, type, metadata, data }) => ({ stream, type, version: Number(metadata.version), data })),
          keyRing,
          'P2+P3',
        );
        read += page.length;
        say('✓', read, manifest.facts);
      },
    );
    signal.throwIfAborted();
    const head = await store.head();
    const faults = [...census.faults];
    if (factsIn.kind === 'postgres' && (head !== manifest.head || census.events !== manifest.facts))
      faults.push({
        zh: `日志应止于 ${manifest.head}(${manifest.facts} 条),而是 ${head}(${census.events} 条)`,
        en: `the log should end at ${manifest.head} (${manifest.facts} facts) and ends at ${head} (${census.events})`,
      });
    const ahead = await furthestCheckpoint(pool);
    if (comparePositions(ahead, head) > 0)
      faults.push({
        zh: `检查点在 ${ahead},已超过日志末尾 ${head}:日志比这份备份旧`,
        en: `a checkpoint stands at ${ahead}, behind the end of the log, ${head}: the log is older than this backup`,
      });
    return { ...census, faults };
  } finally {
    await store.close();
  }
}

/** Of those that answer or publish: what they have passed would never be looked at again. */
async function furthestCheckpoint(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ position: string }>(
    `select coalesce(max(position), 0)::text as position
       from (select position from reactor.policy union all select position from feed.relay) checkpoints`,
  );
  return rows[0]!.position;
}
