import { hasKafka, kafkaBrokers, topicPrefix } from '@lib/platform/testing/kafka-broker.js';
import { TopicsUnfit, type TopicWanted } from '../broker.js';
import { KafkaBroker } from './kafka-broker.js';
import { kafkaClient } from './kafka-client.js';

(hasKafka ? describe : describe.skip)('the broker of the feed on a real Kafka', () => {
  const prefix = topicPrefix('feed-broker');
  const topic = (name: string, partitions = 2, policy = 'delete'): TopicWanted => ({
    topic: `${prefix}-${name}`,
    partitions,
    config: { 'cleanup.policy': policy },
  });
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = new KafkaBroker(await kafkaBrokers());
  }, 180_000);

  const sentences = async (wanted: readonly TopicWanted[], language: 'zh' | 'en') => {
    const error: unknown = await broker.verifyTopics(wanted).catch((caught: unknown) => caught);
    return error instanceof TopicsUnfit ? error.in(language).split('\n') : error;
  };

  test('topics are made once, and found to be as they must be', async () => {
    const wanted = [topic('facts'), topic('states', 3, 'compact')];
    expect(await broker.makeTopics(wanted)).toEqual(wanted.map(({ topic: name }) => name));
    expect(await broker.makeTopics(wanted)).toEqual([]);
    await expect(broker.verifyTopics(wanted)).resolves.toBeUndefined();
  });

  test('a missing topic, another number of partitions and another configuration are said in a sentence each', async () => {
    await broker.makeTopics([topic('other', 1, 'compact')]);
    const found = await sentences([topic('other', 4), topic('missing')], 'en');
    expect(found).toEqual([
      `The topic ${prefix}-missing is missing: run npm run relay -- topics first.`,
      expect.stringContaining(`${prefix}-other has 1 partitions instead of 4`) as string,
      expect.stringContaining('cleanup.policy of the topic') as string,
    ]);
    expect(await sentences([topic('missing')], 'zh')).toEqual([`缺少主题 ${prefix}-missing:请先运行 npm run relay -- topics。`]);
  });

  test('what is sent arrives in order, also when it is more than one send may carry', async () => {
    const wanted = topic('large', 1);
    await broker.makeTopics([wanted]);
    const producer = await broker.producer();
    const value = '龙'.repeat(30_000);
    const records = Array.from({ length: 40 }, (_, nth) => ({
      topic: wanted.topic,
      partition: 0,
      key: `k-${nth}`,
      headers: { nth: String(nth) },
      value,
    }));
    await producer.send(records);
    await producer.close();

    const consumer = kafkaClient(await kafkaBrokers(), prefix).consumer({ groupId: prefix, maxWaitTimeInMs: 100 });
    const seen: string[] = [];
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [wanted.topic], fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message: { headers } }) => void seen.push(String(headers?.nth)) });
      for (let tries = 0; seen.length < 40 && tries < 3_000; tries += 1) await new Promise(resolve => setTimeout(resolve, 20));
    } finally {
      await consumer.disconnect();
    }
    expect(seen).toEqual(records.map((_, nth) => String(nth)));
  });
});
