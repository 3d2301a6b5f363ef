import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Databases } from '../databases.js';
import { BackupRefused, writeManifest, type Manifest } from './manifest.js';
import { saveTable, tablesOf, type SavedTable } from './saved-table.js';
import { SealedSubjects } from './sealed-subjects.js';

export interface BackupWanted {
  readonly databases: Databases;
  /** Made when it is missing; holds nothing yet. */
  readonly folder: string;
  readonly factsIn: Manifest['factsIn'];
  readonly settings: Manifest['settings'];
  /** Told which table is under way, and how many rows of it are written. */
  readonly say: (table: string, rows: number) => void;
  readonly signal: AbortSignal;
}

/** Folded anew, made anew, or only there while a restore is under way. */
const notKept = new Set(['house.made', 'house.restoring']);
const eventsTable = 'log.events';

/**
 * Saves the log, then the keys, each as it was at one moment, while everything runs. In this order: a person's key is stored before the
 * first fact that is sealed with it, so whatever the log held, the keys that are looked at later can open; and who was erased in between
 * stays erased. Read models are left out: they are folded anew.
 * What is interrupted leaves a folder without a manifest.
 * @throws BackupRefused; the reason of the signal
 */
export async function takeBackup(wanted: BackupWanted): Promise<Manifest> {
  const { databases, folder, factsIn, settings, say, signal } = wanted;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new BackupRefused({
      zh: `${folder} 不是空的:备份从不覆盖,请另选一个文件夹`,
      en: `${folder} is not empty: a backup never overwrites, choose another folder`,
    });
  for (const part of ['log', 'keys']) await mkdir(join(folder, part), { mode: 0o700 });

  const sealed = new SealedSubjects();
  const log = await atOneMoment(databases.log, async client => {
    const takenAt = new Date().toISOString();
    const schemas = await schemasOf(client);
    if (factsIn === 'kurrentdb') await requireRest(client);
    const save = savingTo(folder, 'log', client, say, signal);
    const tables = await save(
      schemas.filter(schema => schema !== 'read' && (factsIn === 'postgres' || schema !== 'log')),
      lines => sealed.add(lines),
    );
    const head = factsIn === 'postgres' ? await headOf(client) : '0';
    const facts = tables.find(({ table }) => table === eventsTable)?.rows ?? 0;
    if (BigInt(facts) !== BigInt(head))
      throw new BackupRefused({
        zh: `日志不完整:应有 ${head} 条事实,只有 ${facts} 条`,
        en: `The log is not whole: it should hold ${head} facts and holds ${facts}`,
      });
    return { takenAt, tables, head, facts };
  });
  const keys = await atOneMoment(databases.keys, async client => {
    await requireKeys(client, sealed.subjects);
    return savingTo(folder, 'keys', client, say, signal)(['public']);
  });
  const { takenAt, head, facts } = log;
  const manifest: Manifest = {
    format: 1,
    takenAt,
    factsIn,
    head,
    facts,
    persons: sealed.subjects.size,
    settings,
    log: log.tables,
    keys,
  };
  await writeManifest(folder, manifest);
  return manifest;
}

async function atOneMoment<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read, read only');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}

const savingTo =
  (folder: string, part: 'log' | 'keys', client: pg.Client, say: BackupWanted['say'], signal: AbortSignal) =>
  async (
    schemas: readonly string[],
    facts: (lines: readonly string[]) => Promise<void> = () => Promise.resolve(),
  ): Promise<readonly SavedTable[]> => {
    const saved: SavedTable[] = [];
    for (const table of await tablesOf(client, schemas)) {
      const name = `${table.schema}.${table.name}`;
      if (notKept.has(name)) continue;
      signal.throwIfAborted();
      let rows = 0;
      const isLog = name === eventsTable;
      saved.push(
        await saveTable(client, table, folder, `${part}/${name}.ndjson.gz`, {
          ...(isLog ? { order: 'position' } : {}),
          async seen(lines) {
            signal.throwIfAborted();
            if (isLog) await facts(lines);
            rows += lines.length;
            say(name, rows);
          },
        }),
      );
    }
    return saved;
  };

/** Whoever makes tables puts down whose they are: the name of their schema. */
async function schemasOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client
    .query<{ part: string }>('select distinct part from house.made order by part')
    .catch((error: unknown) => {
      throw new BackupRefused({
        zh: `这里没有一站的数据(${String((error as Error).message)})`,
        en: `There is nothing of Yizhan here (${String((error as Error).message)})`,
      });
    });
  return rows.map(({ part }) => part);
}

async function headOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ position: string }>('select position::text as position from log.log_head');
  return rows[0]!.position;
}

/** Two servers have no moment in common unless nothing moves: checkpoints here must not be ahead of the log that is saved there. */
async function requireRest(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ holder: string }>('select holder from lease.lease where expires > clock_timestamp()');
  if (rows.length > 0)
    throw new BackupRefused({
      zh: `事实在 KurrentDB 时须先停下全部进程再备份;仍在工作:${rows.map(({ holder }) => holder).join('、')}`,
      en: `With the facts in KurrentDB, stop every process before a backup; at work: ${rows.map(({ holder }) => holder).join(', ')}`,
    });
}

/** @throws BackupRefused when a fact of this backup could not be read with these keys */
async function requireKeys(client: pg.Client, subjects: ReadonlySet<string>): Promise<void> {
  const { rows } = await client.query<{ subject: string }>(
    `select subject from unnest($1::uuid[]) as subject where not exists (select from subject_key k where k.subject = subject.subject)`,
    [[...subjects]],
  );
  if (rows.length === 0) return;
  const [{ subject } = { subject: '' }] = rows;
  throw new BackupRefused({
    zh: `${rows.length} 人的密钥不在密钥库里(如 ${subject}),这样的备份恢复后读不出来`,
    en: `The keys of ${rows.length} persons are not among the keys (such as ${subject}): such a backup could not be read`,
  });
}
