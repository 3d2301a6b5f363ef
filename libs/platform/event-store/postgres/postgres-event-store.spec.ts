import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { append, aStream, describeEventStore, historyOf, noIncrementIsLost, outcome, write } from '../event-store.contract.js';
import { appendOf, AppendTooLate, AppendUnknown, type EventStore, LogCorrupt, StreamMoved } from '../event-store.js';
import { answerOvertaken, takeGroup, type WaitingAppend } from './append-group.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { createLogSchema } from './schema.js';

const whereThereIsPostgres = hasPostgres ? describe : describe.skip;

whereThereIsPostgres('the log in PostgreSQL', () => {
  describeEventStore('PostgreSQL', openBehindProxy, { densePositions: true, losesAnswers: true });

  describe('is made', () => {
    test('by several processes at once', async () => {
      const { url, drop } = await createTestDatabase();
      await Promise.all(Array.from({ length: 8 }, () => withClient(url, createLogSchema)));
      const store = new PostgresEventStore({ connectionString: url });
      await append(store, [write(aStream(), -1)]);
      await withClient(url, createLogSchema);
      expect(await store.head()).toBe('1');
      await store.close();
      await drop();
    });
  });

  describe('with others on the same database', () => {
    let url: string;
    let drop: () => Promise<void>;
    let store: PostgresEventStore;
    let other: Client;
    let watcher: Client; // a transaction of `other` would see the same list of sessions for as long as it lasts

    beforeAll(async () => {
      ({ url, drop } = await createTestDatabase());
      other = new Client({ connectionString: url });
      watcher = new Client({ connectionString: url });
      await Promise.all([other.connect(), watcher.connect()]);
      await createLogSchema(other);
      store = new PostgresEventStore({ connectionString: url });
    });
    afterAll(async () => {
      await store.close();
      await Promise.all([other.end(), watcher.end()]);
      await drop();
    });

    /** Ends the store's connection for appends as soon as it waits for a lock. @returns what became of `appends` */
    const terminatedWhileWaiting = async (appends: Promise<unknown>[]) => {
      const settled = Promise.allSettled(appends);
      for (;;) {
        const { rowCount } = await watcher.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        if (rowCount) break;
        await pause(2);
      }
      return settled;
    };
    const expectUnknown = (settled: PromiseSettledResult<unknown>[]) => {
      for (const result of settled) {
        expect(result.status).toBe('rejected');
        expect((result as PromiseRejectedResult).reason).toBeInstanceOf(AppendUnknown);
      }
    };

    test('two processes lose no increment', async () => {
      const second = new PostgresEventStore({ connectionString: url });
      let turn = 0;
      const either: EventStore = {
        append: (...asked) => (turn++ % 2 === 0 ? store : second).append(...asked),
        read: (...asked) => (turn++ % 2 === 0 ? store : second).read(...asked),
      } as EventStore;
      await noIncrementIsLost(either);
      await second.close();
    });

    test('two processes that check each other never both pass', async () => {
      const second = new PostgresEventStore({ connectionString: url });
      for (let round = 0; round < 50; round += 1) {
        const [a, b] = [aStream(), aStream()];
        const results = await Promise.all([
          outcome(append(store, [write(a, -1)], [{ stream: b, expected: -1 }])),
          outcome(append(second, [write(b, -1)], [{ stream: a, expected: -1 }])),
        ]);
        expect(results.filter(result => result instanceof StreamMoved)).toHaveLength(1);
      }
      await second.close();
    });

    test.each([
      ['before anything is written', 'select from log.log_head for update', []],
      ['when the head has moved', 'lock table log.events in share mode', []],
      [
        'between the first stream and the second',
        'insert into log.events values (-1, $1, 0, gen_random_uuid(), $1, now(), $1, $1)',
        ['second'],
      ],
    ])('two streams are written both or neither: the server process ends %s', async (_, obstacle, values) => {
      const head = await store.head();
      const first = aStream();
      await other.query('begin');
      await other.query(obstacle, values);
      expectUnknown(await terminatedWhileWaiting([append(store, [write(first, -1), write('second', -1)])]));
      await other.query('rollback');

      expect(await historyOf(store, first)).toEqual([]);
      expect(await historyOf(store, 'second')).toEqual([]);
      expect(await store.head()).toBe(head);
    });

    test('an append that waits behind another until its time to be sent is over is not written', async () => {
      const [first, waiting] = [aStream(), aStream()];
      await other.query('begin');
      await other.query('select from log.log_head for update');
      const held = append(store, [write(first, -1)]);
      await pause(20);
      const late = store.append(appendOf([write(waiting, -1)], []), performance.now() + 100).catch((error: unknown) => error);
      await pause(200);
      await other.query('rollback');
      await held;
      expect(await late).toBeInstanceOf(AppendTooLate);
      expect(await historyOf(store, waiting)).toEqual([]);
    });

    test('an append that is held up in the database until its time to be written is over is not written', async () => {
      const hasty = new PostgresEventStore({ connectionString: url }, { writesWithin: 300 });
      const [stream, before] = [aStream(), aStream()];
      const soon = () => performance.now() + 5_000;
      await hasty.append(appendOf([write(before, -1)], []), soon());
      const head = await store.head();
      await other.query('begin');
      await other.query('select from log.log_head for update');
      const late = hasty.append(appendOf([write(stream, -1)], []), soon()).catch((error: unknown) => error);
      await pause(600);
      await other.query('rollback');
      expect(await late).toBeInstanceOf(AppendTooLate);
      expect(await historyOf(store, stream)).toEqual([]);
      expect(await store.head()).toBe(head);
      await hasty.append(appendOf([write(stream, -1)], []), soon());
      await hasty.close();
    });

    test('both or neither, whenever the server process ends; what was answered is there', async () => {
      const answered: [string, string][] = [];
      const lost: [string, string][] = [];
      for (let round = 0; round < 12 || (lost.length === 0 && round < 100); round += 1) {
        const pairs = Array.from({ length: 40 }, () => [aStream(), aStream()] as [string, string]);
        const appends = pairs.map(async ([one, two], nth) => {
          await pause(nth / 8);
          await append(store, [write(one, -1), write(two, -1)]);
        });
        const settled = Promise.allSettled(appends);
        await pause(1 + (round % 4));
        await watcher.query(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()
          and query like '%append_group%'`);
        for (const [nth, result] of (await settled).entries()) {
          if (result.status === 'fulfilled') answered.push(pairs[nth]!);
          else if (result.reason instanceof AppendUnknown) lost.push(pairs[nth]!);
          else throw result.reason;
        }
      }
      const histories = await store.read([...answered, ...lost].flat());
      for (const pair of answered) expect(pair.map(stream => histories.get(stream)!.length)).toEqual([1, 1]);
      for (const [one, two] of lost) expect(histories.get(one)!.length).toBe(histories.get(two)!.length);
      expect(answered.length).toBeGreaterThan(0);
      expect(lost.length).toBeGreaterThan(0);
      await store.readAll('0', 100_000); // dense, or it throws
    });

    test('a group that PostgreSQL refuses for one member is written without it', async () => {
      await other.query(`alter table log.events add constraint poison check (type <> 'Poison') not valid`);
      const [good, alsoGood] = [aStream(), aStream()];
      const poison = write(aStream(), -1);
      const settled = await Promise.allSettled([
        append(store, [write(good, -1)]),
        append(store, [{ ...poison, events: poison.events.map(event => ({ ...event, type: 'Poison' })) }]),
        append(store, [write(alsoGood, -1)]),
      ]);
      await other.query('alter table log.events drop constraint poison');
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await historyOf(store, good)).toHaveLength(1);
      expect(await historyOf(store, alsoGood)).toHaveLength(1);
    });

    test('an append that waits too long for another process comes to nothing', async () => {
      await other.query('begin');
      await other.query('select from log.log_head for update');
      const stream = aStream();
      await expect(append(store, [write(stream, -1)])).rejects.toMatchObject({ code: '57014' });
      await other.query('rollback');
      expect(await historyOf(store, stream)).toEqual([]);
      await append(store, [write(stream, -1)]);
    });

    test('appends to one stream that are sent in a row arrive in that order', async () => {
      const stream = aStream();
      await Promise.all(Array.from({ length: 30 }, (_, nth) => append(store, [write(stream, nth - 1, { nth })])));
      expect((await historyOf(store, stream)).map(({ data }) => data.nth)).toEqual(Array.from({ length: 30 }, (_, nth) => nth));
    });

    test('closing waits for what was taken and refuses what comes after', async () => {
      const closing = new PostgresEventStore({ connectionString: url });
      const appends = Array.from({ length: 20 }, () => append(closing, [write(aStream(), -1)]));
      const closed = closing.close();
      await expect(append(closing, [write(aStream(), -1)])).rejects.toThrow('closed');
      await Promise.all(appends);
      await closed;
    });

    test('facts are neither changed nor deleted, not even by hand', async () => {
      for (const sql of [`update log.events set type = ''`, 'delete from log.events', 'truncate log.events']) {
        await expect(other.query(sql)).rejects.toThrow('never changed');
      }
    });

    test('a missing event stops the reader', async () => {
      const stream = aStream();
      const { position } = await append(store, [write(stream, -1)]);
      await append(store, [write(stream, 0)]);
      await other.query('alter table log.events disable trigger user');
      await other.query('delete from log.events where position = $1', [position]);
      await expect(store.readAll(String(Number(position) - 1), 10)).rejects.toThrow(LogCorrupt);
      await expect(store.read([stream])).rejects.toThrow(LogCorrupt);
    });
  });
});

describe('a group', () => {
  const waits = (writes: string[], checks: string[] = []) => {
    const rejected: string[][] = [];
    const waiting: WaitingAppend = {
      append: appendOf(
        writes.map(stream => write(stream, -1)),
        checks.map(stream => ({ stream, expected: -1 })),
      ),
      texts: [],
      size: 0,
      sendBy: Infinity,
      deferred: false,
      resolve: () => {},
      reject: error => rejected.push([...(error as StreamMoved).streams]),
    };
    return Object.assign(waiting, { rejected });
  };

  test('holds whatever shares no stream, or only reads the same', () => {
    const queue = [waits(['a'], ['shared']), waits(['b'], ['shared']), waits(['c'])];
    expect(takeGroup(queue)).toHaveLength(3);
    expect(queue).toEqual([]);
  });

  test('never holds two of which one writes what the other writes or checks', () => {
    const [first, sameStream, checksIt, isChecked, free] = [
      waits(['a'], ['b']),
      waits(['a']),
      waits(['c'], ['a']),
      waits(['b']),
      waits(['d']),
    ];
    const queue = [first, sameStream, checksIt, isChecked, free];
    expect(takeGroup(queue)).toEqual([first, free]);
    expect(queue).toEqual([sameStream, checksIt, isChecked]);
  });

  test('lets nobody overtake one that waits for the same stream', () => {
    const [first, behind, behindThat] = [waits(['a']), waits(['a', 'b']), waits(['b'])];
    const queue = [first, behind, behindThat];
    expect(takeGroup(queue)).toEqual([first]);
    expect(takeGroup(queue)).toEqual([behind]);
    expect(takeGroup(queue)).toEqual([behindThat]);
  });

  test('answers those whom it has overtaken, and leaves the others', () => {
    const [first, overtaken, next] = [waits(['a']), waits(['b'], ['a']), waits(['a'])];
    const continues: WaitingAppend = { ...next, append: appendOf([write('a', 0)], []) };
    const queue = [first, overtaken, continues];
    const group = takeGroup(queue);
    answerOvertaken(queue, group);
    expect(overtaken.rejected).toEqual([['a']]);
    expect(queue).toEqual([continues]);
  });
});

/** A store that reaches its database through a proxy of ours, which can lose the answer to an append after it was written. */
async function openBehindProxy() {
  const { url, drop } = await createTestDatabase();
  await withClient(url, createLogSchema);
  const { host, port, user, password, database } = new Client({ connectionString: url });
  let losesNext = false;
  const sockets = new Set<Socket>();
  const proxy = createServer(near => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    let lost = false;
    const hangUp = () => [near, far].forEach(socket => socket.destroy());
    near.on('data', sent => {
      if (losesNext && sent.includes('log-append')) {
        losesNext = false;
        lost = true;
      }
      far.write(sent);
    });
    far.on('data', answer => (lost ? hangUp() : near.write(answer)));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', hangUp).on('close', hangUp);
    }
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address() as { port: number };
  const store = new PostgresEventStore({
    host: '127.0.0.1',
    port: address.port,
    user,
    password: password ?? undefined,
    database,
    ssl: false,
  });
  return {
    store,
    loseNextAnswer: () => void (losesNext = true),
    close: async () => {
      await store.close();
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await drop();
    },
  };
}

async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await work(client);
  await client.end();
}
