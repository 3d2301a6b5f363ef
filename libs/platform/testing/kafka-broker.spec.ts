import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { goneWithin, processStart } from '@lib/platform/embedded-postgres/process-start.js';
import type { Broker } from '../../../infra/kafka/broker.mjs';
import { canStartKafka, hasKafka, kafkaBrokers, startOwnBroker, topicPrefix } from './kafka-broker.js';

const clientOf = (brokers: string[], retries = 12) =>
  new Kafka({ clientId: 'spec', brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries } });

async function ask<T>(brokers: string[], question: (admin: Admin) => Promise<T>, retries?: number): Promise<T> {
  const admin = clientOf(brokers, retries).admin();
  await admin.connect();
  try {
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}

const topicsOf = ({ bootstrap }: Broker) => ask([bootstrap], admin => admin.listTopics());

const createTopic = (brokers: string[], topic: string) =>
  ask(brokers, admin => admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] }));

/** Numbered records from `first` on, 500 a request, each request after the answer to the one before. */
async function write(brokers: string[], topic: string, first: number, count: number): Promise<void> {
  const producer = clientOf(brokers).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (let next = first; next < first + count; next += 500)
    await producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: Math.min(500, first + count - next) }, (_, at) => ({
        key: 'one',
        value: String(next + at),
      })),
    });
  await producer.disconnect();
}

/** Reads from the beginning until the record `last` has come. */
async function readUntil(brokers: string[], topic: string, last: number): Promise<number[]> {
  const consumer = clientOf(brokers).consumer({ groupId: topicPrefix('reader'), retry: { initialRetryTime: 50, retries: 12 } });
  const numbers: number[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((settle, reject) => {
      // It crashes, and goes on by itself, while the group's coordinator is still loading.
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      consumer
        .run({
          async eachMessage({ message }) {
            numbers.push(Number(message.value));
            if (numbers.at(-1) === last) settle();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return numbers;
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

(hasKafka ? describe : describe.skip)('Kafka, the broker of all suites', () => {
  test('what an idempotent producer wrote is read whole and in order', async () => {
    const brokers = await kafkaBrokers();
    const topic = topicPrefix('numbers');
    await createTopic(brokers, topic);
    await write(brokers, topic, 0, 10_000);
    expect(await readUntil(brokers, topic, 9_999)).toEqual(upTo(10_000));
  }, 300_000);

  test('every suite that asks is led to the same broker, and to topics of its own', async () => {
    expect(await kafkaBrokers()).toEqual(await kafkaBrokers());
    expect(topicPrefix('feed')).toMatch(/^feed-/);
    expect(topicPrefix('feed')).not.toBe(topicPrefix('feed'));
  }, 300_000);

  test('a topic that nobody made is an error', async () => {
    const misspelt = ask(await kafkaBrokers(), admin => admin.fetchTopicOffsets(topicPrefix('misspelt')), 2);
    await expect(misspelt).rejects.toThrow('does not host this topic-partition');
  }, 300_000);
});

(canStartKafka ? describe : describe.skip)('Kafka, a broker of one’s own', () => {
  const started: Broker[] = [];
  const folders: string[] = [];
  const start = async (...options: Parameters<typeof startOwnBroker>) => {
    const broker = await startOwnBroker(...options);
    started.push(broker);
    return broker;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map(broker => broker.stop()));
    await Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true })));
  });

  test('one that was killed comes back on the same folder and address with all that it had acknowledged', async () => {
    const broker = await start();
    const { bootstrap, pid: first } = broker;
    const brokers = [bootstrap];
    await createTopic(brokers, 'kept');
    await write(brokers, 'kept', 0, 5_000);

    await broker.kill();
    expect(await processStart(first!)).toBeUndefined();
    expect(broker.pid).toBeUndefined();
    await broker.restart();

    expect(broker.bootstrap).toBe(bootstrap);
    expect(broker.pid).not.toBe(first);
    await write(brokers, 'kept', 5_000, 5_000);
    expect(await readUntil(brokers, 'kept', 9_999)).toEqual(upTo(10_000));
  }, 300_000);

  test('two at once have their own addresses and records, and leave nothing behind', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.bootstrap).not.toBe(other.bootstrap);
    await createTopic([one.bootstrap], 'of-one');
    expect(await topicsOf(other)).toEqual([]);

    const pids = [one.pid!, other.pid!];
    await Promise.all([one.stop(), other.stop()]);
    expect(await Promise.all(pids.map(processStart))).toEqual([undefined, undefined]);
    expect([one.folder, other.folder].filter(existsSync)).toEqual([]);
  }, 300_000);

  test('a folder that is given is kept, whatever letters are in its name, and goes on at another address', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'yizhan-kafka-spec-'));
    folders.push(parent);
    const folder = join(parent, '一站, the data');
    const first = await start({ folder });
    await createTopic([first.bootstrap], 'kept');
    await first.stop();

    const second = await start({ folder, overrides: { 'log.retention.ms': 1000 } });
    expect(second.bootstrap).not.toBe(first.bootstrap);
    expect(await topicsOf(second)).toEqual(['kept']);

    const third = startOwnBroker({ folder, environment: { ...process.env, YIZHAN_LANGUAGE: 'en' } });
    await expect(third).rejects.toThrow(/^The folder .* is in use by another Kafka/);
    expect(await topicsOf(second)).toEqual(['kept']);
  }, 300_000);

  test('a busy port is said in the person’s language', async () => {
    const broker = await start();
    const port = Number(broker.bootstrap.split(':')[1]);
    const sentenceIn = (language: string) =>
      startOwnBroker({ port, environment: { ...process.env, YIZHAN_LANGUAGE: language } }).catch((error: Error) => error.message);
    expect(await sentenceIn('zh')).toMatch(new RegExp(`^端口 ${port} 已被`));
    expect(await sentenceIn('en')).toMatch(new RegExp(`^The port ${port} is in use`));
  }, 300_000);

  test('it does not outlive the program that started it, even one that is killed', async () => {
    const launcher = pathToFileURL(resolve('infra/kafka/broker.mjs')).href;
    // A process that is started without the broker's precautions shows that this spec would see one that stays.
    const program = `
      import { spawn } from 'node:child_process';
      import { startBroker } from '${launcher}';
      const { pid, folder } = await startBroker();
      const stays = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
      console.log(JSON.stringify({ pid, folder, stays: stays.pid }));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface(parent.stdout);
    const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
    expect(line).toBeDefined();
    const { pid, folder, stays } = JSON.parse(line);
    try {
      expect(await processStart(pid)).toBeDefined();
      expect(await readdir(folder)).toContain('data');

      parent.kill('SIGKILL');
      await once(parent, 'exit');

      expect(await goneWithin(pid, 60_000)).toBe(true);
      expect(await processStart(stays)).toBeDefined();
      await untilGone(folder);
    } finally {
      parent.kill('SIGKILL');
      process.kill(stays, 'SIGKILL');
      if (await processStart(pid)) process.kill(pid, 'SIGKILL');
    }
  }, 300_000);
});

async function untilGone(folder: string): Promise<void> {
  for (const until = Date.now() + 60_000; existsSync(folder);) {
    if (Date.now() > until) throw new Error(`${folder} is still there`);
    await new Promise(settle => setTimeout(settle, 50));
  }
}
