import { once } from 'node:events';
import pg from 'pg';
import { eventsOf } from '@lib/platform/kernel/event.js';
import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { id, integer, personal, text } from '@lib/platform/kernel/shape.js';
import { appendOf, type NewEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import type { Grant } from '@lib/platform/lease/lease.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import type { FeedBroker } from './broker.js';
import { byCategory } from './page.js';
import type { FeedRecord } from './record.js';
import { createFeedSchema } from './relay-schema.js';
import { Relay } from './relay.js';
import type { RelaySetup } from './relay-setup.js';
import { deadLetterTopic } from './topics.js';

const event = eventsOf('kite', 'kiteId');
class KiteFlown extends event(
  'KiteFlown',
  1,
  { kiteId: id, height: integer, by: personal('kiteId', text) },
  { zh: '', en: '' },
) {}
class KiteMended extends event('KiteMended', 1, { kiteId: id, glue: text }, { zh: '', en: '' }) {}
const kiteFeed = publication<KiteFlown | KiteMended>()({
  noun: 'kite',
  category: 'kite',
  id: 'kiteId',
  tells: { KiteFlown: { height: tell }, KiteMended: keep },
})
  .withState({ kiteId: id, height: integer })
  .foldedBy({ KiteFlown: (_, flown) => flown });

const kite = (nth: number) => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
let made = 0;
const flown = (kiteId: string, height: number | string, type = 'KiteFlown'): NewEvent => ({
  id: `10000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`,
  type,
  metadata: { version: '1', effectiveOn: '2026-03-01', actor: 'somebody' },
  data: type === 'KiteMended' ? { kiteId, glue: '浆糊' } : { kiteId, height, by: 'yz1.sealed' },
});

/** A broker in memory that can fail before it takes a send, or after. */
class PaperBroker implements FeedBroker {
  readonly taken: FeedRecord[] = [];
  readonly sends: number[] = [];
  fail: 'before' | 'after' | undefined;
  producers = 0;

  async producer() {
    this.producers += 1;
    let over = false;
    return {
      send: async (records: readonly FeedRecord[]) => {
        if (over) throw new Error('this session is over');
        const { fail } = this;
        this.fail = undefined;
        if (fail === 'before') {
          over = true;
          throw new Error('the broker does not answer');
        }
        this.taken.push(...records);
        if (records.some(({ key }) => key !== null)) this.sends.push(records.length);
        if (fail === 'after') {
          over = true;
          throw new Error('the answer was lost');
        }
      },
      close: async () => undefined,
    };
  }
  makeTopics = async () => [];
  verifyTopics = async () => undefined;

  factsOf(topic: string) {
    return this.taken.filter(record => record.topic === topic && record.key !== null);
  }
}

(hasPostgres ? describe : describe.skip)('the relay', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: pg.Pool;
  beforeEach(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 3 });
    await createFeedSchema(pool);
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 6_000; tries += 1) {
      if (await holds()) return;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error('it never became true');
  };

  function fly(
    store: MemoryEventStore,
    broker: PaperBroker,
    {
      token = 1n,
      fence = async () => {},
      on = pool,
      ...more
    }: Partial<Pick<Grant, 'token' | 'fence'> & Pick<RelaySetup, 'alongside'>> & { on?: pg.Pool } = {},
  ) {
    const ending = new AbortController();
    const setup = {
      publications: byCategory([kiteFeed]),
      store,
      pool: on,
      broker,
      pageSize: 3,
      controls: { settled: 0 },
      ...more,
    };
    const relay = new Relay(setup);
    const running = relay.run({ token, signal: ending.signal, fence });
    return {
      relay,
      async stop() {
        ending.abort();
        await running;
      },
    };
  }
  const write = async (store: MemoryEventStore, kiteId: string, expected: number, ...events: NewEvent[]) =>
    (await store.append(appendOf([{ stream: `kite-${kiteId}`, expected, events }], []))).position;

  const facts = (broker: PaperBroker) =>
    broker.factsOf('yizhan.kite.v1').map(({ key, value, headers }) => ({
      key,
      revision: headers.ce_revision,
      previous: headers.ce_previous,
      told: JSON.parse(value) as unknown,
    }));

  test('what is told goes out in order, with the revision that was published before; what is kept stays', async () => {
    const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
    const a = kite(1);
    await write(store, a, -1, flown(a, 5), flown(a, 0, 'KiteMended'), flown(a, 8));
    const last = await write(store, a, 2, flown(a, 13));
    const flight = fly(store, broker);
    await until(() => flight.relay.state.position === last);
    expect(facts(broker)).toEqual([
      { key: `kite-${a}`, revision: '0', previous: '-1', told: { kiteId: a, height: 5 } },
      { key: `kite-${a}`, revision: '2', previous: '0', told: { kiteId: a, height: 8 } },
      { key: `kite-${a}`, revision: '3', previous: '2', told: { kiteId: a, height: 13 } },
    ]);
    expect(broker.factsOf('yizhan.state.kite').map(({ value }) => (JSON.parse(value) as { height: number }).height)).toEqual([
      8, 13,
    ]);
    expect(JSON.stringify(broker.taken)).not.toMatch(/yz1|somebody|浆糊/);
    await until(() =>
      broker.taken.some(({ key, value }) => key === null && (JSON.parse(value) as { position: string }).position === last),
    );
    const told = broker.taken.filter(({ key, headers }) => key === null && headers.ce_position === last).slice(0, 3);
    expect(told.map(({ value }) => (JSON.parse(value) as { facts: number }).facts).sort((a, b) => a - b)).toEqual([0, 0, 3]);
    await flight.stop();
  });

  test.each(['before', 'after'] as const)(
    'a send that fails %s it arrived is repeated from the checkpoint by a new producer',
    async fail => {
      const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
      const [a, b] = [kite(1), kite(2)];
      await write(store, a, -1, flown(a, 1), flown(a, 2));
      await write(store, b, -1, flown(b, 1));
      broker.fail = fail;
      const flight = fly(store, broker);
      const last = await write(store, a, 1, flown(a, 3), flown(a, 4));
      await until(() => flight.relay.state.position === last);
      await flight.stop();
      expect(broker.producers).toBeGreaterThan(1);
      const seen = facts(broker);
      const distinct = [...new Map(seen.map(fact => [`${fact.key} ${fact.revision}`, fact])).values()];
      expect(distinct.filter(({ key }) => key === `kite-${a}`).map(({ previous }) => previous)).toEqual(['-1', '0', '1', '2']);
      // What came twice came with the same words.
      expect(new Set(seen.map(fact => JSON.stringify(fact))).size).toBe(distinct.length);
    },
  );

  test('a page that is prepared while the one before it is committed follows on that one', async () => {
    const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
    const [a, b] = [kite(1), kite(2)];
    const before = await write(store, b, -1, flown(b, 1));
    const first = fly(store, broker);
    await until(() => first.relay.state.position === before);
    await first.stop();

    const middle = await write(store, a, -1, flown(a, 1), flown(a, 2), flown(a, 3));
    const last = (
      await store.append(
        appendOf(
          [
            { stream: `kite-${b}`, expected: 0, events: [flown(b, 2)] },
            { stream: `kite-${a}`, expected: 2, events: [flown(a, 4), flown(a, 5)] },
          ],
          [],
        ),
      )
    ).position;
    // What was published of the second kite is answered only when the page of the first one is committed.
    let late = 0;
    const answer = async (question: pg.QueryConfig, values?: unknown[]) => {
      if (question.name === 'feed-streams') {
        late += 1;
        await until(async () => (await pool.query('select from feed.relay where position >= $1', [middle])).rowCount === 1);
      }
      return pool.query(question, values);
    };
    const slow = new Proxy(pool, { get: (target, name) => (name === 'query' ? answer : Reflect.get(target, name)) });
    const flight = fly(store, broker, { token: 2n, on: slow });
    await until(() => flight.relay.state.position === last);
    await flight.stop();
    expect(late).toBe(1);
    expect(facts(broker).map(({ key, revision, previous }) => `${key} ${previous} → ${revision}`)).toEqual([
      `kite-${b} -1 → 0`,
      ...[`-1 → 0`, `0 → 1`, `1 → 2`].map(step => `kite-${a} ${step}`),
      `kite-${b} 0 → 1`,
      ...[`2 → 3`, `3 → 4`].map(step => `kite-${a} ${step}`),
    ]);
  });

  test('a relay that lost its lease moves no checkpoint, and the next one sends the page again', async () => {
    const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
    const a = kite(1);
    const last = await write(store, a, -1, flown(a, 1));
    let fenced = 0;
    const paused = fly(store, broker, {
      fence: async () => {
        fenced += 1;
        throw new Error('somebody else has a newer token');
      },
    });
    await until(() => fenced > 0);
    await paused.stop();
    expect((await pool.query('select position::text from feed.relay')).rows).toEqual([{ position: '0' }]);
    const next = fly(store, broker, { token: 2n });
    await until(() => next.relay.state.position === last);
    await next.stop();
    expect(
      broker
        .factsOf('yizhan.kite.v1')
        .map(({ headers }) => headers.ce_epoch)
        .at(-1),
    ).toBe('2');
  });

  test('a connection that the server closes between two questions of a transaction costs a session, not the process', async () => {
    const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
    const a = kite(1);
    const last = await write(store, a, -1, flown(a, 1));
    let closed = 0;
    const flight = fly(store, broker, {
      alongside: async client => {
        if (closed > 0) return;
        closed += 1;
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        const ended = once(client, 'end');
        await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
        await ended;
      },
    });
    await until(() => flight.relay.state.position === last);
    expect(flight.relay.state.failures).toBe(1);
    await flight.stop();
  });

  test('a fact that cannot go out is parked with its reason, and its stream waits behind it', async () => {
    const [store, broker] = [new MemoryEventStore(), new PaperBroker()];
    const [a, b] = [kite(1), kite(2)];
    await write(store, a, -1, flown(a, 1), flown(a, 'high'), flown(a, 3));
    const last = await write(store, b, -1, flown(b, 1), flown(b, 2, 'KiteLost'));
    const flight = fly(store, broker);
    await until(() => flight.relay.state.position === last);
    expect(facts(broker).map(({ key, revision }) => `${key} ${revision}`)).toEqual([`kite-${a} 0`, `kite-${b} 0`]);
    const letters = broker.factsOf(deadLetterTopic).map(({ value }) => JSON.parse(value) as { type: string; reason: string });
    expect(letters.map(({ reason }) => reason)).toEqual([
      'the field height is not what its schema says',
      'it follows a parked fact of its stream',
      'no fact is called KiteLost',
    ]);

    // The program learns to tell the fact; somebody asks to try again.
    class KiteLost extends event(
      'KiteLost',
      1,
      { kiteId: id, height: integer, by: personal('kiteId', text) },
      { zh: '', en: '' },
    ) {}
    expect(KiteLost.type).toBe('KiteLost');
    await pool.query('update feed.parked set again = true');
    await until(async () => (await pool.query('select from feed.parked where stream = $1', [`kite-${b}`])).rowCount === 0);
    expect((await pool.query('select from feed.parked where not again')).rowCount).toBe(2);
    await write(store, b, 1, flown(b, 5));
    await until(() => facts(broker).some(({ told }) => (told as { height: number }).height === 5));
    expect(facts(broker).at(-1)).toMatchObject({ key: `kite-${b}`, revision: '2', previous: '0' });
    await flight.stop();
  });
});
