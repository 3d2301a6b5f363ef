import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { BackupRefused, type Manifest } from '@lib/house/backup/manifest.js';
import { restoreBackup } from '@lib/house/backup/restore-backup.js';
import { hashOf } from '@lib/house/backup/saved-table.js';
import { takeBackup } from '@lib/house/backup/take-backup.js';
import type { Databases } from '@lib/house/databases.js';
import { projections } from '@lib/house/followers.js';
import { openFoundation } from '@lib/house/foundation.js';
import { SubjectKeyMissing } from '@lib/platform/privacy/key-ring.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import { compareWithLog } from '@lib/platform/read-store/comparison.js';
import { until } from '@lib/platform/processes/until.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import pino from 'pino';
import { apply, foundSmallHouse, openSmallHouse } from './small-house.js';

const suite = hasPostgres ? describe : describe.skip;

suite('a backup', () => {
  const masterKey = new MasterKey(randomBytes(32));
  const password = 'backup-2026';
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-backup-'));
  const drops: (() => Promise<void>)[] = [];
  const never = new AbortController().signal;
  let databases: Databases;
  let volunteers: string[];
  let manifest: Manifest;
  const whole = join(folder, 'whole');

  async function emptyDatabases(): Promise<Databases> {
    const [log, keys] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    drops.push(log.drop, keys.drop);
    return { log: log.url, keys: keys.url };
  }
  async function sql<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }
  const take = (name: string, signal = never, from = databases) =>
    takeBackup({
      databases: from,
      folder: join(folder, name),
      factsIn: 'postgres',
      settings: { YIZHAN_LOG: 'postgres', KAFKA_BROKERS: '' },
      say: () => undefined,
      signal,
    });
  interface Differing {
    readonly into: Databases;
    readonly from?: string;
    readonly keysFrom?: string;
    readonly key?: MasterKey;
    readonly signal?: AbortSignal;
    readonly say?: (table: string) => void;
  }
  const restore = ({ into, from = whole, keysFrom = from, key = masterKey, signal = never, say = () => undefined }: Differing) =>
    restoreBackup({
      databases: into,
      folder: from,
      keysFolder: keysFrom,
      factsIn: { kind: 'postgres' },
      masterKey: key,
      grants: { log: '', keys: '' },
      say,
      signal,
    });
  const relationsIn = async ({ log, keys }: Databases) => {
    const count = `select count(*)::int as many from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;
    const found = await Promise.all([log, keys].map(url => sql<{ many: number }>(url, count)));
    return found.map(([row]) => row!.many);
  };

  beforeAll(async () => {
    databases = await emptyDatabases();
    await foundSmallHouse(databases, masterKey, password);
    const house = await openSmallHouse(databases, masterKey);
    drops.unshift(() => house.close());
    volunteers = [await apply(house.url, '220102199003070021'), await apply(house.url, '22240119600101100X')];
    const head = await house.store.head();
    await house.projector.caughtUpTo(head, 20_000);
    // A house at rest, which is compared with its backup later: policies write down a little afterwards how far they are.
    await until('the policies stand at the head', async () => {
      const [row] = await sql<{ position: string }>(databases.log, 'select min(position)::text as position from reactor.policy');
      return row!.position === head;
    });
    manifest = await take('whole');
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const drop of drops) await drop();
  }, 120_000);

  test('holds log and keys and no read model, and says what it holds', async () => {
    const [row] = await sql<{ head: string; facts: number }>(
      databases.log,
      'select h.position::text as head, (select count(*)::int from log.events) as facts from log.log_head h',
    );
    expect(manifest).toMatchObject({ format: 1, factsIn: 'postgres', persons: 2, ...row });
    expect(JSON.parse(readFileSync(join(whole, 'manifest.json'), 'utf8'))).toEqual(manifest);
    const tables = [...manifest.log, ...manifest.keys];
    const names = tables.map(({ table }) => table);
    expect(names).toEqual(expect.arrayContaining(['log.events', 'log.log_head', 'access.credential', 'reactor.policy']));
    expect(names).toEqual(expect.arrayContaining(['feed.relay', 'lease.lease', 'public.subject_key', 'public.person_key']));
    expect(names.filter(name => name.startsWith('read.'))).toEqual([]);
    for (const { file, sha256, bytes } of tables) {
      expect(await hashOf(join(whole, file))).toBe(sha256);
      expect(readFileSync(join(whole, file))).toHaveLength(bytes);
    }
  });

  test('holds no master key, and nothing of a person in clear', () => {
    const texts = ['log', 'keys'].flatMap(part =>
      readdirSync(join(whole, part)).map(file => gunzipSync(readFileSync(join(whole, part, file))).toString('utf8')),
    );
    expect(texts.join('\n')).toContain(volunteers[0]);
    for (const secret of ['朴英姬', '13843300001', '220102199003070021', password])
      expect(texts.join('\n')).not.toContain(secret);
  });

  test('never overwrites, and what was interrupted is none', async () => {
    await expect(take('whole')).rejects.toThrow(BackupRefused);
    await expect(take('aborted', AbortSignal.abort())).rejects.toThrow();
    await expect(restore({ into: await emptyDatabases(), from: join(folder, 'aborted') })).rejects.toThrow('no finished backup');
  });

  test('comes back as it was: every fact, every key, a house that opens, and read models that say the same', async () => {
    const into = await emptyDatabases();
    const { census } = await restore({ into });
    expect(census).toMatchObject({ events: manifest.facts, faults: [] });
    for (const { table } of [...manifest.log, ...manifest.keys]) {
      const rows = `select md5(string_agg(t::text, '|' order by t::text)) as digest from ${table} t`;
      const [was, is] = await Promise.all(
        [databases, into].map(({ log, keys }) => sql(table.startsWith('public.') ? keys : log, rows)),
      );
      expect([table, is]).toEqual([table, was]);
    }
    const house = await openSmallHouse(into, masterKey);
    expect(await house.projector.caughtUpTo(await house.store.head(), 20_000)).toBe(true);
    await house.sessions.signIn('authority', password);
    await apply(house.url, '222401196001011026');
    await house.close();
    const shown = 'select volunteer_id, name, phone from read.volunteer order by 1';
    const was = await sql(databases.log, shown);
    expect(was).toHaveLength(2);
    expect(await sql(into.log, shown)).toEqual(expect.arrayContaining(was));
    const foundation = await openFoundation({ databases: into, masterKey, log: pino({ level: 'silent' }) });
    try {
      for (const projection of projections)
        expect(await compareWithLog(foundation, projection)).toMatchObject({ name: projection.name, differing: 0 });
    } finally {
      await foundation.close();
    }
  }, 60_000);

  test('is restored into empty databases only', async () => {
    const before = await relationsIn(databases);
    await expect(restore({ into: databases })).rejects.toThrow('Only empty databases');
    expect(await relationsIn(databases)).toEqual(before);
    const into = await emptyDatabases();
    await sql(into.keys, 'create table planted ()');
    await expect(restore({ into })).rejects.toThrow('public.planted');
  });

  test('is not restored with another master key', async () => {
    const into = await emptyDatabases();
    await expect(restore({ into, key: new MasterKey(randomBytes(32)) })).rejects.toThrow('does not belong to this data');
    expect(await relationsIn(into)).toEqual([0, 0]);
  });

  test.each(['log/log.events.ndjson.gz', 'keys/public.subject_key.ndjson.gz'])(
    'with a changed %s nothing is restored',
    async file => {
      const from = mkdtempSync(join(folder, 'damaged-'));
      cpSync(whole, from, { recursive: true });
      appendFileSync(join(from, file), ' ');
      const into = await emptyDatabases();
      await expect(restore({ into, from })).rejects.toThrow(file);
      expect(await relationsIn(into)).toEqual([0, 0]);
    },
  );

  /** A backup whose table was changed by somebody who also set the numbers right. */
  async function forged(table: string, change: (lines: string[]) => string[]): Promise<string> {
    const from = mkdtempSync(join(folder, 'forged-'));
    cpSync(whole, from, { recursive: true });
    const forge = async (saved: Manifest['log'][number]) => {
      if (saved.table !== table) return saved;
      const path = join(from, saved.file);
      const lines = change(gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n'));
      writeFileSync(path, gzipSync(`${lines.join('\n')}\n`));
      return { ...saved, rows: lines.length, sha256: await hashOf(path) };
    };
    const log = await Promise.all(manifest.log.map(forge));
    const keys = await Promise.all(manifest.keys.map(forge));
    writeFileSync(join(from, 'manifest.json'), JSON.stringify({ ...manifest, log, keys }));
    return from;
  }

  test('whose log lacks a fact is noticed, and nothing starts on it', async () => {
    const from = await forged('log.events', lines => lines.filter((_, nth) => nth !== 2));
    const into = await emptyDatabases();
    await expect(restore({ into, from })).rejects.toThrow();
    await expect(openSmallHouse(into, masterKey)).rejects.toThrow('was not finished');
  });

  test('whose keys lack one of a person is noticed, and nothing starts on it', async () => {
    const from = await forged('public.subject_key', lines => lines.slice(1));
    const into = await emptyDatabases();
    await expect(restore({ into, from })).rejects.toThrow(SubjectKeyMissing);
    await expect(openSmallHouse(into, masterKey)).rejects.toThrow('was not finished');
  });

  test('is not taken where a key is missing', async () => {
    const into = await emptyDatabases();
    await restore({ into });
    await sql(into.keys, 'delete from subject_key where subject in (select subject from subject_key limit 1)');
    await expect(take('keyless', never, into)).rejects.toThrow('keys of 1 persons');
  });

  test.each(['public.subject_key', 'log.events', '✓'])(
    'whose restore was interrupted at %s lets nothing start, and comes back whole the next time',
    async at => {
      const into = await emptyDatabases();
      const stop = new AbortController();
      const say = (table: string) => {
        if (table === at) stop.abort();
      };
      await expect(restore({ into, signal: stop.signal, say })).rejects.toThrow();
      expect(stop.signal.aborted).toBe(true);
      await expect(openSmallHouse(into, masterKey)).rejects.toThrow('was not finished');
      const { census } = await restore({ into });
      expect(census).toMatchObject({ events: manifest.facts, faults: [] });
      await (await openSmallHouse(into, masterKey)).close();
    },
    60_000,
  );

  test('of the log comes back with the keys of a later one, in which an erased person stays erased; never with older keys', async () => {
    const from = await emptyDatabases();
    await restore({ into: from });
    const [{ subject }] = (await sql<{ subject: string }>(from.keys, 'select subject from subject_key order by 1 limit 1')) as [
      { subject: string },
    ];
    await sql(from.keys, `update subject_key set wrapped = null, erased_at = now() where subject = '${subject}'`);
    await take('later', never, from);
    const later = join(folder, 'later');
    const into = await emptyDatabases();
    const { census } = await restore({ into, keysFrom: later });
    expect(census.faults).toEqual([]);
    const [row] = await sql(
      into.keys,
      `select wrapped, erased_at is not null as erased from subject_key where subject = '${subject}'`,
    );
    expect(row).toEqual({ wrapped: null, erased: true });
    await expect(restore({ into: await emptyDatabases(), from: later, keysFrom: whole })).rejects.toThrow(
      'are older than the log',
    );
  });
});
