import { type AppendRecordInput, type ConsistencyCheck, jsonEvent, STREAM_STATE } from '@kurrent/kurrentdb-client';
import { storedJson } from '../append-rules.js';
import {
  type Append,
  type EventData,
  type Expectation,
  InvalidAppend,
  LogCorrupt,
  type Metadata,
  type RecordedEvent,
} from '../event-store.js';

/**
 * In the metadata of what is stored, and nowhere else: which sending wrote it. The server takes a repetition for written without
 * looking at its body, so only this tells "written now" from "was there already".
 */
const sendingKey = 'sending';

/** An event as the server tells it. */
export interface ReadEvent {
  readonly id: string;
  readonly streamId: string;
  readonly type: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Undefined when it is no JSON. */
  readonly data: unknown;
  readonly metadata: unknown;
  readonly position: string;
}

export interface ReadBack {
  readonly event: RecordedEvent;
  readonly sending: string;
}

const stateOf = (expected: number) => (expected === -1 ? 'no_stream' : BigInt(expected));

/** Characters that the server takes in the name of a type; a colon begins and ends what stands for any other. */
const otherThanPlain = /[^\p{L}\p{N}_.-]/gu;
const escaped = (text: string) => `:${text.codePointAt(0)!.toString(16)}:`;

/** @returns a name that the server takes as a type: normalised letters, digits and little else */
export function storedType(type: string): string {
  const plain = type.replace(otherThanPlain, escaped);
  return plain === plain.normalize('NFC') ? plain : plain.replace(/[^\x20-\x7e]/gu, escaped);
}

export const originalType = (stored: string) =>
  stored.replace(/:([0-9a-f]+):/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));

const unstorable = /[\0\p{Surrogate}]/u;

/**
 * What this store asks of an append besides the rules of every store.
 * @throws InvalidAppend for streams that the server keeps to itself or takes for the same, and for metadata that it cannot keep
 */
function checkNames({ writes, checks }: Append): void {
  const names = new Set<string>();
  for (const { stream } of [...writes, ...checks]) {
    if (stream.startsWith('$')) throw new InvalidAppend(`${stream}: the server keeps names that begin with $ to itself`);
    if (names.has(stream.toLowerCase()))
      throw new InvalidAppend(`${stream}: the server does not tell upper case from lower case`);
    names.add(stream.toLowerCase());
  }
  for (const { stream, events } of writes) {
    for (const { metadata } of events) {
      for (const [name, value] of Object.entries(metadata)) {
        if (name === '' || name === sendingKey || name.startsWith('$') || unstorable.test(name))
          throw new InvalidAppend(`${stream}: metadata cannot be called ${JSON.stringify(name)}`);
        if (typeof value !== 'string' || unstorable.test(value))
          throw new InvalidAppend(`${stream}: ${name} of the metadata cannot be stored`);
      }
    }
  }
}

/** The expectation of a written and of a read stream alike: exact. */
export const checkOf = ({ stream, expected }: Expectation): ConsistencyCheck => ({
  type: STREAM_STATE,
  streamName: stream,
  expectedState: stateOf(expected),
});

/** @throws InvalidAppend */
export function recordsOf(append: Append, sending: string): AppendRecordInput[] {
  checkNames(append);
  return append.writes.flatMap(({ stream, events }) =>
    events.map(({ id, type, metadata, data }) => ({
      streamName: stream,
      record: jsonEvent({
        id,
        type: storedType(type),
        data: JSON.parse(storedJson(data)) as Record<string, unknown>,
        metadata: { ...metadata, [sendingKey]: sending },
      }),
    })),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws LogCorrupt for an event that this store did not write */
export function recorded({ id, streamId, type, revision, created, data, metadata, position }: ReadEvent): ReadBack {
  const foreign = (what: string) => new LogCorrupt(`event ${id} of ${streamId} ${what}: it was not written by Yizhan`);
  if (!isObject(metadata)) throw foreign('has no metadata');
  if (!isObject(data)) throw foreign('is not JSON');
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    // `$schema.name` and `$schema.format` are added by the server.
    if (name === sendingKey || name.startsWith('$')) continue;
    if (typeof value !== 'string') throw foreign(`has ${name} that is no text`);
    own[name] = value;
  }
  if (!/^\d+$/.test(own.index ?? '') || !/^\d+$/.test(own.count ?? '')) throw foreign('does not say where its append ends');
  const sending = metadata[sendingKey];
  return {
    event: {
      id,
      type: originalType(type),
      metadata: own satisfies Metadata,
      data: data satisfies EventData,
      position,
      stream: streamId,
      revision: Number(revision),
      recordedAt: new Date(created).toISOString(),
    },
    sending: typeof sending === 'string' ? sending : '',
  };
}

/** Events of the server itself: by stream, and by type, for a deleted stream ends with one in the stream. */
export const isSystemEvent = ({ streamId, type }: Pick<ReadEvent, 'streamId' | 'type'>) =>
  streamId.startsWith('$') || type.startsWith('$');
