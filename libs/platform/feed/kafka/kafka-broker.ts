import kafkajs, { Partitioners, type Admin, type Kafka } from 'kafkajs';
import { TopicsUnfit, type FeedBroker, type FeedProducer, type TopicWanted } from '../broker.js';
import type { FeedRecord } from '../record.js';
import { kafkaClient } from './kafka-client.js';

// Native ES modules do not see this export by its name.
const { ConfigResourceTypes } = kafkajs;

/** Bytes of one partition in one send; a broker takes a megabyte by default, and headers count as well. */
const sendAtMost = 700_000;
/** About what the headers of a record take. */
const headerBytes = 700;

/** The feed on Apache Kafka 4, by kafkajs: the one file that knows its producer. */
export class KafkaBroker implements FeedBroker {
  private readonly kafka: Kafka;

  constructor(brokers: readonly string[]) {
    this.kafka = kafkaClient(brokers, 'yizhan-relay');
  }

  async producer(): Promise<FeedProducer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return {
      async send(records) {
        for (const part of parts(records)) await producer.sendBatch({ topicMessages: part, acks: -1, timeout: 10_000 });
      },
      close: () => producer.disconnect(),
    };
  }

  makeTopics(wanted: readonly TopicWanted[]): Promise<readonly string[]> {
    return this.asking(async admin => {
      const there = new Set(await admin.listTopics());
      const missing = wanted.filter(({ topic }) => !there.has(topic));
      if (missing.length === 0) return [];
      const { brokers } = await admin.describeCluster();
      const replicas = Math.min(3, brokers.length);
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ topic, partitions, config }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: Object.entries({ ...config, 'min.insync.replicas': String(Math.max(1, replicas - 1)) }).map(
            ([name, value]) => ({ name, value }),
          ),
        })),
      });
      return missing.map(({ topic }) => topic);
    });
  }

  verifyTopics(wanted: readonly TopicWanted[]): Promise<void> {
    return this.asking(async admin => {
      await requireKafka4(admin);
      const there = new Set(await admin.listTopics());
      const found = wanted.filter(({ topic }) => there.has(topic));
      const faults = wanted.filter(({ topic }) => !there.has(topic)).map(({ topic }) => missingTopic(topic));
      if (found.length > 0) {
        const { topics } = await admin.fetchTopicMetadata({ topics: found.map(({ topic }) => topic) });
        const partitions = new Map(topics.map(({ name, partitions: held }) => [name, held.length]));
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: found.map(({ topic }) => ({ type: ConfigResourceTypes.TOPIC, name: topic })),
        });
        const configs = new Map(
          resources.map(({ resourceName, configEntries }) => [
            resourceName,
            new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
          ]),
        );
        for (const { topic, partitions: count, config } of found) {
          if (partitions.get(topic) !== count) faults.push(otherPartitions(topic, partitions.get(topic) ?? 0, count));
          for (const [name, value] of Object.entries(config)) {
            const set = configs.get(topic)?.get(name);
            if (set !== value) faults.push(otherConfig(topic, name, set ?? '', value));
          }
        }
      }
      if (faults.length > 0) throw new TopicsUnfit(faults);
    });
  }

  private async asking<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** By what it can be told to do: settings that ended with version 4 are still there in an older broker. */
async function requireKafka4(admin: Admin): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.BROKER, name: String(brokers[0]!.nodeId) }],
  });
  const settings = new Set(resources.flatMap(({ configEntries }) => configEntries.map(({ configName }) => configName)));
  if (settings.has('zookeeper.connect') || settings.has('inter.broker.protocol.version')) {
    throw new TopicsUnfit([
      {
        zh: 'Kafka 版本过旧:须是 Apache Kafka 4 或更新的版本,请先升级。',
        en: 'The Kafka broker is too old: Apache Kafka 4 or newer is wanted; upgrade it first.',
      },
    ]);
  }
  if (!settings.has('process.roles')) {
    throw new TopicsUnfit([
      {
        zh: '对方不是 Apache Kafka 4(KRaft):一站的发布只在它上面验证过,请改用它,或核对 KAFKA_BROKERS。',
        en: 'This is no Apache Kafka 4 (KRaft) broker: the feed is known to work on that only. Use one, or check KAFKA_BROKERS.',
      },
    ]);
  }
}

const missingTopic = (topic: string) => ({
  zh: `缺少主题 ${topic}:请先运行 npm run relay -- topics。`,
  en: `The topic ${topic} is missing: run npm run relay -- topics first.`,
});

const otherPartitions = (topic: string, found: number, wanted: number) => ({
  zh: `主题 ${topic} 有 ${found} 个分区,应为 ${wanted} 个:请在无人订阅时删除它,再运行 npm run relay -- topics。`,
  en: `The topic ${topic} has ${found} partitions instead of ${wanted}: delete it while nobody subscribes, then run npm run relay -- topics.`,
});

const otherConfig = (topic: string, name: string, found: string, wanted: string) => ({
  zh: `主题 ${topic} 的 ${name} 是“${found}”,应为“${wanted}”:请用 kafka-configs 改正。`,
  en: `${name} of the topic ${topic} is “${found}” instead of “${wanted}”: put it right with kafka-configs.`,
});

interface TopicMessages {
  topic: string;
  messages: { key: string | null; value: string; partition: number; headers: Record<string, string> }[];
}

/** Sends of a size that a broker takes, in order. */
function* parts(records: readonly FeedRecord[]): Generator<TopicMessages[]> {
  let byTopic = new Map<string, TopicMessages>();
  let sizes = new Map<string, number>();
  for (const { topic, partition, key, headers, value } of records) {
    const place = `${topic}/${partition}`;
    const own = Buffer.byteLength(value) + headerBytes;
    if ((sizes.get(place) ?? 0) + own > sendAtMost && byTopic.size > 0) {
      yield [...byTopic.values()];
      byTopic = new Map();
      sizes = new Map();
    }
    sizes.set(place, (sizes.get(place) ?? 0) + own);
    let group = byTopic.get(topic);
    if (!group) byTopic.set(topic, (group = { topic, messages: [] }));
    group.messages.push({ key, value, partition, headers });
  }
  if (byTopic.size > 0) yield [...byTopic.values()];
}
