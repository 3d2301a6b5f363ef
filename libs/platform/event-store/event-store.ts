/** The port to the log. One contract suite (`event-store.contract.ts`) says what a store is; every adapter passes it. */

/** A flat map of strings on every store. */
export type Metadata = Readonly<Record<string, string>>;
export type EventData = Readonly<Record<string, unknown>>;

export interface NewEvent {
  /** UUIDv5 of command id, stream and index: a retry can never write twice. */
  readonly id: string;
  readonly type: string;
  readonly metadata: Metadata;
  readonly data: EventData;
}

export interface RecordedEvent extends NewEvent {
  /** Opaque outside the adapters: a decimal number as a string; later events have larger ones. */
  readonly position: string;
  readonly stream: string;
  /** Dense from 0 within its stream. */
  readonly revision: number;
  /** Set by the store: ISO 8601 in UTC, milliseconds, never earlier than that of an event before it. */
  readonly recordedAt: string;
}

export interface Expectation {
  readonly stream: string;
  /** The revision of the stream's last event; -1 when it must not exist. */
  readonly expected: number;
}

export interface StreamWrite extends Expectation {
  readonly events: readonly NewEvent[];
}

/** Everything that one command writes and relies on: all of it holds and is written, or nothing is. */
export interface Append {
  readonly writes: readonly StreamWrite[];
  /** Streams that were read but are not written: they must not have moved. */
  readonly checks: readonly Expectation[];
}

export interface Appended {
  /** The position of the append's last event. */
  readonly position: string;
  readonly recordedAt: string;
}

/**
 * The only way to make an append: says in each event's metadata its `index` and the `count` of its append,
 * so that readers can stop where an append ends.
 */
export function appendOf(writes: readonly StreamWrite[], checks: readonly Expectation[]): Append {
  const count = String(writes.reduce((sum, { events }) => sum + events.length, 0));
  let index = 0;
  return {
    writes: writes.map(write => ({
      ...write,
      events: write.events.map(event => ({ ...event, metadata: { ...event.metadata, index: String(index++), count } })),
    })),
    checks,
  };
}

export const endsAppend = ({ metadata }: { readonly metadata: Metadata }) =>
  Number(metadata.index) === Number(metadata.count) - 1;

/** A stream that the append relied on has moved on; nothing was written. */
export class StreamMoved extends Error {
  constructor(readonly streams: readonly string[]) {
    super(`moved on: ${streams.join(', ')}`);
  }
}

/** An append could not be sent as early as was asked; nothing was written, and never will be. */
export class AppendTooLate extends Error {}

/** The answer to an append was lost: it was written or it was not. Sending it again with the same ids finds out. */
export class AppendUnknown extends Error {}

/** No store takes such an append; nothing was sent. A bug of the caller. */
export class InvalidAppend extends Error {}

/** The log is not what was written to it. Stop, never skip. */
export class LogCorrupt extends Error {}

/** No event of this log is at that position, and a store whose positions have gaps can begin nowhere else. */
export class UnknownPosition extends Error {}

export const beforeEverything = '0';

export interface EventStore {
  /**
   * @param sendBy as `performance.now()` counts: it is not sent later, and the log writes it within `writtenWithin` of that or never
   * @throws AppendTooLate when it could not be sent, or not be written, by then
   * @throws StreamMoved when an expectation does not hold
   * @throws AppendUnknown when the answer was lost
   * @throws InvalidAppend when it is empty, names a stream twice, was not made by `appendOf`, or holds a character 0x00
   */
  append(append: Append, sendBy?: number): Promise<Appended>;
  /**
   * Each stream's events in order of revision, those from the revision on that `from` says, from 0 for a stream that it does not name.
   * A stream that does not exist, or ends before that revision, has none.
   */
  read(streams: readonly string[], from?: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, readonly RecordedEvent[]>>;
  /** Events at given positions, in order of position. */
  readAt(positions: readonly string[]): Promise<readonly RecordedEvent[]>;
  /** All events written by the append that wrote `event`, in order. */
  readAppend(event: Pick<RecordedEvent, 'position' | 'stream' | 'metadata'>): Promise<readonly RecordedEvent[]>;
  /**
   * The log behind `after`, in order, about `limit` events: a page always stops where an append ends.
   * Empty when nothing follows yet; an event that is visible never has an invisible one before it.
   * @throws UnknownPosition when `after` is no position of an event, where the store cannot begin there
   */
  readAll(after: string, limit: number): Promise<readonly RecordedEvent[]>;
  /** The position of the last event; `beforeEverything` for an empty log. */
  head(): Promise<string>;
  /** The end of the last append before the first event, in log order, that was recorded after `instant` (ISO 8601). */
  positionAsOf(instant: string): Promise<string>;
  /** Calls `listener` soon after this process appended; a hint, never the only way to learn of an event. @returns how to stop */
  whenAppended(listener: () => void): () => void;
}

/** Compares two positions without losing digits. @returns negative, zero or positive */
export const comparePositions = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
