import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { SubjectKeyShredded } from '@lib/access/erasure/erasure.events.js';
import {
  GrantTopics,
  RegisterSubscriber,
  RequestReplay,
  RevokeSubscriber,
  SetFieldScope,
} from '@lib/access/subscription/subscription.commands.js';
import type { ReplayProgress, SubscriberLag } from '@lib/access/subscription/subscription.views.js';
import { write } from '@lib/house/first-day.js';
import { PostgresLedger } from '@lib/platform/feed/consumer/ledger.js';
import { Subscriber } from '@lib/platform/feed/consumer/subscriber.js';
import { kafkaClient } from '@lib/platform/feed/kafka/kafka-client.js';
import { HousePrincipal } from '@lib/platform/kernel/access.js';
import { canStartKafka, startOwnBroker } from '@lib/platform/testing/kafka-broker.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import { beishan, furnish, idNumber, openTestHouse, phone, place, type Furnished, type TestHouse } from './open-house.js';

interface Told {
  readonly topic: string;
  readonly type: string;
  readonly id: string;
  readonly value: string;
  /** Key, headers and value. */
  readonly bytes: string;
}

/** Topics have the names that they always have, so this house has a broker of its own. */
(hasPostgres && canStartKafka ? describe : describe.skip)('subscribers of the house', () => {
  const subscriptionId = randomUUID();
  const name = 'statistics';
  const nouns = ['social-worker', 'volunteer', 'service-station'];
  let broker: Awaited<ReturnType<typeof startOwnBroker>>;
  let house: TestHouse;
  let here: Furnished;

  beforeAll(async () => {
    broker = await startOwnBroker();
    house = await openTestHouse(undefined, { brokers: [broker.bootstrap] });
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0 });
    const office = house.as('authority');
    await office.does(RegisterSubscriber, { subscriptionId, name });
    await office.does(GrantTopics, { subscriptionId, nouns });
  }, 240_000);
  afterAll(async () => {
    await house?.close();
    await broker?.stop();
  });

  const until = async <T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> => {
    let found: T | undefined;
    for (let tries = 0; tries < 2_000; tries += 1) {
      found = await look();
      if (holds(found)) return found;
      await new Promise(resolve => setTimeout(resolve, 60));
    }
    const tries = house.logLines.filter(line => line.includes('tries again')).slice(-3);
    throw new Error(`it never became true: ${JSON.stringify([found, await house.feed?.state(), tries])}`);
  };

  const replays = async () =>
    (await house.as('authority').sees<ReplayProgress>(`/api/subscriptions/${subscriptionId}/replays`)).rows;
  const replayed = async (fields: readonly string[]) => {
    const replayId = randomUUID();
    const office = house.as('authority');
    await office.does(SetFieldScope, { subscriptionId, fields });
    await office.does(RequestReplay, { subscriptionId, replayId });
    const row = (await until(replays, rows => rows.some(each => each.replayId === replayId && each.stage === 'FINISHED'))).find(
      each => each.replayId === replayId,
    )!;
    return row;
  };

  /** Everything that the broker holds in topics of the house now. */
  const everythingTold = async (): Promise<Told[]> => {
    const kafka = kafkaClient([broker.bootstrap], 'spec');
    const admin = kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter(topic => topic.startsWith('yizhan.'));
    const wanted = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        if (high !== '0') wanted.set(`${topic}/${partition}`, BigInt(high));
    }
    await admin.disconnect();
    const told: Told[] = [];
    const consumer = kafka.consumer({ groupId: `spec-${randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachBatchAutoResolve: true,
          async eachBatch({ batch }) {
            for (const { key, headers = {}, value } of batch.messages) {
              const bytes = [key, ...Object.entries(headers).flat(), value].map(String).join('\n');
              told.push({
                topic: batch.topic,
                type: String(headers.ce_type),
                id: String(headers.ce_id),
                value: String(value),
                bytes,
              });
            }
            const place = `${batch.topic}/${batch.partition}`;
            if (BigInt(batch.lastOffset()) >= (wanted.get(place) ?? 0n) - 1n) wanted.delete(place);
            if (wanted.size === 0) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return told;
  };

  test('get a replay with the fields of their scope in clear, and nobody else gets them', async () => {
    const bare = await replayed([]);
    const named = await replayed(['socialWorker.name']);
    expect(bare).toMatchObject({ nouns, fields: [], from: '0', failure: null });
    expect(named).toMatchObject({ fields: ['socialWorker.name'], topic: `yizhan.replay.${named.replayId}` });

    const told = await everythingTold();
    const on = (topic: string) => told.filter(record => record.topic === topic);
    const workers = (topic: string) =>
      on(topic)
        .filter(({ type }) => type === 'yizhan.WorkerRegistered.v1')
        .map(({ value }) => JSON.parse(value) as { workerId: string; name?: string });
    expect(workers(named.topic).map(worker => worker.name)).toEqual(['李玉兰', '朴英姬']);
    expect(workers(bare.topic)).toEqual(workers(named.topic).map(({ name: _, ...rest }) => rest));

    // Nothing of a person anywhere else, in no byte of any record of any topic.
    expect(told.length).toBeGreaterThan(100);
    const leaks = told.filter(
      ({ topic, bytes }) =>
        here.secrets.some(secret => bytes.includes(secret)) ||
        here.names.some(each => bytes.includes(each) && !(topic === named.topic && ['李玉兰', '朴英姬'].includes(each))),
    );
    expect(leaks.map(({ topic, type }) => `${topic} ${type}`)).toEqual([]);
    expect(here.secrets.length).toBeGreaterThan(5);
    expect(here.names).toEqual(expect.arrayContaining(['李玉兰', '金顺哲']));

    // The facts of a replay are those of the shared topics, each once, and the end says how many.
    const shared = nouns.flatMap(noun => on(`yizhan.${noun}.v1`)).filter(({ type }) => type !== 'yizhan.control.v1');
    const again = on(bare.topic);
    expect(
      again
        .slice(0, -1)
        .map(({ id, value }) => `${id} ${value}`)
        .sort(),
    ).toEqual([...new Set(shared.map(({ id, value }) => `${id} ${value}`))].sort());
    expect(JSON.parse(again.at(-1)!.value)).toEqual({ position: bare.until, facts: bare.facts });
    expect(again).toHaveLength(bare.facts + 1);
  }, 180_000);

  test('are heard when they say how far they are', async () => {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    const topics = nouns.slice(0, 2).map(noun => `yizhan.${noun}.v1`);
    const look = async () => (await house.as('provinceAuditor').sees<SubscriberLag>('/api/subscriber-lag')).rows;
    const silent = (await look()).find(({ topic }) => topic === topics[0]);
    expect(silent).toMatchObject({ subscriber: name, subscriptionId, stage: 'ACTIVE', position: null, reportedAt: null });
    expect(silent?.silentSince).toMatch(/^\d{4}-.*Z$/);

    const subscriber = new Subscriber({
      name,
      brokers: [broker.bootstrap],
      topics,
      ledger: new PostgresLedger(pool, 'own'),
      apply: async () => undefined,
      reportEvery: 200,
    });
    await subscriber.start();
    try {
      await until(look, rows => topics.every(topic => rows.some(row => row.topic === topic && row.lag === 0 && row.reportedAt)));
      const rows = await look();
      const told = (await everythingTold()).filter(record => record.topic === topics[1] && record.type !== 'yizhan.control.v1');
      expect(told.length).toBeGreaterThan(0);
      expect(rows.find(({ topic }) => topic === topics[1])).toMatchObject({
        gaps: 0,
        stage: 'ACTIVE',
        silentSince: null,
        facts: new Set(told.map(({ id }) => id)).size,
      });
      // A topic that it was granted and does not read.
      expect(rows.find(({ topic }) => topic === 'yizhan.service-station.v1')).toMatchObject({ position: null, lag: null });
    } finally {
      await subscriber.stop();
    }
    // What is published while it does not listen makes it late, on that topic only.
    const person = { name: '韩明', idNumber: idNumber(40), phone: phone(40) };
    const volunteerId = randomUUID();
    await house.as('staff').does(RegisterVolunteer, { volunteerId, homeDivisionId: place(beishan), ...person });
    const late = await until(look, found => found.some(({ topic, lag }) => topic === topics[1] && lag !== null && lag > 0));
    expect(late.find(({ topic }) => topic === topics[0])?.lag).toBe(0);
    await pool.end();
    await database.drop();
  }, 180_000);

  test('learn whose key is gone', async () => {
    const fact = new SubjectKeyShredded({ subjectId: here.volunteerId, erasedOn: '2026-03-10' });
    const author = { principal: new HousePrincipal('spec'), reasonCode: 'spec', effectiveOn: '2026-03-10' };
    await write(house.store, [fact], new Map(), randomUUID(), author);
    const told = await until(everythingTold, found =>
      found.some(({ topic, type }) => topic === 'yizhan.erasure.v1' && type === 'yizhan.SubjectKeyShredded.v1'),
    );
    expect(told.filter(({ type }) => type === 'yizhan.SubjectKeyShredded.v1').map(({ value }) => JSON.parse(value))).toEqual([
      { subjectId: here.volunteerId, erasedOn: '2026-03-10' },
    ]);
  });

  test('who are revoked get nothing more', async () => {
    const office = house.as('authority');
    await office.does(RevokeSubscriber, { subscriptionId });
    expect(await office.refused(RequestReplay, { subscriptionId, replayId: randomUUID() })).toBe('subscriber-revoked');
  });
});
