import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, Pool, type PoolClient, type Submittable } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { createLeaseSchema, Lease, LeaseLost, type Grant, type LeaseSetup } from './lease.js';
import { UnfencedLease } from './twins/unfenced-lease.js';

const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(20)) if (await holds()) return;
  throw new Error(`in vain: ${what}`);
};

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

/** Begins to copy and never sends a row. */
const unfinishedCopy = (client: PoolClient, statement: string): Promise<never> =>
  new Promise((_, reject) => {
    client.query({
      submit: (connection: Connection) => connection.query(statement),
      handleCopyInResponse: () => undefined,
      handleError: reject,
    } as unknown as Submittable);
  });

(hasPostgres ? describe : describe.skip)('a lease', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 40 });
    await createLeaseSchema(pool);
    await pool.query('create table written (name text, holder text, token bigint, nth serial)');
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const leaseOf = (name: string, holder: string, setup: Partial<LeaseSetup> = {}, Kind = Lease) =>
    new Kind({ pool, name, holder, timeToLive: 6_000, renewEvery: 300, askEvery: 50, ...setup });

  const inTransaction = async (work: (client: PoolClient) => Promise<unknown>) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const noticed = (error: Error) => void (broken = error);
    client.on('error', noticed);
    try {
      await client.query('begin');
      await work(client);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(noticed);
      throw error;
    } finally {
      client.off('error', noticed);
      client.release(broken);
    }
  };

  const write = (name: string, holder: string, { token, fence }: Grant) =>
    inTransaction(async client => {
      await fence(client);
      await client.query('insert into written (name, holder, token) values ($1, $2, $3)', [name, holder, String(token)]);
    });

  const written = async (name: string) =>
    (await pool.query<{ holder: string; token: string }>('select * from written where name = $1 order by nth', [name])).rows;

  /** The tokens of what was written never go back. */
  const writtenInOrder = async (name: string) => {
    const tokens = (await written(name)).map(({ token }) => Number(token));
    return tokens.every((token, nth) => nth === 0 || token >= tokens[nth - 1]!);
  };

  test('goes to one of many rivals after the other, each with a larger token', async () => {
    let holding = 0;
    let most = 0;
    const tokens: bigint[] = [];
    await Promise.all(
      Array.from({ length: 24 }, (_, nth) =>
        leaseOf('rivals', `rival ${nth}`).held(async grant => {
          most = Math.max(most, (holding += 1));
          tokens.push(grant.token);
          for (let writes = 0; writes < 3 && !grant.signal.aborted; writes += 1) await write('rivals', `rival ${nth}`, grant);
          holding -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(tokens.length).toBeGreaterThanOrEqual(24);
    expect(tokens.every((token, nth) => nth === 0 || token > tokens[nth - 1]!)).toBe(true);
    expect(await writtenInOrder('rivals')).toBe(true);
    expect(new Set((await written('rivals')).map(({ holder }) => holder)).size).toBe(24);
  });

  test('is kept for as long as it is renewed, and given back when the work is over', async () => {
    const stop = new AbortController();
    const first = leaseOf('kept', 'first');
    let token: bigint | undefined;
    const held = first.held(async grant => {
      token = grant.token;
      await aborted(grant.signal);
      expect(grant.signal.reason).not.toBeInstanceOf(LeaseLost);
    }, stop.signal);
    await until('the first one holds it', () => first.grant !== undefined);

    let second: bigint | undefined;
    const waiting = leaseOf('kept', 'second').held(async grant => void (second = grant.token));
    // Longer than it would last by itself.
    await delay(6_600);
    expect(second).toBeUndefined();
    expect(await first.holder()).toEqual({ holder: 'first', token, current: true });
    stop.abort();
    await held;
    await waiting;
    expect(second).toBe(token! + 1n);
    expect(await first.holder()).toEqual({ holder: 'second', token: second, current: false });
  });

  test('that cannot be renewed ends the work by itself, before anybody else gets it', async () => {
    const order: string[] = [];
    let silent = false;
    const mute = {
      query: ((...asked: Parameters<Pool['query']>) =>
        silent ? new Promise(() => undefined) : pool.query(...asked)) as unknown as Pool['query'],
    };
    const stop = new AbortController();
    const lost: Error[] = [];
    // So long that only a machine that stands still for a second could put the two out of order.
    const first = leaseOf('mute', 'first', { pool: mute, timeToLive: 10_000, report: error => lost.push(error) });
    const held = first.held(async ({ signal, token }) => {
      await aborted(signal);
      order.push(`first ${token} stopped`);
      expect(signal.reason).toBeInstanceOf(LeaseLost);
      silent = false;
      // Gives nothing back by itself: the release finds the lease run out.
      await until('the second one has it', () => order.length > 1);
      stop.abort();
    }, stop.signal);
    await until('the first one holds it', () => first.grant !== undefined);
    silent = true;
    await leaseOf('mute', 'second').held(async ({ token }) => void order.push(`second ${token} works`));
    await held;
    expect(order).toEqual(['first 1 stopped', 'second 2 works']);
    expect(lost.some(error => error instanceof LeaseLost)).toBe(true);
  });

  test('ends the work of a holder that cannot renew also when timers go off early', async () => {
    const timer = globalThis.setTimeout;
    const early = jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((then: () => void, after = 0) => timer(then, Math.max(0, after - 5))) as typeof setTimeout);
    try {
      let silent = false;
      const query = ((...asked: Parameters<Pool['query']>) =>
        silent ? new Promise(() => undefined) : pool.query(...asked)) as unknown as Pool['query'];
      const stop = new AbortController();
      const lease = leaseOf('early', 'first', { pool: { query }, timeToLive: 2_000 });
      let reason: unknown;
      const held = lease.held(async ({ signal }) => {
        silent = true;
        await aborted(signal);
        reason = signal.reason;
        silent = false;
        stop.abort();
      }, stop.signal);
      await until('it is lost', () => reason !== undefined);
      await held;
      expect(reason).toBeInstanceOf(LeaseLost);
    } finally {
      early.mockRestore();
    }
  });

  /** A holder that neither renews nor hears that it should stop, as after SIGSTOP, and then goes on writing. */
  async function pausedHolder(name: string, Kind: typeof Lease): Promise<unknown[]> {
    const failures: unknown[] = [];
    const first = leaseOf(name, 'paused', { timeToLive: 20_000, renewEvery: 60_000 }, Kind);
    const stop = new AbortController();
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>(resolve => (wake = resolve));
    const held = first.held(async grant => {
      await write(name, 'paused', grant);
      await asleep;
      for (let nth = 0; nth < 3; nth += 1) await write(name, 'paused', grant).catch((error: unknown) => failures.push(error));
      stop.abort();
    }, stop.signal);
    await until('the first write', async () => (await written(name)).length > 0);
    // What the database sees of a pause that outlasted the lease.
    await pool.query(`update lease.lease set expires = clock_timestamp() - interval '1 second' where name = $1`, [name]);
    const second = leaseOf(name, 'second', { timeToLive: 20_000 });
    await second.held(async grant => {
      await write(name, 'second', grant);
      wake();
      await held;
    });
    return failures;
  }

  test('whose holder was paused for too long lets no write of that holder pass', async () => {
    const failures = await pausedHolder('paused', Lease);
    expect(failures).toHaveLength(3);
    expect(failures.every(failure => failure instanceof LeaseLost)).toBe(true);
    expect((await written('paused')).map(({ holder }) => holder)).toEqual(['paused', 'second']);
    expect(await writtenInOrder('paused')).toBe(true);
  });

  test('without a fencing token is caught by the same scene', async () => {
    expect(await pausedHolder('unfenced', UnfencedLease)).toHaveLength(0);
    expect(await writtenInOrder('unfenced')).toBe(false);
  });

  test('is not handed on while a fenced transaction is under way', async () => {
    let commit: () => void = () => undefined;
    const committing = new Promise<void>(resolve => (commit = resolve));
    let fenced = false;
    const seen: string[] = [];
    const long = { timeToLive: 20_000, renewEvery: 60_000 };
    const first = leaseOf('underway', 'first', long);
    const stop = new AbortController();
    const held = first.held(
      grant =>
        inTransaction(async client => {
          await grant.fence(client);
          fenced = true;
          await committing;
          seen.push('committed');
        }).then(() => stop.abort()),
      stop.signal,
    );
    await until('the first one is fenced', () => fenced);
    await pool.query(`update lease.lease set expires = clock_timestamp() - interval '1 second' where name = 'underway'`);
    const waiting = leaseOf('underway', 'second', long).held(async () => void seen.push('taken over'));
    await until('the second one waits for the transaction', async () => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into lease.lease%'`,
      );
      return rowCount! > 0;
    });
    expect(seen).toEqual([]);
    commit();
    await Promise.all([held, waiting]);
    expect(seen).toEqual(['committed', 'taken over']);
  });

  test('is handed on when its holder falls asleep inside a fenced transaction', async () => {
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>(resolve => (wake = resolve));
    let fenced = false;
    const failures: unknown[] = [];
    const first = leaseOf('asleep', 'first', { timeToLive: 1_500, renewEvery: 60_000 });
    const stop = new AbortController();
    const held = first.held(async grant => {
      await inTransaction(async client => {
        await grant.fence(client);
        fenced = true;
        await asleep;
        await client.query(`insert into written (name, holder, token) values ('asleep', 'first', 1)`);
      }).catch((error: unknown) => failures.push(error));
      stop.abort();
    }, stop.signal);
    await until('the first one is fenced', () => fenced);
    await leaseOf('asleep', 'second').held(grant => write('asleep', 'second', grant));
    wake();
    await held;
    expect(failures).toHaveLength(1);
    expect((await written('asleep')).map(({ holder }) => holder)).toEqual(['second']);
  });

  test('is handed on when its holder falls asleep in the midst of a COPY that is fenced', async () => {
    let fenced = false;
    const failures: unknown[] = [];
    const first = leaseOf('copying', 'first', { timeToLive: 1_500, renewEvery: 60_000 });
    const stop = new AbortController();
    const held = first.held(async grant => {
      await inTransaction(async client => {
        await grant.fence(client);
        fenced = true;
        await unfinishedCopy(client, 'copy written (name, holder, token) from stdin');
      }).catch((error: unknown) => failures.push(error));
      stop.abort();
    }, stop.signal);
    await until('the first one is fenced', () => fenced);
    await leaseOf('copying', 'second', { timeToLive: 1_500 }).held(grant => write('copying', 'second', grant));
    await held;
    expect(failures).toHaveLength(1);
    expect((await written('copying')).map(({ holder }) => holder)).toEqual(['second']);
  }, 30_000);

  test('is waited for again when the fence is the first to hear that somebody else has it', async () => {
    const stop = new AbortController();
    const tokens: bigint[] = [];
    const lease = leaseOf('heard', 'first', { renewEvery: 60_000, timeToLive: 120_000 });
    const held = lease.held(async grant => {
      tokens.push(grant.token);
      if (tokens.length > 1) return stop.abort();
      // Somebody else had it meanwhile, and gave it back.
      await pool.query(`update lease.lease set token = token + 1, expires = clock_timestamp() where name = 'heard'`);
      await inTransaction(client => grant.fence(client));
    }, stop.signal);
    await expect(held).resolves.toBeUndefined();
    expect(tokens).toEqual([1n, 3n]);
  });

  test('goes back when the work throws, and the error reaches whoever asked for it', async () => {
    const broken = leaseOf('broken', 'first');
    await expect(broken.held(() => Promise.reject(new Error('out of ink')))).rejects.toThrow('out of ink');
    expect(await broken.holder()).toMatchObject({ current: false });
    expect(broken.grant).toBeUndefined();
  });
});
