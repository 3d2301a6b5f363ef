import { randomBytes } from 'node:crypto';
import type { EachBatchPayload } from 'kafkajs';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { kafkaClient } from '../kafka/kafka-client.js';
import { placeName } from '../place.js';
import { header } from '../record.js';
import { atTheBeginning } from './judge.js';
import type { Ledger } from './ledger.js';

/** What a stream comes to, as far as the outside is told. */
export interface DeliveredState {
  readonly topic: string;
  readonly stream: string;
  /** Of the last told fact that is in it. */
  readonly revision: number;
  readonly position: string;
  readonly state: Readonly<Record<string, unknown>>;
}

export interface LateStartSetup<Transaction> {
  /** The subscriber's name; it must not be running. */
  readonly name: string;
  readonly brokers: readonly string[];
  /** Each topic of facts with its topic of states, such as `yizhan.division.v1` with `yizhan.state.division`. */
  readonly topics: Readonly<Record<string, string>>;
  readonly ledger: Ledger<Transaction>;
  /** Takes effect in the given transaction. The same stream may come several times, each time newer. */
  readonly apply: (transaction: Transaction, states: readonly DeliveredState[]) => Promise<void>;
}

/** Facts that were published so long before the states were read are read again, in milliseconds: they are dropped as known. */
const overlap = 10 * 60_000;

/**
 * Lets a subscriber begin with today's states instead of all of history: reads the compacted topics to their end, tells the ledger the
 * revision of each stream, and sets the group to where the facts go on. What is found missing there is read again from the beginning
 * of the topic as ever. May be repeated until it has come to its end; does nothing for a subscriber that has begun.
 * @returns how many states were read; 0 when it had begun before
 */
export async function startFromStates<Transaction>(setup: LateStartSetup<Transaction>): Promise<number> {
  const { name, brokers, topics, ledger } = setup;
  await ledger.prepare();
  if (await ledger.begun()) return 0;
  const kafka = kafkaClient(brokers, `yizhan-late-start-${name}`);
  const admin = kafka.admin();
  await admin.connect();
  try {
    const since = Date.now() - overlap;
    const newest = await readAll(setup);
    for (const [topic, stateTopic] of Object.entries(topics)) {
      const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, since);
      await admin.setOffsets({ groupId: name, topic, partitions: offsets });
      for (const { partition, offset } of offsets) {
        const position = newest.positions.get(placeName(stateTopic, partition)) ?? '0';
        await ledger.within(topic, partition, async () => ({
          mark: { ...atTheBeginning, nextOffset: offset, facts: undefined, position },
          revisions: new Map(),
        }));
      }
    }
    return newest.count;
  } finally {
    await admin.disconnect();
  }
}

async function readAll<Transaction>({ name, brokers, topics, ledger, apply }: LateStartSetup<Transaction>) {
  const factTopics = new Map(Object.entries(topics).map(([facts, states]) => [states, facts]));
  const kafka = kafkaClient(brokers, `yizhan-states-${name}`);
  const admin = kafka.admin();
  const groupId = `${name}-states-${randomBytes(4).toString('hex')}`;
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6_000, heartbeatInterval: 1_500, maxWaitTimeInMs: 250 });
  const positions = new Map<string, string>();
  const ends = new Map<string, string>();
  let count = 0;

  const take = async ({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> => {
    const { topic, partition } = batch;
    const place = placeName(topic, partition);
    const states: DeliveredState[] = batch.messages.map(({ headers, key, value }) => ({
      topic,
      stream: String(key),
      revision: Number(String(headers?.[header.revision])),
      position: String(headers?.[header.position]),
      state: JSON.parse(String(value)) as Record<string, unknown>,
    }));
    await ledger.within(factTopics.get(topic)!, partition, async (transaction, { revisions }) => {
      const known = await revisions([...new Set(states.map(({ stream }) => stream))]);
      const newer = new Map(known);
      // A relay that was paused and came back may have written an older state behind a newer one.
      const news = states.filter(({ stream, revision }) => {
        if (revision <= (newer.get(stream) ?? -1)) return false;
        newer.set(stream, revision);
        return true;
      });
      await apply(transaction, news);
      count += news.length;
      return { revisions: newer };
    });
    for (const { position } of states) {
      if (comparePositions(position, positions.get(place) ?? '0') > 0) positions.set(place, position);
    }
    const next = (BigInt(batch.lastOffset()) + 1n).toString();
    if (comparePositions(next, ends.get(place) ?? '0') >= 0) ends.delete(place);
    resolveOffset(batch.lastOffset());
    await heartbeat();
  };

  await admin.connect();
  try {
    for (const topic of factTopics.keys()) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (comparePositions(high, low) > 0) ends.set(placeName(topic, partition), high);
      }
    }
    if (ends.size === 0) return { positions, count };
    await consumer.connect();
    await consumer.subscribe({ topics: [...factTopics.keys()], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
        if (!restart) reject(error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async batch => {
            await take(batch);
            if (ends.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
  return { positions, count };
}
