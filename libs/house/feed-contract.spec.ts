import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent, Kafka, type KafkaMessage } from 'cloudevents';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { deliveryOf } from '@lib/platform/feed/consumer/delivery.js';
import { inspectionOf, schemasFrom } from '@lib/platform/feed/consumer/inspection.js';
import type { SubscriberReport } from '@lib/platform/feed/consumer/report.js';
import { brokenPromises, compatibleContract } from '@lib/platform/feed/contract/compatible.js';
import { wrongMessageExamples } from '@lib/platform/feed/contract/examples.js';
import { closed, factSchemaName } from '@lib/platform/feed/contract/told-schema.js';
import { Validator, type Validate } from '@lib/platform/feed/contract/validator.js';
import { byCategory, outgoingPage } from '@lib/platform/feed/page.js';
import { controlRecord, header, type FeedRecord } from '@lib/platform/feed/record.js';
import { deadLetterTopic, topicsOf } from '@lib/platform/feed/topics.js';
import { factCatalogue, streamOf } from '@lib/platform/kernel/event.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import { feedContract } from './feed-contract.js';
import samples from './office.samples.json' with { type: 'json' };
import { publications } from './publications.js';

type Sample = (typeof samples)[number];

const docs = join(__dirname, '../../docs');
const readJson = (file: string) => JSON.parse(readFileSync(join(docs, file), 'utf8')) as unknown;
const contract = feedContract(samples, {}, new Map());
const { schemas, asyncapi } = contract;
const told = new Map(publications.flatMap(publication => [...publication.told.keys()].map(type => [type, publication] as const)));
const toldSamples = samples.filter(({ type }) => told.has(type));

/** As the log holds it: personal fields are sealed. */
function recorded({ type, version, data }: Sample, revision: number): RecordedEvent {
  const { category, idField, personalFields } = factCatalogue.get(type)!;
  const sealed = Object.fromEntries(personalFields.map(({ name }) => [name, 'yz1.sample.AAAA']));
  const held: Readonly<Record<string, unknown>> = { ...data, ...sealed };
  return {
    id: `0195a1c2-6d5e-7a3b-8c4d-00000000000${revision}`,
    type,
    stream: streamOf(category, String(held[idField])),
    position: String(40 + revision),
    revision,
    recordedAt: `2026-03-02T01:30:00.00${revision}Z`,
    metadata: {
      version: String(version),
      effectiveOn: '2026-03-02',
      correlationId: '0195a1c2-6d5e-7a3b-8c4d-0a0b0c0d0e0f',
      ...(revision > 0 ? { causationId: '0195a1c2-6d5e-7a3b-8c4d-000000000000' } : {}),
    },
    data: held,
  };
}

/** The records of a stream that begins as its kind does, and to which this happened next. */
function recordsOf(sample: Sample): readonly FeedRecord[] {
  const [birth] = told.get(sample.type)!.told.keys();
  const born = samples.find(({ type }) => type === birth)!;
  const events = sample.type === birth ? [recorded(born, 0)] : [recorded(born, 0), recorded(sample, 1)];
  const nothing = { told: () => undefined, isParked: () => false };
  const { records, parked } = outgoingPage(events, byCategory(publications), nothing, '7');
  expect(parked).toEqual([]);
  return records;
}

const validator = new Validator();
const inspect = inspectionOf(schemas);
const { schemas: components } = asyncapi.components;
const validates = new Map<string, { readonly headers: Validate; readonly value: Validate }>(
  Object.entries(asyncapi.components.messages).map(([name, { name: ceType, headers }]) => [
    ceType,
    {
      headers: validator.compile({ ...headers, components: { schemas: components } }),
      value: validator.compile(closed(schemas.get(name)!)),
    },
  ]),
);

/** @returns what of a record is not as the contract has it */
function faultsOf({ headers, value }: Pick<FeedRecord, 'headers' | 'value'>, name = headers[header.type]!): string[] {
  const by = validates.get(name);
  if (!by) return [`no message is called ${name}`];
  return [by.headers(headers), by.value(JSON.parse(value))].filter(fault => fault !== undefined);
}

test('every told fact has a stored sample, and so a record below', () => {
  expect([...told.keys()].filter(type => !toldSamples.some(sample => sample.type === type))).toEqual([]);
  expect(toldSamples.length).toBeGreaterThan(40);
});

test.each(toldSamples)('$type $version: what the relay sends is what the contract says', sample => {
  const records = recordsOf(sample);
  expect(records.map(record => faultsOf(record))).toEqual(records.map(() => []));
  const isState = ({ headers }: FeedRecord) => headers[header.type]!.startsWith('yizhan.state.');
  const { state } = [...byCategory(publications).values()].find(({ told: types }) => types.has(sample.type))!;
  expect(records.map(isState)).toEqual(state ? [...records.slice(1).map(() => false), true] : records.map(() => false));
  for (const record of records.filter(each => !isState(each))) {
    const delivery = deliveryOf(record.topic, messageOf(record));
    expect([delivery.kind, delivery.kind === 'fact' ? inspect(delivery.fact) : '']).toEqual(['fact', undefined]);
  }
});

const messageOf = ({ key, value, headers }: FeedRecord) => ({
  offset: '0',
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  timestamp: '0',
  attributes: 0,
});

test('control, dead-letter and subscriber records are what the contract says', () => {
  const place = { topic: 'yizhan.service-station.v1', partition: 2, epoch: '7' };
  expect(faultsOf(controlRecord('42', 3, '2026-03-02T01:30:00.000Z', place))).toEqual([]);

  const broken = recorded(
    samples.find(({ type }) => type === 'ServiceStationOpened')!,
    0,
  );
  const nothing = { told: () => undefined, isParked: () => false };
  const unfit = { ...broken, data: { ...broken.data, openedOn: 'soon' } };
  const { records } = outgoingPage([unfit], byCategory(publications), nothing, '7');
  expect(records.map(({ topic }) => topic)).toEqual([deadLetterTopic]);
  expect(faultsOf(records[0]!, 'dead-letter')).toEqual([]);

  const report: SubscriberReport = {
    subscriber: 'statistics',
    topic: place.topic,
    partition: 2,
    position: '42',
    recordedAt: undefined,
    facts: undefined,
    duplicates: 0,
    gaps: 0,
  };
  expect(faultsOf({ headers: {}, value: JSON.stringify(report) }, 'subscriber-report')).toEqual([]);
});

describe('a record that is not as the contract says is found', () => {
  const [opened] = recordsOf(samples.find(({ type }) => type === 'ServiceStationOpened')!);
  const data = JSON.parse(opened!.value) as Record<string, unknown>;
  const withValue = (value: object) => ({ ...opened!, value: JSON.stringify(value) });
  const withHeader = (name: string, text: string) => ({ ...opened!, headers: { ...opened!.headers, [name]: text } });

  test.each([
    ['a field that stays in the house', withValue({ ...data, reason: '搬迁' }), '/reason is not told'],
    ['a field that is missing', withValue({ ...data, name: undefined }), "must have required property 'name'"],
    ['a day that is none', withValue({ ...data, openedOn: '2026-02-30' }), '/openedOn must match format "date"'],
    [
      'a value that is not listed',
      withValue({ ...data, serviceFields: ['MAGIC'] }),
      '/serviceFields/0 must be equal to one of the allowed values',
    ],
    ['another schema', withHeader('ce_dataschema', 'urn:yizhan:schema:Other:v1'), '/ce_dataschema must be equal to constant'],
    ['a number that is none', withHeader(header.revision, 'first'), '/ce_revision must match pattern "^\\d+$"'],
    ['a time that is none', withHeader(header.time, 'today'), '/ce_time must match format "date-time"'],
  ])('%s', (_, record, words) => expect(faultsOf(record)).toEqual([words]));
});

/** What the package needs to take in a record of kafkajs: text instead of buffers, and the body where it looks for it. */
const understood = (record: FeedRecord): KafkaMessage => {
  const { key, value, headers } = messageOf(record);
  const text = Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bytes.toString()]));
  return { key: key?.toString() ?? '', value: value.toString(), body: value.toString(), headers: text };
};

describe('CloudEvents, as its own package understands them', () => {
  const oneEach = publications.flatMap(({ told: types }) => recordsOf(toldSamples.find(({ type }) => types.has(type))!));
  const control = controlRecord('42', 3, '2026-03-02T01:30:00.000Z', { topic: 'yizhan.division.v1', partition: 0, epoch: '7' });

  test.each([...oneEach, control].map(record => [record.headers[header.type]!, record] as const))('%s', (_, record) => {
    const event = Kafka.toEvent<Record<string, unknown>>(understood(record));
    if (!(event instanceof CloudEvent)) throw new Error('one record is one event');
    expect(event.validate()).toBe(true);
    expect(event.data).toEqual(JSON.parse(record.value));
    expect([event.specversion, event.source, event.datacontenttype]).toEqual(['1.0', 'urn:yizhan:log', 'application/json']);

    // And back: it writes the same headers. What it leaves undefined would not go out; the content type, which the binding wants
    // in `content-type` alone, it writes a second time.
    const { partitionkey: _key, ...attributes } = event.toJSON();
    const { headers } = Kafka.binary<unknown>(new CloudEvent({ ...attributes, data: event.data }));
    const written = Object.entries(headers).filter(([name, text]) => text !== undefined && name !== 'ce_datacontenttype');
    expect(Object.fromEntries(written)).toEqual(record.headers);
  });

  test('a record without its id is none', () => {
    const { [header.id]: _id, ...headers } = control.headers;
    expect(Kafka.isEvent(understood({ ...control, headers }))).toBe(false);
  });
});

describe('what is committed', () => {
  test('keeps every promise, and is checked to the letter by npm run contracts -- --check', async () => {
    const committed = {
      schemas: await schemasFrom(join(docs, 'schemas')),
      asyncapi: readJson('asyncapi.json') as typeof asyncapi,
    };
    expect(brokenPromises(committed, { schemas, asyncapi })).toEqual([]);
    expect(brokenPromises({ schemas, asyncapi }, committed)).toEqual([]);
    expect(readdirSync(join(docs, 'schemas')).sort()).toEqual([...schemas.keys()].map(name => `${name}.json`).sort());
  });

  test('would not survive that a field stays in the house from now on', () => {
    const name = factSchemaName('ServiceStationOpened', 1);
    const { openedOn: _, ...properties } = schemas.get(name)!.properties as Record<string, JsonSchema>;
    const after = new Map([...schemas, [name, { ...schemas.get(name)!, properties }]]);
    expect(compatibleContract(schemas, after)).toEqual([
      'ServiceStationOpened.v1: the field openedOn is gone; write a new version of the fact (with an upcast from this one)',
    ]);
  });
});

test('every topic is a channel with its partitions, and the examples fit', () => {
  const channels = new Map(Object.values(asyncapi.channels).map(({ address, bindings }) => [address, bindings.kafka.partitions]));
  for (const { topic, partitions } of topicsOf(publications)) expect([topic, channels.get(topic)]).toEqual([topic, partitions]);
  expect(channels.get('yizhan.replay.{replayId}')).toBe(1);
  expect(wrongMessageExamples(asyncapi)).toEqual([]);
});

test('every field and noun says what it means; the sentences of the facts come with the build', () => {
  expect(contract.silences.filter(words => !words.endsWith('has no sentence above its class'))).toEqual([]);
});
