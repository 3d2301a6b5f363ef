import { streamOf } from '@lib/platform/kernel/event.js';
import type { Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import { reportKey } from '../consumer/report.js';
import { placeName } from '../place.js';
import {
  controlRecord,
  controlType,
  factRecord,
  factType,
  header,
  schemaOf,
  stateRecord,
  stateSchemaOf,
  stateType,
  type FeedRecord,
} from '../record.js';
import type { Schemas } from './compatible.js';
import { controlSchemaName, deadLetterSchemaName, reportSchemaName, toldFact } from './contract.js';
import { controlHeaders, factHeaders, headersOfKind, noHeaders, plainHeaders, stateHeaders } from './header-schema.js';
import { stateSchemaName, versionOfName } from './told-schema.js';

export const refer = (...path: readonly string[]) => ({ $ref: `#/${path.join('/')}` });

export const headerFamilies: Schemas = new Map([
  ['headers.fact', factHeaders],
  ['headers.state', stateHeaders],
  ['headers.control', controlHeaders],
  ['headers.plain', plainHeaders],
  ['headers.none', noHeaders],
]);

export interface Message {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly contentType: 'application/json';
  readonly headers: JsonSchema;
  readonly payload: { readonly $ref: string };
  readonly bindings: { readonly kafka: { readonly key: JsonSchema; readonly bindingVersion: '0.5.0' } };
  readonly correlationId?: { readonly location: string; readonly description: string };
  readonly examples: readonly { readonly name: string; readonly headers: unknown; readonly payload: unknown }[];
}

type Json = Readonly<Record<string, unknown>>;
type Sent = Pick<FeedRecord, 'headers' | 'value'>;

const streamKey = {
  type: 'string',
  description: '所属的流:同一流的消息在同一分区,次序不变 · The stream: its records are in one partition, in order',
};
const noKey = { type: 'null', description: '没有键 · There is no key' };
const subscriberKey = {
  type: 'string',
  description: '订阅方/主题/分区 · Subscriber, topic and partition',
  examples: [reportKey('statistics', placeName('yizhan.service-station.v1', 0))],
};

/** @param type the value of `ce_type`; a record that is no CloudEvent has none */
function message(
  name: string,
  type: string | undefined,
  schema: JsonSchema,
  headers: JsonSchema,
  key: JsonSchema,
  sent: Sent,
): Message {
  const title = String(schema.title);
  return {
    name: type ?? name,
    title,
    description: String(schema.description),
    contentType: 'application/json',
    headers,
    payload: refer('components', 'schemas', name),
    bindings: { kafka: { key, bindingVersion: '0.5.0' } },
    examples: [{ name: title, headers: sent.headers, payload: JSON.parse(sent.value) as unknown }],
  };
}

const family = (name: string) => refer('components', 'schemas', name);
const exampleIn = ({ examples }: JsonSchema) => (examples as readonly Json[])[0]!;
const eventId = '0195a1c2-6d5e-7a3b-8c4d-1e2f3a4b5c6d';
const time = '2026-03-02T01:30:00.000Z';

/** An event as the log holds it, of which only the envelope is of interest here. */
const envelope = (publication: Publication, type: string, stream: string) => ({
  event: {
    id: eventId,
    type,
    stream,
    position: '4711',
    revision: 0,
    recordedAt: time,
    metadata: { effectiveOn: '2026-03-02', correlationId: '0195a1c2-6d5e-7a3b-8c4d-0a0b0c0d0e0f' },
  },
  place: { topic: publication.topic, partition: 0, epoch: '7' },
});

const streamIn = (publication: Publication, idField: string, data: Json) => streamOf(publication.category, String(data[idField]));

/** The messages of one topic of facts, by name: every version that was ever told on it. */
export function factMessages(publication: Publication, schemas: Schemas): ReadonlyMap<string, Message> {
  const found = new Map<string, Message>();
  for (const [name, schema] of schemas) {
    const told = versionOfName(name);
    if (!told || !publication.told.has(told.type)) continue;
    const { type, version } = told;
    const data = exampleIn(schema);
    const { event, place } = envelope(publication, type, streamIn(publication, toldFact(type).idField, data));
    const headers = headersOfKind(family('headers.fact'), {
      [header.type]: factType(type, version),
      ce_dataschema: schemaOf(type, version),
      [header.version]: String(version),
    });
    found.set(name, {
      ...message(name, factType(type, version), schema, headers, streamKey, factRecord(event, version, data, -1, place)),
      correlationId: { location: '$message.header#/ce_correlationid', description: '同一件事 · What belongs together' },
    });
  }
  return found;
}

export function stateMessage(publication: Publication, schemas: Schemas): readonly [string, Message] | undefined {
  const { noun } = publication;
  const name = stateSchemaName(noun);
  const schema = schemas.get(name);
  const [birth] = publication.told.keys();
  if (!schema || birth === undefined) return undefined;
  const data = exampleIn(schema);
  const { event, place } = envelope(publication, birth, streamIn(publication, toldFact(birth).idField, data));
  const headers = headersOfKind(family('headers.state'), {
    [header.type]: stateType(noun),
    ce_dataschema: stateSchemaOf(noun),
  });
  return [name, message(name, stateType(noun), schema, headers, streamKey, stateRecord(publication, event, data, place))];
}

/** Messages that tell nothing of the office. */
export function ownMessages(schemas: Schemas): ReadonlyMap<string, Message> {
  const of = (name: string) => schemas.get(name)!;
  const { position, facts } = exampleIn(of(controlSchemaName));
  const control = controlRecord(String(position), Number(facts), time, {
    topic: 'yizhan.service-station.v1',
    partition: 0,
    epoch: '7',
  });
  const plain = (name: string): Sent => ({
    headers: { 'content-type': 'application/json' },
    value: JSON.stringify(exampleIn(of(name))),
  });
  return new Map([
    [
      controlSchemaName,
      message(controlSchemaName, controlType, of(controlSchemaName), family('headers.control'), noKey, control),
    ],
    [
      deadLetterSchemaName,
      message(
        deadLetterSchemaName,
        undefined,
        of(deadLetterSchemaName),
        family('headers.plain'),
        streamKey,
        plain(deadLetterSchemaName),
      ),
    ],
    [
      reportSchemaName,
      message(reportSchemaName, undefined, of(reportSchemaName), family('headers.none'), subscriberKey, {
        ...plain(reportSchemaName),
        headers: {},
      }),
    ],
  ]);
}
