import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import request from 'supertest';
import { projections } from '@lib/house/followers.js';
import { openFoundation } from '@lib/house/foundation.js';
import { grantRoles } from '@lib/house/grants.js';
import { openHouse } from '@lib/house/house.js';
import { moveCheckpoint, parkedFacts, relayCheckpoint, retryParked } from '@lib/platform/feed/relay-schema.js';
import { openReplay, openReplays, stopReplays } from '@lib/platform/feed/replay-schema.js';
import { Lease } from '@lib/platform/lease/lease.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import { compareWithLog } from '@lib/platform/read-store/comparison.js';
import { Rebuild } from '@lib/platform/read-store/rebuild.js';
import { TablesMissing } from '@lib/platform/schema/make-tables.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { apply, foundSmallHouse, openSmallHouse } from './small-house.js';

const suite = hasPostgres ? describe : describe.skip;
const folder = join(__dirname, '../../../infra/postgres');

suite('with the roles of infra/postgres', () => {
  const server = process.env.YIZHAN_TEST_DATABASE_URL!;
  // Roles belong to the whole server, so this run has names of its own.
  const own = `yizhan_test_${randomBytes(6).toString('hex')}`;
  const sqlOf = (file: string) => readFileSync(join(folder, file), 'utf8').replaceAll(/\byizhan\b(?!_)|\byizhan(?=_\w)/g, own);
  const password = randomBytes(12).toString('hex');
  const masterKey = new MasterKey(randomBytes(32));
  const log = pino({ level: 'silent' });
  const urlAs = (role: string, database: string) => {
    const url = new URL(server);
    [url.username, url.password, url.pathname] = [`${own}_${role}`, password, `/${database}`];
    return url.href;
  };
  const databasesAs = (role: string) => ({ log: urlAs(role, own), keys: urlAs(role, `${own}_keys`) });
  const grants = () => grantRoles(databasesAs('owner'), { log: sqlOf('log.sql'), keys: sqlOf('keys.sql') }, `${own}_app`);

  async function as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const refusalOf = (url: string, sql: string) =>
    as(url, client => client.query(sql)).then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    );
  const app = databasesAs('app');
  let house: Awaited<ReturnType<typeof openSmallHouse>>;

  beforeAll(async () => {
    await as(server, async client => {
      await client.query(sqlOf('roles.sql'));
      await client.query(sqlOf('roles.sql'));
      for (const role of ['owner', 'app', 'auditor']) await client.query(`alter role ${own}_${role} password '${password}'`);
      const statements = sqlOf('databases.sql')
        .replaceAll(/^--.*$/gm, '')
        .split(';');
      for (const statement of statements) if (statement.trim() !== '') await client.query(statement);
    });
    await foundSmallHouse(databasesAs('owner'), masterKey, password);
  }, 120_000);

  afterAll(async () => {
    await house?.close();
    await as(server, async client => {
      for (const database of [own, `${own}_keys`]) await client.query(`drop database if exists ${database} with (force)`);
      for (const role of ['owner', 'app', 'auditor']) await client.query(`drop role if exists ${own}_${role}`);
    });
  }, 120_000);

  test('before they are granted anything, those who run every day cannot start', async () => {
    await expect(openHouse({ databases: app, masterKey, log })).rejects.toThrow(TablesMissing);
  });

  test('whoever does not own the tables grants nothing', async () => {
    expect(await grantRoles(app, { log: 'select 1/0', keys: 'select 1/0' }, `${own}_app`)).toBe(false);
    expect(await grantRoles(databasesAs('owner'), { log: 'select 1/0', keys: 'select 1/0' }, `${own}_nobody`)).toBe(false);
  });

  test('the whole house runs as the role of every day', async () => {
    expect(await grants()).toBe(true);
    house = await openSmallHouse(app, masterKey);
    const headBefore = BigInt(await house.store.head());
    await apply(house.url, '220102199003070021');
    expect(BigInt(await house.store.head())).toBeGreaterThan(headBefore);
    expect(await house.projector.caughtUpTo(await house.store.head(), 20_000)).toBe(true);
    expect((await request(house.url).get('/api/health/ready')).status).toBe(200);
  });

  test('it takes leases, keeps the tables of the relay, rebuilds and compares', async () => {
    const foundation = await openFoundation({ databases: app, masterKey, log });
    const { pool, store, open } = foundation;
    try {
      let token = 0n;
      await new Lease({ pool, name: 'roles', holder: 'spec' }).held(async grant => {
        token = grant.token;
        await as(app.log, async client => {
          await client.query('begin');
          await grant.fence(client);
          await client.query('commit');
        });
      });
      expect(token).toBe(1n);

      expect(await relayCheckpoint(pool as never)).toBe('0');
      await moveCheckpoint(pool as never, '0', '1');
      const [replayId, subscriptionId] = [randomUUID(), randomUUID()];
      const requestedAt = new Date(0).toISOString();
      await openReplay(pool as never, { replayId, subscriptionId, nouns: [], fields: [], from: '0', requestedAt });
      expect(await openReplays(pool as never)).toHaveLength(1);
      await stopReplays(pool as never, subscriptionId, 'revoked');
      expect([await parkedFacts(pool as never), await retryParked(pool as never)]).toEqual([0, 0]);

      const name = 'division';
      const rebuilt = await new Rebuild({ projections, store, open, pool }).run(
        [name],
        () => undefined,
        new AbortController().signal,
      );
      expect(rebuilt).toBe(true);
      const declared = projections.find(each => each.name === name)!;
      expect(await compareWithLog({ store, open, pool }, declared)).toMatchObject({ differing: 0 });
    } finally {
      await foundation.close();
    }
  });

  test.each([`update log.events set type = 'Planted'`, 'delete from log.events', 'truncate log.events'])(
    'nobody changes facts: %s',
    async sql => {
      expect(await refusalOf(app.log, sql)).toBe('permission denied for table events');
      expect(await refusalOf(databasesAs('owner').log, sql)).toBe('facts are never changed and never deleted');
      const asAdministrator = new URL(server);
      asAdministrator.pathname = `/${own}`;
      const replica = `set session_replication_role = replica; ${sql}`;
      expect(await refusalOf(asAdministrator.href, replica)).toBe('facts are never changed and never deleted');
    },
  );

  test('only the owner can take the trigger away, in so many words, and the next init puts it back', async () => {
    const off = 'alter table log.events disable trigger events_are_kept';
    expect(await refusalOf(app.log, off)).toBe('must be owner of table events');
    const { log: owner } = databasesAs('owner');
    await as(owner, async client => {
      await client.query(off);
      await client.query('begin');
      const { rowCount } = await client.query('delete from log.events');
      expect(rowCount).toBeGreaterThan(0);
      await client.query('rollback');
    });
    await (await openFoundation({ databases: databasesAs('owner'), masterKey, log })).close();
    expect(await refusalOf(owner, 'delete from log.events')).toBe('facts are never changed and never deleted');
  });

  test.each([
    ['log', 'delete from log.log_head', 'permission denied for table log_head'],
    ['log', 'create table log.planted ()', 'permission denied for schema log'],
    ['log', 'create schema planted', 'permission denied for database'],
    ['log', 'drop table log.events', 'must be owner of table events'],
    ['log', 'delete from access.credential', 'permission denied for table credential'],
    ['log', 'delete from access.taken_list', 'permission denied for table taken_list'],
    ['log', 'update access.taken_list set rows = 0', 'permission denied for table taken_list'],
    ['keys', 'delete from subject_key', 'permission denied for table subject_key'],
  ] as const)('those who run every day may not, in the database of the %s: %s', async (database, sql, refusal) => {
    expect(await refusalOf(app[database], sql)).toContain(refusal);
  });

  test('what was given by hand is taken back when the grants are run again', async () => {
    await as(databasesAs('owner').log, client => client.query(`grant update, delete on log.events to ${own}_app`));
    expect(await refusalOf(app.log, 'delete from log.events')).toBe('facts are never changed and never deleted');
    expect(await grants()).toBe(true);
    expect(await refusalOf(app.log, 'delete from log.events')).toBe('permission denied for table events');
  });

  test('an auditor reads the log and where everything stands, and neither people nor keys', async () => {
    const { log: url, keys } = databasesAs('auditor');
    for (const relation of [
      'log.events',
      'log.log_head',
      'read.projection',
      'reactor.policy',
      'feed.relay',
      'lease.lease',
      'access.taken_list',
    ])
      expect([relation, await refusalOf(url, `select from ${relation} limit 1`)]).toEqual([relation, 'done']);
    expect(await refusalOf(url, 'select from access.credential')).toMatch(/^permission denied for/);
    expect(await refusalOf(url, 'select from read.volunteer')).toMatch(/^permission denied for/);
    expect(await refusalOf(url, 'update log.log_head set position = 0')).toMatch(
      /^(permission denied for|cannot execute UPDATE)/,
    );
    expect(await refusalOf(keys, 'select 1')).toMatch(/^permission denied for database/);
  });
});
