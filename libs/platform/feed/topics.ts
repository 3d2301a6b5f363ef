import type { Publication } from '@lib/platform/kernel/publication.js';
import type { TopicWanted } from './broker.js';

/** Of every shared topic. It may never change for a topic that is in use: keys would move to other partitions. */
export const partitionsPerTopic = 3;

export const deadLetterTopic = 'yizhan.dead-letter.v1';
/** Where subscribers say how far they are; the last word of each is kept. */
export const subscriberTopic = 'yizhan.subscriber.v1';

const oneMonth = String(30 * 24 * 3600 * 1000);
/** A batch of records may be this large, in bytes. */
const largestBatch = String(4 * 1024 * 1024);

const forEver = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', 'max.message.bytes': largestBatch };
const lastOnly = { 'cleanup.policy': 'compact', 'max.message.bytes': largestBatch };

/** Every topic that the relay writes to or reads from, as it must be. */
export function topicsOf(publications: readonly Publication[]): readonly TopicWanted[] {
  const facts = publications.map(({ topic }) => ({ topic, partitions: partitionsPerTopic, config: forEver }));
  const states = publications.flatMap(({ state }) =>
    state ? [{ topic: state.topic, partitions: partitionsPerTopic, config: lastOnly }] : [],
  );
  return [
    ...facts,
    ...states,
    { topic: deadLetterTopic, partitions: 1, config: forEver },
    { topic: subscriberTopic, partitions: 1, config: lastOnly },
  ];
}

/** Where the facts of one replay go. */
export const replayTopicName = (replayId: string) => `yizhan.replay.${replayId}`;

/** The topic of one replay: one partition, so that it is in the order of the log, and gone after a month. */
export const replayTopic = (topic: string): TopicWanted => ({
  topic,
  partitions: 1,
  config: { 'cleanup.policy': 'delete', 'retention.ms': oneMonth, 'max.message.bytes': largestBatch },
});
