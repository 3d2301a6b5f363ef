import { categoryOfStream, revive, type AnyFact } from '@lib/platform/kernel/event.js';
import { toldOf, type Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { partitionOf } from './partition.js';
import { placeName } from './place.js';
import { factRecord, stateRecord, type FeedRecord } from './record.js';
import { deadLetterTopic, partitionsPerTopic } from './topics.js';

/** What was published of a stream: its last fact, and the state that the facts told so far come to. */
export interface Told {
  readonly revision: number;
  readonly state: Readonly<Record<string, unknown>>;
}

export interface Parked {
  readonly position: string;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
}

/** Of the value of a record on the dead-letter topic. */
export const parkedSchema: JsonSchema & { readonly properties: Record<keyof Parked, JsonSchema> } = {
  type: 'object',
  properties: {
    position: { type: 'string', pattern: '^\\d+$', description: '事实的位置 · Where the fact stands in the log' },
    stream: { type: 'string', description: '所属的流 · Its stream' },
    type: { type: 'string', description: '事实名称 · Its name' },
    reason: { type: 'string', description: '未能发布的原因 · Why it could not go out' },
  },
  required: ['position', 'stream', 'type', 'reason'],
  additionalProperties: true,
};

/** A stretch of the log as it goes out: the records, and what is known when the broker has them. */
export interface OutgoingPage {
  readonly records: readonly FeedRecord[];
  readonly told: ReadonlyMap<string, Told>;
  /** How many facts go to each partition of each topic. */
  readonly facts: ReadonlyMap<string, number>;
  readonly parked: readonly Parked[];
}

export interface Known {
  told(stream: string): Told | undefined;
  /** Streams of which a fact is parked: what comes after it must wait, or it would come before it. */
  isParked(stream: string): boolean;
}

/** No append is as large; a record that is would hold up everything behind it. */
const largestRecord = 512 * 1024;
const sealedToken = 'yz1.';

/** What is told of which category; categories that are not in it stay in the house. */
export type Publications = ReadonlyMap<string, Publication>;
export const byCategory = (publications: readonly Publication[]): Publications =>
  new Map(publications.map(publication => [publication.category, publication]));

/**
 * @param data what is to go out of the fact
 * @throws Error with the reason why it cannot
 */
export function requireOutgoing(fact: AnyFact, data: Readonly<Record<string, unknown>>): void {
  for (const name in data) {
    if (!fact.class.shape[name]!.accepts(data[name])) throw new Error(`the field ${name} is not what its schema says`);
  }
  const size = JSON.stringify(data);
  if (size.length > largestRecord) throw new Error(`the fact has ${size.length} characters`);
  if (size.includes(sealedToken)) throw new Error('the fact holds a sealed value where it says that it speaks of no person');
}

/** @throws Error with the reason why this event cannot go out */
function outgoing(publication: Publication | undefined, event: RecordedEvent) {
  const version = Number(event.metadata.version);
  const fact = revive(event.type, version, event.data);
  const data = publication && toldOf(publication, fact);
  if (!data) return undefined;
  requireOutgoing(fact, data);
  return { data, version: fact.class.version };
}

/** Turns events, in the order of the log, into records. Pure: the same page and the same knowledge give the same records. */
export function outgoingPage(
  events: readonly RecordedEvent[],
  publications: Publications,
  known: Known,
  epoch: string,
): OutgoingPage {
  const records: FeedRecord[] = [];
  const told = new Map<string, Told>();
  const last = new Map<string, RecordedEvent>();
  const facts = new Map<string, number>();
  const parked: Parked[] = [];
  const parkedHere = new Set<string>();

  for (const event of events) {
    const { stream, position, type } = event;
    const publication = publications.get(categoryOfStream(stream));
    let reason: string | undefined;
    let out: ReturnType<typeof outgoing>;
    try {
      out = outgoing(publication, event);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (out === undefined && reason === undefined) continue;
    if (reason === undefined && (parkedHere.has(stream) || known.isParked(stream)))
      reason = 'it follows a parked fact of its stream';
    if (reason !== undefined || !out || !publication) {
      parked.push({ position, stream, type, reason: reason ?? '' });
      parkedHere.add(stream);
      continue;
    }
    const before = told.get(stream) ?? known.told(stream);
    const partition = partitionOf(stream, partitionsPerTopic);
    const place = { topic: publication.topic, partition, epoch };
    records.push(factRecord(event, out.version, out.data, before?.revision ?? -1, place));
    const counted = placeName(place.topic, partition);
    facts.set(counted, (facts.get(counted) ?? 0) + 1);
    told.set(stream, {
      revision: event.revision,
      state: publication.state ? publication.state.evolve(before?.state ?? publication.state.initial, type, out.data) : {},
    });
    last.set(stream, event);
  }

  for (const [stream, event] of last) {
    const publication = publications.get(categoryOfStream(stream))!;
    if (!publication.state) continue;
    const { topic } = publication.state;
    const place = { topic, partition: partitionOf(stream, partitionsPerTopic), epoch };
    records.push(stateRecord(publication, event, told.get(stream)!.state, place));
  }
  for (const { position, stream, type, reason } of parked) {
    records.push({
      topic: deadLetterTopic,
      partition: 0,
      key: stream,
      headers: { 'content-type': 'application/json' },
      value: JSON.stringify({ position, stream, type, reason }),
    });
  }
  return { records, told, facts, parked };
}
