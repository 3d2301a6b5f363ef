import type { KafkaMessage } from 'kafkajs';
import { kafkaClient } from '@lib/platform/feed/kafka/kafka-client.js';
import { placeName } from '@lib/platform/feed/place.js';
import { controlType, header } from '@lib/platform/feed/record.js';
import { deadLetterTopic } from '@lib/platform/feed/topics.js';
import { publications } from '@lib/house/publications.js';
import { KeySequence } from './key-sequence.js';
import { countUpTo, printOf, type ToldLog } from './told-log.js';
import { until } from '@lib/platform/processes/until.js';
import type { Violations } from '../violations.js';

export interface TopicFigures {
  records: number;
  /** Records of facts that were on the topic already. */
  duplicates: number;
  controls: number;
  missing: number;
}

/** The records of all topics against the log: per key the same sequence after repetitions are dropped, and every control record right. */
export async function checkTopics(brokers: readonly string[], log: ToldLog, violations: Violations): Promise<TopicFigures> {
  const figures: TopicFigures = { records: 0, duplicates: 0, controls: 0, missing: 0 };
  const sequences = new Map([...log.streams].map(([stream, owed]) => [stream, new KeySequence(owed)]));
  const distinct = new Map<string, number>();
  const lastControl = new Map<string, number>();

  const takeControl = (place: string, { headers, value }: KafkaMessage) => {
    figures.controls += 1;
    const position = Number(headers?.[header.position]);
    const { facts } = JSON.parse(String(value)) as { facts: number };
    const right = countUpTo(log.places.get(place) ?? [], position);
    const here = distinct.get(place) ?? 0;
    lastControl.set(place, Math.max(lastControl.get(place) ?? 0, position));
    const words = `${place} up to ${position}: it says ${facts}, the log says ${right}, ${here} are before it`;
    if (facts !== right) violations.add('a control record is wrong', words);
    else if (here < right) violations.add('a control record is early', words);
  };
  const takeFact = (place: string, { key, headers, value, offset }: KafkaMessage) => {
    const read = (name: string) => String(headers?.[name]);
    figures.records += 1;
    const stream = String(key);
    const revision = Number(read(header.revision));
    const words = `${stream} ${revision} at ${place} ${offset}`;
    const verdict = sequences.get(stream)?.take(revision) ?? { verdict: 'unknown' as const };
    if (verdict.verdict === 'unknown') {
      violations.add('a record that the log does not know', words);
      return;
    }
    if (verdict.verdict === 'again') figures.duplicates += 1;
    else distinct.set(place, (distinct.get(place) ?? 0) + 1);
    if (verdict.verdict === 'early') violations.add('a record before its turn', words);
    if (verdict.verdict === 'late') violations.add('a record after its turn', words);
    if (log.placeOfStream.get(stream) !== place) violations.add('a record in the wrong partition', words);
    const [previous, position] = [Number(read(header.previous)), Number(read(header.position))];
    const print = printOf(read(header.id), read(header.type), revision, previous, position, String(value));
    if (print !== verdict.owed?.print) violations.add('a record that is not what the log says', `${words}, previous ${previous}`);
  };

  await readAll(brokers, [...publications.map(({ topic }) => topic), deadLetterTopic], (topic, partition, message) => {
    if (topic === deadLetterTopic) {
      violations.add('a parked fact', String(message.value));
      return;
    }
    const place = placeName(topic, partition);
    if (String(message.headers?.[header.type]) === controlType) takeControl(place, message);
    else takeFact(place, message);
  });
  for (const [stream, sequence] of sequences) {
    figures.missing += sequence.missing;
    if (sequence.missing > 0) violations.add('missing from the topic', `${sequence.missing} of ${stream}`, sequence.missing);
  }
  for (const place of log.places.keys()) {
    const at = lastControl.get(place) ?? 0;
    if (at !== log.head) violations.add('no control record for the end', `${place} at ${at}, the log ends at ${log.head}`);
  }
  return figures;
}

async function readAll(
  brokers: readonly string[],
  topics: readonly string[],
  take: (topic: string, partition: number, message: KafkaMessage) => void,
): Promise<void> {
  const kafka = kafkaClient(brokers, 'checker');
  const admin = kafka.admin();
  await admin.connect();
  const open = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      if (high !== '0') open.set(placeName(topic, partition), BigInt(high) - 1n);
  }
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `checker-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) take(batch.topic, batch.partition, message);
        const place = placeName(batch.topic, batch.partition);
        const last = open.get(place);
        if (last !== undefined && BigInt(batch.lastOffset()) >= last) open.delete(place);
      },
    });
    await until('everything on the topics was read', () => open.size === 0, 600_000);
  } finally {
    await consumer.disconnect();
  }
}
