import type { Kafka } from 'kafkajs';
import pg, { type PoolClient } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { hasKafka, kafkaBrokers, topicPrefix } from '@lib/platform/testing/kafka-broker.js';
import { KafkaBroker } from '../kafka/kafka-broker.js';
import { kafkaClient } from '../kafka/kafka-client.js';
import { controlRecord, factRecord, stateRecord, type FeedRecord } from '../record.js';
import type { DeliveredFact } from './delivery.js';
import { startFromStates } from './late-start.js';
import { PostgresLedger } from './ledger.js';
import { Subscriber, type Finding } from './subscriber.js';

const fact = (topic: string, position: number, revision: number, previous = revision - 1, stream = 'kite-1'): FeedRecord =>
  factRecord(
    {
      id: `${stream}/${revision}`,
      stream,
      type: 'KiteFlown',
      position: String(position),
      revision,
      recordedAt: '2026-03-01T00:00:00.000Z',
      metadata: {},
    },
    1,
    { height: revision },
    previous,
    { topic, partition: 0, epoch: '1' },
  );
const control = (topic: string, position: number, facts: number): FeedRecord =>
  controlRecord(String(position), facts, '2026-03-01T00:00:00.000Z', { topic, partition: 0, epoch: '1' });

(hasKafka && hasPostgres ? describe : describe.skip)('a subscriber on a real Kafka', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: pg.Pool;
  let brokers: readonly string[];
  beforeAll(async () => {
    [database, brokers] = await Promise.all([createTestDatabase(), kafkaBrokers()]);
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query('create table effect (id text, schema text)');
  }, 180_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function topicWith(records: (topic: string) => readonly FeedRecord[], name = topicPrefix('subscriber')) {
    const broker = new KafkaBroker(brokers);
    await broker.makeTopics([{ topic: name, partitions: 1, config: {} }]);
    const producer = await broker.producer();
    await producer.send(records(name));
    await producer.close();
    return name;
  }

  interface Case {
    readonly name?: string;
    readonly fail?: () => boolean;
    readonly client?: (id: string) => Kafka;
    readonly reportEvery?: number;
  }

  function subscribe(topic: string, { name = topic, fail, client, reportEvery = 0 }: Case = {}) {
    const schema = name.replaceAll('-', '_');
    const findings: Finding[] = [];
    const subscriber = new Subscriber<PoolClient>({
      name,
      brokers,
      topics: [topic],
      ledger: new PostgresLedger(pool, schema),
      async apply(client, facts) {
        await client.query('insert into effect select unnest($1::text[]), $2', [facts.map(({ id }) => id), schema]);
        if (fail?.()) throw new Error('the subscriber stumbled');
      },
      inspect: ({ data }: DeliveredFact) => ('name' in data ? 'a name' : undefined),
      // A broker that is still getting ready is of interest only where reading is begun anew on purpose.
      report: finding => void (client || !finding.words.startsWith('reading begins anew') ? findings.push(finding) : undefined),
      reportEvery,
      retryGapAfter: 200,
      ...(client ? { client, stillFor: 1_000 } : {}),
    });
    const effects = async () =>
      (await pool.query<{ id: string }>('select id from effect where schema = $1', [schema])).rows.map(({ id }) => id);
    return { subscriber, findings, effects };
  }

  test('each fact takes effect once, whatever is sent twice and however often the subscriber stumbles', async () => {
    const topic = await topicWith(name => [
      fact(name, 1, 0),
      fact(name, 2, 1),
      fact(name, 2, 1),
      fact(name, 1, 0),
      fact(name, 3, 2),
      control(name, 3, 3),
    ]);
    let stumbles = 0;
    const { subscriber, effects, findings } = subscribe(topic, { fail: () => (stumbles += 1) <= 2 });
    await subscriber.start();
    expect(await subscriber.caughtUp()).toBe(true);
    await subscriber.stop();
    expect(await effects()).toEqual(['kite-1/0', 'kite-1/1', 'kite-1/2']);
    expect(subscriber.figures).toMatchObject({ records: 3, gaps: 0, outOfOrder: 0, personal: 0 });
    expect(subscriber.figures.duplicates).toBeGreaterThanOrEqual(2);
    expect(subscriber.position).toBe('3');
    expect(findings.map(({ kind, words }) => [kind, words])).toEqual([
      ['failure', 'the subscriber stumbled'],
      ['failure', 'the subscriber stumbled'],
    ]);

    const again = subscribe(topic);
    await again.subscriber.start();
    await again.subscriber.caughtUp(AbortSignal.timeout(100)).catch(() => undefined);
    await again.subscriber.stop();
    expect(await effects()).toHaveLength(3);
  });

  test('a client of the broker that stands still without a word is replaced', async () => {
    const topic = await topicWith(name => [fact(name, 1, 0), fact(name, 2, 1), control(name, 2, 2)]);
    let made = 0;
    const deafAtFirst = (id: string) => {
      const kafka = kafkaClient(brokers, id);
      const consumerOf = kafka.consumer.bind(kafka);
      kafka.consumer = config => {
        const consumer = consumerOf(config);
        made += 1;
        if (made === 1) consumer.run = async () => undefined;
        return consumer;
      };
      return kafka;
    };
    const { subscriber, effects, findings } = subscribe(topic, { client: deafAtFirst });
    await subscriber.start();
    expect(await subscriber.caughtUp(AbortSignal.timeout(60_000))).toBe(true);
    await subscriber.stop();
    expect(await effects()).toEqual(['kite-1/0', 'kite-1/1']);
    expect(findings.map(({ kind, words }) => [kind, words])).toContainEqual([
      'failure',
      'reading begins anew: nothing was heard of the broker',
    ]);
  });

  test('a broker that is away when it is asked where the topics end, or told how far one is, is asked and told again', async () => {
    const topic = await topicWith(name => [fact(name, 1, 0), control(name, 1, 1)]);
    let [asked, told] = [0, 0];
    const awayAtFirst = (id: string) => {
      const kafka = kafkaClient(brokers, id);
      const [adminOf, producerOf] = [kafka.admin.bind(kafka), kafka.producer.bind(kafka)];
      kafka.admin = config => {
        const admin = adminOf(config);
        const connect = admin.connect;
        admin.connect = () => ((asked += 1) > 1 ? connect() : Promise.reject(new Error('away when asked')));
        return admin;
      };
      kafka.producer = config => {
        const producer = producerOf(config);
        const connect = producer.connect;
        producer.connect = () => ((told += 1) > 1 ? connect() : Promise.reject(new Error('away when told')));
        return producer;
      };
      return kafka;
    };
    const { subscriber, effects, findings } = subscribe(topic, { client: awayAtFirst, reportEvery: 50 });
    await subscriber.start();
    expect(await subscriber.caughtUp(AbortSignal.timeout(60_000))).toBe(true);
    for (const end = Date.now() + 60_000; told < 2 && Date.now() < end;) await new Promise(resolve => setTimeout(resolve, 20));
    await subscriber.stop();
    expect(await effects()).toEqual(['kite-1/0']);
    expect(told).toBeGreaterThan(1);
    const words = findings.map(({ words: said }) => said);
    expect(words).toContain('away when asked');
    expect(words).toContain('Error: away when told');
  });

  test('a fact that is missing in the topic stops the partition before anything behind it, and stays missing', async () => {
    const topic = await topicWith(name => [
      fact(name, 1, 0),
      fact(name, 3, 2),
      fact(name, 4, 0, -1, 'kite-2'),
      control(name, 4, 4),
    ]);
    const { subscriber, effects, findings } = subscribe(topic);
    await subscriber.start();
    expect(await subscriber.caughtUp()).toBe(false);
    // It looks again and again, and tells it once.
    await new Promise(resolve => setTimeout(resolve, 1_000));
    await subscriber.stop();
    expect(await effects()).toEqual(['kite-1/0']);
    expect(subscriber.figures.gaps).toBe(1);
    expect(subscriber.stuck).toEqual([`${topic}/0`]);
    expect(findings.map(({ words }) => words)).toEqual(['kite-1 2 follows 1, but the last one here is 0']);
  });

  test('a subscriber that was set too far ahead reads again from the beginning, and nothing is missing', async () => {
    const topic = await topicWith(name => [fact(name, 1, 0), fact(name, 2, 1), fact(name, 3, 2), control(name, 3, 3)]);
    const admin = kafkaClient(brokers, 'test').admin();
    await admin.connect();
    await admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 0, offset: '2' }] });
    await admin.disconnect();
    const { subscriber, effects, findings } = subscribe(topic);
    await subscriber.start();
    expect(await subscriber.caughtUp()).toBe(true);
    await subscriber.stop();
    expect(await effects()).toEqual(['kite-1/0', 'kite-1/1', 'kite-1/2']);
    expect([findings, subscriber.figures.gaps, subscriber.stuck]).toEqual([[], 0, []]);
  });

  test('the loss of the last facts is told by the control record', async () => {
    const topic = await topicWith(name => [fact(name, 1, 0), control(name, 3, 3)]);
    const { subscriber, findings } = subscribe(topic);
    await subscriber.start();
    expect(await subscriber.caughtUp()).toBe(false);
    await subscriber.stop();
    expect(findings.map(({ words }) => words)).toEqual(['up to position 3 there should be 3 facts, there are 1']);
  });

  test('who comes late begins with the states, and goes on with the facts behind them', async () => {
    const topic = await topicWith(name => [
      fact(name, 1, 0),
      fact(name, 2, 1),
      fact(name, 3, 0, -1, 'kite-2'),
      control(name, 3, 3),
    ]);
    const place = { partition: 0, epoch: '1' };
    const states = await topicWith(name =>
      [1, 2].map(nth =>
        stateRecord(
          { noun: 'kite' } as never,
          {
            id: 'x',
            stream: `kite-${nth}`,
            position: String(nth + 1),
            revision: nth === 1 ? 1 : 0,
            recordedAt: '2026-03-01T00:00:00.000Z',
          },
          { height: nth },
          { topic: name, ...place },
        ),
      ),
    );
    const late = subscribe(topic, { name: topicPrefix('late') });
    const ledger = new PostgresLedger(pool, 'late_ledger');
    const seen: string[] = [];
    const setup = {
      name: topicPrefix('late'),
      brokers,
      topics: { [topic]: states },
      ledger,
      apply: async (_: PoolClient, all: readonly { stream: string; revision: number }[]) =>
        void seen.push(...all.map(({ stream, revision }) => `${stream} ${revision}`)),
    };
    expect(await startFromStates(setup)).toBe(2);
    expect(await startFromStates(setup)).toBe(0);
    expect(seen).toEqual(['kite-1 1', 'kite-2 0']);
    await late.subscriber.stop();

    await topicWith(name => [fact(name, 4, 2), control(name, 4, 4)], topic);
    const applied: string[] = [];
    const subscriber = new Subscriber<PoolClient>({
      name: setup.name,
      brokers,
      topics: [topic],
      ledger,
      apply: async (_, facts) => void applied.push(...facts.map(({ id }) => id)),
      reportEvery: 0,
    });
    await subscriber.start();
    expect(await subscriber.caughtUp()).toBe(true);
    await subscriber.stop();
    expect(applied).toEqual(['kite-1/2']);
    expect([subscriber.figures.gaps, subscriber.position]).toEqual([0, '4']);
  });
});
