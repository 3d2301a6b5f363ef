import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';

export interface Proposed {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  /** As it is read again. */
  readonly metadata: Uint8Array;
}

export interface Stored extends Proposed {
  /** Where its record begins in the log. */
  readonly position: number;
  readonly revision: number;
  /** 100 nanoseconds since 1970. */
  readonly created: bigint;
}

/** Expectations that are no revision. */
export const noStream = -1;
export const any = -2;
export const streamExists = -4;
export const softDeleted = -5;
export const tombstoned = -6;

/** A record takes this much besides its data and metadata: positions are offsets, with gaps. */
const recordOverhead = 97;
const ticksPerMillisecond = 10_000n;

/** What the double's server keeps: one order of records, system events among them. */
export class DoubleLog {
  /** Tells `written` after every append. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  readonly records: Stored[] = [];
  private readonly streams = new Map<string, Stored[]>();
  private readonly indexes = new Map<number, number>();
  private readonly ids = new Map<string, Stored>();
  private readonly deleted = new Map<string, number>();
  private readonly gone = new Set<string>();
  private appends = 0;
  private end = 0;
  /** Milliseconds by which the server's clock goes wrong. */
  clockError = 0;
  /** Milliseconds that pass between two events of one append. */
  spread = 0;
  /** A system event follows every so many appends. */
  systemEvery = 5;

  constructor() {
    this.writeSystem('$settings', '$settings');
    this.writeSystem('$users', '$user');
  }

  /** The offset behind the last record. */
  get endPosition(): number {
    return this.end;
  }

  /** @returns the index of the record that begins there, or -1 for an offset at which none begins */
  indexAt(position: number): number {
    return position === this.end ? this.records.length : (this.indexes.get(position) ?? -1);
  }

  /** Revision of the last event ever written; -1 for none. */
  lastRevision(stream: string): number {
    return (this.streams.get(stream)?.length ?? 0) - 1;
  }

  isTombstoned = (stream: string) => this.gone.has(stream);
  isSoftDeleted = (stream: string) => this.deleted.has(stream) && this.visible(stream).length === 0;

  /** What a reader of the stream is shown. */
  visible(stream: string): readonly Stored[] {
    return this.all(stream).slice(this.deleted.get(stream) ?? 0);
  }

  all = (stream: string): readonly Stored[] => this.streams.get(stream) ?? [];

  /** An event with that id, if it was written to that stream. */
  written(stream: string, id: string): Stored | undefined {
    const stored = this.ids.get(`${stream}\n${id}`);
    return stored;
  }

  append(proposed: readonly Proposed[]): Stored {
    const now =
      BigInt(Date.now() + this.clockError) * ticksPerMillisecond + ((process.hrtime.bigint() / 100n) % ticksPerMillisecond);
    let last: Stored | undefined;
    for (const [nth, event] of proposed.entries())
      last = this.store(event, now + BigInt(nth * this.spread) * ticksPerMillisecond);
    this.appends += 1;
    if (this.appends % this.systemEvery === 0) this.writeSystem('$stats-127.0.0.1:2113', '$statsCollected');
    this.changes.emit('written');
    return last!;
  }

  writeSystem(stream: string, type: string): void {
    const data = Buffer.from('{}');
    this.store(
      { id: randomUUID(), stream, type, isJson: true, data, metadata: Buffer.alloc(0) },
      BigInt(Date.now()) * ticksPerMillisecond,
    );
    this.changes.emit('written');
  }

  softDelete(stream: string): void {
    this.deleted.set(stream, this.lastRevision(stream) + 1);
    this.writeSystem(`$$${stream}`, '$metadata');
  }

  tombstone(stream: string): void {
    this.gone.add(stream);
    // In the stream itself: a filter on the names of streams lets it through.
    this.store(
      { id: randomUUID(), stream, type: '$streamDeleted', isJson: true, data: Buffer.from('{}'), metadata: Buffer.alloc(0) },
      BigInt(Date.now()) * ticksPerMillisecond,
    );
    this.changes.emit('written');
  }

  private store(event: Proposed, created: bigint): Stored {
    const history = this.streams.get(event.stream) ?? [];
    this.streams.set(event.stream, history);
    const stored = { ...event, position: this.end, revision: history.length, created };
    this.indexes.set(stored.position, this.records.length);
    this.ids.set(`${event.stream}\n${event.id}`, stored);
    history.push(stored);
    this.records.push(stored);
    this.end += recordOverhead + event.data.length + event.metadata.length;
    return stored;
  }
}
