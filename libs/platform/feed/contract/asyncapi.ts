import type { Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import type { TopicWanted } from '../broker.js';
import { deadLetterTopic, replayTopic, replayTopicName, subscriberTopic, topicsOf } from '../topics.js';
import type { Schemas } from './compatible.js';
import { controlSchemaName, deadLetterSchemaName, reportSchemaName } from './contract.js';
import { factMessages, headerFamilies, ownMessages, refer, stateMessage, type Message } from './messages.js';
import type { Meanings } from './told-schema.js';

type Reference = { readonly $ref: string };
type Json = Readonly<Record<string, unknown>>;

interface Channel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Reference>>;
  readonly parameters?: Json;
  readonly bindings: { readonly kafka: Json };
}

/** AsyncAPI 3.0.0, of the parts that are used here. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: Json;
  readonly defaultContentType: 'application/json';
  readonly servers: Json;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Json;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** Configuration as the binding wants it: policies as a list, numbers as numbers. */
function bindingOf({ topic, partitions, config }: TopicWanted): { readonly kafka: Json } {
  const topicConfiguration = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, name === 'cleanup.policy' ? value.split(',') : Number(value)]),
  );
  return { kafka: { topic, partitions, topicConfiguration, bindingVersion: '0.5.0' } };
}

/** Without what only a file of its own needs: here a schema is found by its name. */
function inlined({ $schema: _, $id: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

const refersTo = (names: Iterable<string>): Readonly<Record<string, Reference>> =>
  Object.fromEntries([...names].map(name => [name, refer('components', 'messages', name)]));

const description = `一站把发生的事实和由此归并的现状发布到 Kafka。本文从订阅方的角度写:receive 即读取。
消息体是 JSON,消息头是 CloudEvents 1.0 的二进制模式,键是事实所属的流。个人信息从不发布。
同一版本的事实只会增加可选字段:请忽略不认识的字段。每个结构另有一份 JSON Schema(2020-12)文件 schemas/<名称>.json。

Yizhan publishes what happened, and the states that follow from it, on Kafka. This document is written from where a subscriber
stands: receive means to read. Values are JSON, headers are CloudEvents 1.0 in binary mode, the key is the stream that a fact
belongs to. Personal data is never published. A version of a fact may gain optional fields and changes in no other way: ignore
fields that you do not know. Each schema is also a file of its own in JSON Schema 2020-12, schemas/<name>.json.`;

/**
 * The contract of the feed for those who subscribe.
 * @param schemas every schema of the feed (`schemasOf`)
 */
export function asyncApiOf(publications: readonly Publication[], schemas: Schemas, meanings: Meanings): AsyncApiDocument {
  const topics = new Map(topicsOf(publications).map(topic => [topic.topic, topic]));
  const bindings = (topic: string) => bindingOf(topics.get(topic)!);
  const messages = new Map<string, Message>();
  const channels = new Map<string, Channel>();
  const operations = new Map<string, Json>();

  const open = (name: string, channel: Channel, action: 'receive' | 'send' = 'receive') => {
    channels.set(name, channel);
    operations.set(`${action}-${name}`, {
      action,
      channel: refer('channels', name),
      title: channel.title,
      summary: channel.description.split('\n').join(' · '),
      messages: Object.keys(channel.messages).map(message => refer('channels', name, 'messages', message)),
    });
  };

  for (const publication of publications) {
    const { noun, topic, state } = publication;
    const { zh, en } = meanings.nouns[noun] ?? { zh: noun, en: noun };
    const told = factMessages(publication, schemas);
    for (const [name, message] of told) messages.set(name, message);
    open(noun, {
      address: topic,
      title: `${zh} · ${en}`,
      description: `${zh}的事实,永久保留;其间有对账消息\nFacts about each ${en}, kept for ever, with control records between them`,
      messages: refersTo([...told.keys(), controlSchemaName]),
      bindings: bindings(topic),
    });
    const stated = stateMessage(publication, schemas);
    if (!state || !stated) continue;
    messages.set(...stated);
    open(`state.${noun}`, {
      address: state.topic,
      title: `${zh}的现状 · State of each ${en}`,
      description: `${zh}的现状,每个流只留最新的一条,供后来者起步\nThe state of each ${en}, the last one of each stream: for those who come late`,
      messages: refersTo([stated[0]]),
      bindings: bindings(state.topic),
    });
  }
  const facts = [...messages.keys()].filter(name => !name.startsWith('state.'));
  for (const [name, message] of ownMessages(schemas)) messages.set(name, message);

  const replay = replayTopicName('{replayId}');
  const { kafka: replayBinding } = bindingOf(replayTopic(replay));
  open('replay', {
    address: replay,
    title: '重放 · Replay',
    description:
      '应请求重放的事实:一个分区,依总日志的次序,一个月后删除\nFacts that were asked for again: one partition, in the order of the log, deleted after a month',
    parameters: { replayId: { description: '重放的编号(UUID) · The id of the replay, a UUID' } },
    messages: refersTo(facts),
    bindings: { kafka: replayBinding },
  });
  open('dead-letter', {
    address: deadLetterTopic,
    title: '未能发布的事实 · Facts that could not go out',
    description:
      '未能发布的事实及其原因;同一流其后的事实也在此等候\nFacts that could not go out, and why; what follows them in their stream waits here as well',
    messages: refersTo([deadLetterSchemaName]),
    bindings: bindings(deadLetterTopic),
  });
  open(
    'subscriber',
    {
      address: subscriberTopic,
      title: '订阅方的进度 · Progress of subscribers',
      description:
        '订阅方在此说出各分区的进度,监管者由此看到滞后\nHere a subscriber says how far it is in each partition, so that those in charge see who lags behind',
      messages: refersTo([reportSchemaName]),
      bindings: bindings(subscriberTopic),
    },
    'send',
  );

  return {
    asyncapi: '3.0.0',
    info: {
      title: '一站 Yizhan: 事实的发布 · the feed of facts',
      version: '1',
      description,
      license: { name: 'UNLICENSED', url: 'urn:yizhan:unlicensed' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: '{host}:{port}',
        protocol: 'kafka',
        description: 'Apache Kafka 4 (KRaft)',
        variables: {
          host: { description: '由系统管理员告知 · Told by whoever runs the system', default: 'localhost' },
          port: { description: '端口 · Port', default: '9092' },
        },
      },
    },
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(messages),
      schemas: Object.fromEntries([...headerFamilies, ...[...schemas].map(([name, schema]) => [name, inlined(schema)] as const)]),
    },
  };
}
