import { sql } from 'kysely';
import { problemOf } from '@lib/platform/cqrs/problems.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { readingOf, readingPool } from '@lib/platform/read-store/reading.js';
import { transaction } from '@lib/platform/read-store/standing.js';
import { silentLine, type SilentLine } from '@lib/platform/testing/silent-line.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { answeringPool, unhurried } from './answering-pool.js';

/** So short that the spec is quick, and so long that a busy machine answers within it. */
const answersWithin = 3_000;

(hasPostgres ? describe : describe.skip)('a line to PostgreSQL that died silently', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let line: SilentLine;
  const errors: unknown[] = [];
  const noted = (error: unknown) => errors.push(error);
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    line = await silentLine(database.url);
    errors.length = 0;
  });
  afterEach(() => line.close());
  afterAll(() => database.drop());

  const poolOn = (make: typeof answeringPool) => {
    const pool = make({ ...line.connection, max: 4, idleTimeoutMillis: 0, answersWithin });
    pool.on('error', () => undefined);
    return pool;
  };
  const opened = (pool: ReturnType<typeof poolOn>) =>
    Promise.all(Array.from({ length: 4 }, () => pool.query('select pg_sleep(0.2)')));
  /** What the person is told whose request met this. */
  const told = (error: unknown) => problemOf(error, 'en');
  const unavailable = { status: 503, code: 'store-unavailable' };

  test('gives an answer to who asks, once for all the lines that went the same way, and is not used again', async () => {
    const pool = poolOn(answeringPool);
    await opened(pool);
    expect(line.goSilent()).toBe(4);
    await pool.query('select 1').catch(noted);
    expect(errors.map(told)).toEqual([expect.objectContaining(unavailable)]);
    // Each of these would wait on a dead line if one were left.
    for (let nth = 0; nth < 4; nth += 1) expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  }, 60_000);

  test('gives an answer inside a transaction, which does not wait for its rollback', async () => {
    const pool = poolOn(answeringPool);
    await transaction(pool, async client => {
      await client.query('select 1');
      line.goSilent();
      await client.query('select 2');
    }).catch(noted);
    expect(errors.map(told)).toEqual([expect.objectContaining(unavailable)]);
    expect(pool.totalCount).toBe(0);
    expect(await transaction(pool, async client => (await client.query('select 3 as three')).rows)).toEqual([{ three: 3 }]);
    await pool.end();
  }, 60_000);

  test('gives an answer to who reads the read models', async () => {
    const pool = poolOn(readingPool);
    const db = readingOf(pool);
    await db.transaction().execute(trx => sql`select 1`.execute(trx));
    line.goSilent();
    await sql`select 1`.execute(db).catch(noted);
    expect(errors.map(told)).toEqual([expect.objectContaining(unavailable)]);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await pool.end();
  }, 60_000);

  test('gives an answer to who reads the log', async () => {
    const direct = answeringPool({ connectionString: database.url, max: 1 });
    await createLogSchema(direct as never);
    await direct.end();
    const store = new PostgresEventStore(line.connection, { answersWithin });
    expect(await store.head()).toBe('0');
    line.goSilent();
    await store.read(['center-1']).catch(noted);
    expect(errors.map(told)).toEqual([expect.objectContaining(unavailable)]);
    expect(await store.read(['center-1'])).toEqual(new Map([['center-1', []]]));
    await store.close();
  }, 60_000);

  test('that breaks while it is held and nothing is asked ends no process', async () => {
    const pool = poolOn(answeringPool);
    const client = await pool.connect();
    const ended = new Promise(resolve => client.once('end', resolve));
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await ended;
    await client.query('select 1').catch(noted);
    client.release();
    expect(errors.map(told)).toEqual([expect.objectContaining(unavailable)]);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test.each([
    ['any', answeringPool],
    ['one for reading', readingPool],
  ])('has the server look whether the house is still there: %s', async (_, make) => {
    const pool = poolOn(make);
    // What is in force shows as 0 on a socket of the file system, where nothing can go without a word.
    const asked = await pool.query(`select reset_val from pg_settings where name = 'tcp_keepalives_idle'`);
    expect(asked.rows).toEqual([{ reset_val: '10' }]);
    await pool.end();
  });

  test('does not cut what may take long', async () => {
    const pool = answeringPool({ ...line.connection, answersWithin: 1_000 });
    await expect(pool.query('select pg_sleep(60)')).rejects.toThrow('Query read timeout');
    expect((await pool.query(unhurried('select pg_sleep(1.5)'))).rowCount).toBe(1);
    await pool.end();
  }, 60_000);
});
