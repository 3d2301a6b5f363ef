import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners } from 'kafkajs';
import pg from 'pg';
import { publications } from '@lib/house/publications.js';
import type { Deed } from '@lib/house/simulation/bring-deeds.js';
import { streamOfFact } from '@lib/platform/kernel/event.js';
import { appendOf, type EventStore, type NewEvent } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { KafkaBroker } from '@lib/platform/feed/kafka/kafka-broker.js';
import { kafkaClient } from '@lib/platform/feed/kafka/kafka-client.js';
import { byCategory, outgoingPage, type Told } from '@lib/platform/feed/page.js';
import type { FeedRecord } from '@lib/platform/feed/record.js';
import { createFeedSchema } from '@lib/platform/feed/relay-schema.js';
import { Relay } from '@lib/platform/feed/relay.js';
import { topicsOf } from '@lib/platform/feed/topics.js';
import { officeDeeds, onePrefecture, wholeProvince } from './office-data.js';
import { median, share, type Outcome } from './outcome.js';

const rounds = 3;
const pageSize = 2_000;

interface Setup {
  readonly database: () => Promise<string>;
  readonly brokers: readonly string[];
  readonly full: boolean;
  readonly say: (line: string) => void;
}

/** The relay from the beginning of a log, against a producer of the same settings that is handed the same records ready-made. */
export async function benchRelay({ database, brokers, full, say }: Setup): Promise<Outcome> {
  const pool = new pg.Pool({ connectionString: await database(), max: 4 });
  await createLogSchema(pool as never);
  await createFeedSchema(pool);
  const store = new PostgresEventStore({ connectionString: pool.options.connectionString! });
  const broker = new KafkaBroker(brokers);
  await broker.makeTopics(topicsOf(publications));
  try {
    const events = await fill(store, officeDeeds(full ? wholeProvince : onePrefecture));
    const pages = await recordsOf(store);
    const records = pages.reduce((sum, page) => sum + page.length, 0);
    const bytes = pages.flat().reduce((sum, { value }) => sum + value.length, 0) / records;
    say(`relay: ${events} facts, ${records} records (facts and states), ${Math.round(bytes)} bytes each without headers`);
    const pairs: { bare: number; relay: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const bare = await timed(() => sendBare(brokers, pages));
      await pool.query('truncate feed.relay, feed.stream, feed.partition');
      const relay = await timed(() => relayAll(store, pool, broker));
      pairs.push({ bare, relay });
      say(`  round ${round + 1}: bare ${Math.round(records / bare)}/s, relay ${Math.round(records / relay)}/s`);
    }
    return share('relay to Kafka, catch-up, to a bare producer', median(pairs.map(({ bare, relay }) => bare / relay)), 0.7);
  } finally {
    await store.close();
    await pool.end();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** Deeds as facts of today; nobody reads their personal fields here, so they hold a sealed-looking word. */
async function fill(store: EventStore, deeds: Iterable<Deed>): Promise<number> {
  const revisions = new Map<string, number>();
  let count = 0;
  let writes = new Map<string, NewEvent[]>();
  const flush = async () => {
    const all = [...writes].map(([stream, events]) => ({
      stream,
      expected: (revisions.get(stream) ?? -1) - events.length,
      events,
    }));
    writes = new Map();
    if (all.length > 0) await store.append(appendOf(all, []));
  };
  for (const { facts } of deeds) {
    for (const fact of facts) {
      const stream = streamOfFact(fact);
      const sealed = Object.fromEntries(fact.class.personalFields.map(({ name }) => [name, 'yz1.sealed']));
      const event: NewEvent = {
        id: randomUUID(),
        type: fact.type,
        metadata: { version: String(fact.class.version), actor: 'bench', effectiveOn: '2026-03-01', commandId: randomUUID() },
        data: { ...fact.data, ...sealed },
      };
      const held = writes.get(stream);
      if (held) held.push(event);
      else writes.set(stream, [event]);
      revisions.set(stream, (revisions.get(stream) ?? -1) + 1);
      count += 1;
    }
    if (writes.size >= 200) await flush();
  }
  await flush();
  return count;
}

/** Everything that a relay would send, page by page. */
async function recordsOf(store: EventStore): Promise<readonly (readonly FeedRecord[])[]> {
  const told = new Map<string, Told>();
  const pages: (readonly FeedRecord[])[] = [];
  for (let after = '0'; ;) {
    const events = await store.readAll(after, pageSize);
    const last = events.at(-1);
    if (!last) return pages;
    const known = { told: (stream: string) => told.get(stream), isParked: () => false };
    const page = outgoingPage(events, byCategory(publications), known, '1');
    for (const [stream, state] of page.told) told.set(stream, state);
    pages.push(page.records);
    after = last.position;
  }
}

async function sendBare(brokers: readonly string[], pages: readonly (readonly FeedRecord[])[]): Promise<void> {
  const producer = kafkaClient(brokers, 'bare').producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (const page of pages) {
    const topics = [...new Set(page.map(({ topic }) => topic))];
    await producer.sendBatch({
      acks: -1,
      topicMessages: topics.map(topic => ({ topic, messages: page.filter(record => record.topic === topic).map(message) })),
    });
  }
  await producer.disconnect();
}

const message = ({ key, value, partition, headers }: FeedRecord) => ({ key, value, partition, headers });

async function relayAll(store: PostgresEventStore, pool: pg.Pool, broker: KafkaBroker): Promise<void> {
  const relay = new Relay({ publications: byCategory(publications), store, pool, broker, pageSize });
  const head = await store.head();
  const ending = new AbortController();
  const token = BigInt(`0x${randomBytes(3).toString('hex')}`);
  const running = relay.run({ token, signal: ending.signal, fence: async () => undefined });
  while (relay.state.position !== head) await delay(5);
  ending.abort();
  await running;
}
