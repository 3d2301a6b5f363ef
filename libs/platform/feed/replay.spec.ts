import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventsOf, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { publication, tell } from '@lib/platform/kernel/publication.js';
import { id, integer, personal, sensitive, text } from '@lib/platform/kernel/shape.js';
import { appendOf } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import type { SubjectKeyOrErased, SubjectKeys } from '@lib/platform/privacy/key-ring.js';
import { sealFacts } from '@lib/platform/privacy/sealing.js';
import { hasKafka, kafkaBrokers } from '@lib/platform/testing/kafka-broker.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import type { FeedBroker } from './broker.js';
import { PostgresLedger } from './consumer/ledger.js';
import { Subscriber, type Finding } from './consumer/subscriber.js';
import type { DeliveredFact } from './consumer/delivery.js';
import { KafkaBroker } from './kafka/kafka-broker.js';
import { kafkaClient } from './kafka/kafka-client.js';
import { byCategory } from './page.js';
import { createFeedSchema } from './relay-schema.js';
import { Replays } from './replay.js';
import { openReplay, stopReplays } from './replay-schema.js';
import { replayTopicName } from './topics.js';

const event = eventsOf('lantern', 'lanternId');
class LanternLit extends event(
  'LanternLit',
  1,
  { lanternId: id, height: integer, by: personal('lanternId', text), phone: sensitive('lanternId', text) },
  { zh: '', en: '' },
) {}
const aside = eventsOf('shadow', 'shadowId');
class ShadowCast extends aside('ShadowCast', 1, { shadowId: id, length: integer }, { zh: '', en: '' }) {}
const publications = byCategory([
  publication<LanternLit>()({
    noun: 'lantern',
    category: 'lantern',
    id: 'lanternId',
    tells: { LanternLit: { height: tell } },
  }),
  publication<ShadowCast>()({ noun: 'shadow', category: 'shadow', id: 'shadowId', tells: { ShadowCast: { length: tell } } }),
]);

const uuid = (nth: number) => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
const lantern = (nth: number, height: number) =>
  new LanternLit({ lanternId: uuid(nth), height, by: `点灯人${nth}`, phone: '13843300001' });

class Keys implements SubjectKeys {
  private readonly keys = new Map<string, SubjectKeyOrErased>();
  async keysFor(subjects: readonly string[]) {
    return new Map(
      subjects.map(subject => {
        const key = this.keys.get(subject) ?? createSecretKey(randomBytes(32));
        this.keys.set(subject, key);
        return [subject, key];
      }),
    );
  }
  erase(subject: string) {
    this.keys.set(subject, 'erased');
  }
}

(hasPostgres && hasKafka ? describe : describe.skip)('a replay', () => {
  const subscriptionId = uuid(900);
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: pg.Pool;
  let brokers: string[];
  let store: MemoryEventStore;
  let keyRing: Keys;
  const revisions = new Map<string, number>();

  beforeEach(async () => {
    brokers = await kafkaBrokers();
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await createFeedSchema(pool);
    [store, keyRing] = [new MemoryEventStore(), new Keys()];
    revisions.clear();
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const write = async (...facts: readonly AnyFact[]) => {
    const sealed = await sealFacts(facts, keyRing);
    for (const [nth, fact] of facts.entries()) {
      const stream = streamOfFact(fact);
      const expected = revisions.get(stream) ?? -1;
      const metadata = { version: '1', effectiveOn: '2026-03-01', actor: 'somebody' };
      await store.append(
        appendOf([{ stream, expected, events: [{ id: randomUUID(), type: fact.type, metadata, data: sealed[nth]! }] }], []),
      );
      revisions.set(stream, expected + 1);
    }
    return store.head();
  };

  /** As the relay takes it on when it stands at the end of the log. */
  const request = async (fields: readonly string[], { from = '0', nouns = ['lantern'] } = {}) => {
    const replayId = randomUUID();
    await pool.query(
      `insert into feed.relay (name, position) values ('relay', $1) on conflict (name) do update set position = excluded.position`,
      [await store.head()],
    );
    await openReplay(pool, { replayId, subscriptionId, nouns, fields, from, requestedAt: '2026-03-01T00:00:00.000Z' });
    return { replayId, topic: replayTopicName(replayId) };
  };

  function begin(token: bigint, broker: FeedBroker = new KafkaBroker(brokers)) {
    const ending = new AbortController();
    const setup = { publications, store, keyRing, pool, broker, pageSize: 4, pollEvery: 20, retryAfter: 50 };
    const running = new Replays(setup).run({ token, signal: ending.signal, fence: async () => {} });
    return {
      running,
      ending,
      async stop() {
        ending.abort();
        await running;
      },
    };
  }

  interface Row {
    readonly position: string;
    readonly records: string;
    readonly finished: boolean;
    readonly failure: string | null;
  }
  const row = async (replayId: string) => {
    const { rows } = await pool.query<Row>(
      `select position::text, records::text, finished_at is not null as finished, failure from feed.replay where replay_id = $1`,
      [replayId],
    );
    return rows[0]!;
  };
  const until = async <T>(look: () => Promise<T>, holds: (found: T) => boolean) => {
    for (let tries = 0; tries < 3_000; tries += 1) {
      const found = await look();
      if (holds(found)) return found;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    throw new Error('it never became true');
  };
  const finished = (replayId: string) =>
    until(
      () => row(replayId),
      found => found.finished,
    );

  /** The topic as a subscriber takes it in, who notices everything that is missing. */
  const takenIn = async (topic: string) => {
    const facts: DeliveredFact[] = [];
    const findings: Finding[] = [];
    const subscriber = new Subscriber({
      name: `spec-${randomUUID()}`,
      brokers,
      topics: [topic],
      ledger: new PostgresLedger(pool, `s${randomBytes(4).toString('hex')}`),
      apply: async (_, more) => void facts.push(...more),
      // The broker may still be getting ready.
      report: finding => void (finding.words.startsWith('reading begins anew') || findings.push(finding)),
      reportEvery: 0,
    });
    await subscriber.start();
    const whole = await subscriber.caughtUp(AbortSignal.timeout(60_000));
    await subscriber.stop();
    return { facts, findings, whole, figures: subscriber.figures, position: subscriber.position };
  };

  /** Every byte of a topic. */
  const bytesOf = async (topic: string) => {
    const kafka = kafkaClient(brokers, 'spec');
    const admin = kafka.admin();
    await admin.connect();
    const { high } = (await admin.fetchTopicOffsets(topic))[0]!;
    await admin.disconnect();
    const records: { id: string; headers: Record<string, string>; value: string }[] = [];
    const consumer = kafka.consumer({ groupId: `spec-${randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          async eachMessage({ message }) {
            const headers = Object.fromEntries(
              Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
            );
            records.push({ id: headers.ce_id!, headers, value: String(message.value) });
            if (BigInt(message.offset) === BigInt(high) - 1n) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return records;
  };

  test('tells the facts of its nouns in the order of the log, with the fields of its scope in clear and no others', async () => {
    await write(lantern(1, 5), new ShadowCast({ shadowId: uuid(1), length: 3 }), lantern(2, 7), lantern(1, 6));
    const head = await store.head();
    const bare = await request([]);
    const named = await request(['lantern.by', 'shadow.by', 'spaceship.name', 'lantern.height']);
    await write(lantern(3, 1));
    const runner = begin(1n);
    expect(await finished(bare.replayId)).toEqual({ position: head, records: '3', finished: true, failure: null });
    await finished(named.replayId);
    await runner.stop();

    const plain = await takenIn(bare.topic);
    expect(plain.facts.map(({ data, revision, previous }) => ({ data, revision, previous }))).toEqual([
      { data: { lanternId: uuid(1), height: 5 }, revision: 0, previous: -1 },
      { data: { lanternId: uuid(2), height: 7 }, revision: 0, previous: -1 },
      { data: { lanternId: uuid(1), height: 6 }, revision: 1, previous: 0 },
    ]);
    // The control record at the end agrees: nothing is missing up to where the relay stood.
    expect({ whole: plain.whole, position: plain.position, findings: plain.findings }).toEqual({
      whole: true,
      position: head,
      findings: [],
    });
    expect((await takenIn(named.topic)).facts.map(({ data }) => data)).toEqual([
      { lanternId: uuid(1), height: 5, by: '点灯人1' },
      { lanternId: uuid(2), height: 7, by: '点灯人2' },
      { lanternId: uuid(1), height: 6, by: '点灯人1' },
    ]);
    expect(JSON.stringify(await bytesOf(bare.topic))).not.toMatch(/点灯人|13843300001|yz1\.|somebody/);
    expect(JSON.stringify(await bytesOf(named.topic))).not.toMatch(/13843300001|yz1\.|somebody/);
  });

  test('the fields of an erased person are not there', async () => {
    await write(lantern(1, 5), lantern(2, 7));
    keyRing.erase(uuid(1));
    const { replayId, topic } = await request(['lantern.by', 'lantern.phone']);
    const runner = begin(1n);
    await finished(replayId);
    await runner.stop();
    expect((await takenIn(topic)).facts.map(({ data }) => data)).toEqual([
      { lanternId: uuid(1), height: 5 },
      { lanternId: uuid(2), height: 7, by: '点灯人2', phone: '13843300001' },
    ]);
  });

  test('begins behind the position that was asked for, as a topic of its own', async () => {
    await write(lantern(1, 5), lantern(2, 7));
    const from = await store.head();
    await write(lantern(1, 6), lantern(1, 8));
    const { replayId, topic } = await request([], { from });
    const runner = begin(1n);
    await finished(replayId);
    await runner.stop();
    const { facts, findings, whole } = await takenIn(topic);
    expect(facts.map(({ revision, previous }) => [revision, previous])).toEqual([
      [1, -1],
      [2, 1],
    ]);
    expect([findings, whole]).toEqual([[], true]);
  });

  test.each(['before', 'after'] as const)(
    'a runner that is killed in the middle, %s the broker took a page, is followed by one that goes on there',
    async moment => {
      await write(...Array.from({ length: 22 }, (_, nth) => lantern(nth % 3, nth)));
      const head = await store.head();
      const { replayId, topic } = await request(['lantern.by']);
      const broker = new KafkaBroker(brokers);
      let sends = 0;
      let kill = (): void => undefined;
      const dying: FeedBroker = {
        makeTopics: wanted => broker.makeTopics(wanted),
        verifyTopics: wanted => broker.verifyTopics(wanted),
        async producer() {
          const producer = await broker.producer();
          return {
            async send(records) {
              sends += 1;
              if (sends < 3) return producer.send(records);
              if (moment === 'after') await producer.send(records);
              kill();
              throw new Error('killed');
            },
            close: () => producer.close(),
          };
        },
      };
      const first = begin(1n, dying);
      kill = () => first.ending.abort();
      await first.running;
      const halfway = await row(replayId);
      expect([halfway.finished, halfway.records]).toEqual([false, '8']);

      const second = begin(2n);
      expect(await finished(replayId)).toEqual({ position: head, records: '22', finished: true, failure: null });
      await second.stop();
      const { facts, findings, figures, whole } = await takenIn(topic);
      expect(facts.map(({ data }) => data.height)).toEqual(Array.from({ length: 22 }, (_, nth) => nth));
      expect([findings, whole, figures.duplicates]).toEqual([[], true, moment === 'after' ? 4 : 0]);
      const seen = new Map<string, string>();
      for (const { id: fact, headers, value } of await bytesOf(topic)) {
        const { ce_epoch: _, ...same } = headers;
        const said = JSON.stringify([same, value]);
        expect(seen.get(fact) ?? said).toBe(said);
        seen.set(fact, said);
      }
    },
    120_000,
  );

  test('what goes wrong stands in its row, keeps no other replay waiting, and is tried again', async () => {
    await write(lantern(1, 5));
    const stuck = await request([]);
    const fine = await request([]);
    const broker = new KafkaBroker(brokers);
    let broken = true;
    const picky: FeedBroker = {
      makeTopics: async wanted => {
        if (broken && wanted.some(({ topic }) => topic === stuck.topic)) throw new Error('no room for another topic');
        return broker.makeTopics(wanted);
      },
      verifyTopics: wanted => broker.verifyTopics(wanted),
      producer: () => broker.producer(),
    };
    const runner = begin(1n, picky);
    await finished(fine.replayId);
    await until(
      () => row(stuck.replayId),
      ({ failure }) => failure === 'no room for another topic',
    );
    broken = false;
    expect(await finished(stuck.replayId)).toMatchObject({ records: '1', failure: null });
    await runner.stop();
  });

  test('stops with its subscriber, and goes on where it stopped when the subscriber may', async () => {
    await write(...Array.from({ length: 12 }, (_, nth) => lantern(nth % 3, nth)));
    const { replayId, topic } = await request([]);
    const broker = new KafkaBroker(brokers);
    let sends = 0;
    const slow: FeedBroker = {
      makeTopics: wanted => broker.makeTopics(wanted),
      verifyTopics: wanted => broker.verifyTopics(wanted),
      async producer() {
        const producer = await broker.producer();
        return {
          async send(records) {
            await producer.send(records);
            sends += 1;
            if (sends === 2) await stopReplays(pool, subscriptionId, 'suspended');
          },
          close: () => producer.close(),
        };
      },
    };
    const runner = begin(1n, slow);
    await until(
      async () => sends,
      found => found === 2,
    );
    // Another replay, asked for since, is carried out; the stopped one is not.
    const other = randomUUID();
    const wanted = { replayId: other, subscriptionId: uuid(901), nouns: ['lantern'], fields: [], from: '0' };
    await openReplay(pool, { ...wanted, requestedAt: '2026-03-02T00:00:00.000Z' });
    await finished(other);
    expect(await row(replayId)).toMatchObject({ finished: false, records: '4' });

    await stopReplays(pool, subscriptionId, undefined);
    await finished(replayId);
    await runner.stop();
    expect((await takenIn(topic)).facts).toHaveLength(12);

    const last = await request([]);
    await stopReplays(pool, subscriptionId, 'revoked');
    await stopReplays(pool, subscriptionId, undefined);
    const after = begin(2n);
    const next = randomUUID();
    await openReplay(pool, { ...wanted, replayId: next, requestedAt: '2026-03-03T00:00:00.000Z' });
    await finished(next);
    await after.stop();
    expect(await row(last.replayId)).toMatchObject({ finished: false, records: '0' });
  });
});
