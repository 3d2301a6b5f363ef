import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';

/** One record of a topic, as every broker knows it. */
export interface FeedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly value: string;
}

/** CloudEvents in binary mode: every attribute is a header that begins with `ce_`. Extensions are ours. */
export const header = {
  id: 'ce_id',
  type: 'ce_type',
  subject: 'ce_subject',
  time: 'ce_time',
  /** Where the fact stands in the log: a decimal number, larger for later facts. */
  position: 'ce_position',
  /** The fact's number within its stream. */
  revision: 'ce_revision',
  /** The revision of the fact of this stream that was published before in this topic; -1 for the first. */
  previous: 'ce_previous',
  /** The version of the fact's schema. */
  version: 'ce_version',
  /** Of the relay's lease: rises with every relay that takes over. */
  epoch: 'ce_epoch',
} as const;

export const controlType = 'yizhan.control.v1';
export const stateType = (noun: string) => `yizhan.state.${noun}`;
export const factType = (type: string, version: number) => `yizhan.${type}.v${version}`;
export const schemaOf = (type: string, version: number) => `urn:yizhan:schema:${type}:v${version}`;
export const stateSchemaOf = (noun: string) => `urn:yizhan:schema:state:${noun}`;

const source = 'urn:yizhan:log';
const json = 'application/json';

export interface Placed {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: string;
}

/** A told fact on its topic. @param told what goes out of it */
export function factRecord(
  event: Pick<RecordedEvent, 'id' | 'stream' | 'type' | 'position' | 'revision' | 'recordedAt' | 'metadata'>,
  version: number,
  told: Readonly<Record<string, unknown>>,
  previous: number,
  { topic, partition, epoch }: Placed,
): FeedRecord {
  const { effectiveOn, correlationId, causationId } = event.metadata;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    [header.id]: event.id,
    ce_source: source,
    [header.type]: factType(event.type, version),
    [header.subject]: event.stream,
    [header.time]: event.recordedAt,
    ce_dataschema: schemaOf(event.type, version),
    'content-type': json,
    [header.position]: event.position,
    [header.revision]: String(event.revision),
    [header.previous]: String(previous),
    [header.version]: String(version),
    [header.epoch]: epoch,
  };
  if (effectiveOn !== undefined) headers.ce_effectiveon = effectiveOn;
  if (correlationId !== undefined) headers.ce_correlationid = correlationId;
  if (causationId !== undefined) headers.ce_causationid = causationId;
  return { topic, partition, key: event.stream, headers, value: JSON.stringify(told) };
}

/** The state of a stream after the fact at `revision`, on the compacted topic. */
export function stateRecord(
  { noun }: Publication,
  event: Pick<RecordedEvent, 'id' | 'stream' | 'position' | 'revision' | 'recordedAt'>,
  state: Readonly<Record<string, unknown>>,
  { topic, partition, epoch }: Placed,
): FeedRecord {
  return {
    topic,
    partition,
    key: event.stream,
    headers: {
      ce_specversion: '1.0',
      [header.id]: `${event.id}/state`,
      ce_source: source,
      [header.type]: stateType(noun),
      [header.subject]: event.stream,
      [header.time]: event.recordedAt,
      ce_dataschema: stateSchemaOf(noun),
      'content-type': json,
      [header.position]: event.position,
      [header.revision]: String(event.revision),
      [header.epoch]: epoch,
    },
    value: JSON.stringify(state),
  };
}

/** "Published up to this position: so many facts in this partition since the log began." */
export function controlRecord(position: string, facts: number, time: string, { topic, partition, epoch }: Placed): FeedRecord {
  return {
    topic,
    partition,
    key: null,
    headers: {
      ce_specversion: '1.0',
      [header.id]: `${topic}/${partition}/${position}`,
      ce_source: source,
      [header.type]: controlType,
      [header.time]: time,
      'content-type': json,
      [header.position]: position,
      [header.epoch]: epoch,
    },
    value: JSON.stringify({ position, facts }),
  };
}

/** Of the value of a control record. */
export const controlSchema: JsonSchema = {
  type: 'object',
  properties: {
    position: { type: 'string', pattern: '^\\d+$', description: '已发布至此位置 · Everything up to here is published' },
    facts: {
      type: 'integer',
      minimum: 0,
      description: '本分区自始以来的事实数 · How many facts this partition got since the log began',
    },
  },
  required: ['position', 'facts'],
  additionalProperties: true,
};
