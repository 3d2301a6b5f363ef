import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AccessDeniedError,
  AppendConsistencyViolationError,
  AppendRecordSizeExceededError,
  isCommandError,
  TransactionMaxSizeExceededError,
  UnsupportedError,
} from '@kurrent/kurrentdb-client';
import { writtenWithin } from '@lib/platform/kernel/patience.js';
import { checkForm, requireInTime } from '../append-rules.js';
import {
  type Append,
  type Appended,
  AppendUnknown,
  beforeEverything,
  comparePositions,
  endsAppend,
  type EventStore,
  InvalidAppend,
  LogCorrupt,
  type RecordedEvent,
  StreamMoved,
  UnknownPosition,
} from '../event-store.js';
import { AppendWatch } from './append-watch.js';
import { Connection, isInvalidPosition, reasonOf, within } from './connection.js';
import { KurrentUnusable } from './kurrent-unusable.js';
import { type AllReading, readAll, readStream } from './reading.js';
import { SharedReads } from './shared-reads.js';
import { Timeline } from './timeline.js';
import { checkOf, isSystemEvent, type ReadBack, type ReadEvent, recorded, recordsOf } from './wire.js';

const invalidArgument = 3;

/** System events have types of their own; what is left of them is left out by `isSystemEvent`. */
const noSystemTypes = /^[^$].*/;

/**
 * The log in KurrentDB 26.1 or later. Positions are offsets in the server's log, with gaps.
 *
 * `recordedAt` is the clock of the server that led the cluster when the event was written, to the millisecond. It never goes back while
 * that clock does not; when another node takes the lead, or the clock is set back, later events may claim an earlier time, by as much
 * as the clocks differ. `positionAsOf` is exact as long as they differ by no more than `clockSkew` milliseconds.
 *
 * Every append names the exact revision of every stream that it writes or relies on, goes to the leader, and is read again when it was
 * written: the server takes an append whose ids it knows for written, whatever it holds, so only that tells whether it was this one.
 * One that was there already is answered by StreamMoved, as on every store.
 */
export class KurrentEventStore implements EventStore {
  private readonly listeners = new Set<() => void>();
  private readonly watch: AppendWatch;
  private readonly timeline: Timeline;
  private readonly histories = new SharedReads<readonly RecordedEvent[]>();
  private readonly underWay = new Set<Promise<unknown>>();
  private closed = false;

  protected constructor(
    private readonly connection: Connection,
    { silence = 15_000, clockSkew = 10_000 },
  ) {
    this.watch = new AppendWatch(connection, () => this.tell(), silence);
    this.timeline = new Timeline(
      {
        after: (position, count) => this.following(position, count),
        before: (position, count) => this.readEvents({ from: { position }, backwards: true, count }),
        last: () => this.lastEvent(),
      },
      clockSkew,
    );
  }

  /**
   * @param url a connection string; TLS and credentials as it says
   * @param options.patience milliseconds that an answer may take
   * @param options.silence milliseconds after which a subscription that says nothing is replaced
   * @throws KurrentUnusable when there is no server, it refuses us, or it is older than 26.1
   */
  static async open(url: string, options: { patience?: number; silence?: number; clockSkew?: number } = {}) {
    const store = new this(await Connection.open(url, options.patience ?? 10_000), options);
    try {
      await store.head();
      return store;
    } catch (error) {
      await store.close();
      throw new KurrentUnusable(
        {
          zh: `KurrentDB 不让读日志(KURRENTDB_URL):${reasonOf(error)}`,
          en: `KurrentDB (KURRENTDB_URL) does not let the log be read: ${reasonOf(error)}`,
        },
        error,
      );
    }
  }

  /** Waits for the appends that were taken, refuses further ones, and hangs up. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.underWay);
    this.watch.stop();
    await this.connection.close();
  }

  async append(append: Append, sendBy = Infinity): Promise<Appended> {
    if (this.closed) throw new Error('the log is closed');
    checkForm(append);
    requireInTime(sendBy);
    const appending = this.send(append, randomUUID());
    this.underWay.add(appending);
    try {
      return await appending;
    } finally {
      this.underWay.delete(appending);
    }
  }

  private async send(append: Append, sending: string): Promise<Appended> {
    const records = recordsOf(append, sending);
    const { client, patience } = this.connection;
    let position: bigint;
    try {
      ({ position } = await within(Math.min(patience, writtenWithin), client.appendRecords(records, this.checksOf(append))));
    } catch (error) {
      const refused = refusalOf(error);
      if (refused) throw refused;
      this.connection.renew(client);
      throw new AppendUnknown(`the answer was lost: ${reasonOf(error)}`, { cause: error });
    }
    const last = await this.written(String(position)).catch((error: unknown) => {
      throw new AppendUnknown(`it could not be read whether it was written: ${reasonOf(error)}`, { cause: error });
    });
    if (!last || !this.isOurs(last, sending)) throw new StreamMoved(append.writes.map(({ stream }) => stream));
    this.timeline.note([last.event]);
    queueMicrotask(() => this.tell());
    return { position: last.event.position, recordedAt: last.event.recordedAt };
  }

  /** What must hold for the append to be written; only a twin asks for less. */
  protected checksOf({ writes, checks }: Append): ReturnType<typeof checkOf>[] {
    return [...writes, ...checks].map(checkOf);
  }

  /** Whether this sending wrote the event; only a twin believes the server. */
  protected isOurs({ sending }: ReadBack, sent: string): boolean {
    return sending === sent;
  }

  /** The event that an append says it ended with; the server answers when it can be read. */
  private async written(position: string): Promise<ReadBack | undefined> {
    for (let tries = 1; ; tries += 1) {
      const [found] = await this.readBack({ from: { position }, backwards: false, count: 1 });
      if (found || tries === 5) return found?.event.position === position ? found : undefined;
      await pause(20 * tries);
    }
  }

  async read(
    streams: readonly string[],
    from?: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> {
    const histories = new Map<string, readonly RecordedEvent[]>(streams.map(stream => [stream, []]));
    await Promise.all(
      [...histories.keys()].map(async stream => {
        const first = from?.get(stream) ?? 0;
        histories.set(stream, await this.histories.get(`${first} ${stream}`, () => this.history(stream, first)));
      }),
    );
    return histories;
  }

  private history(stream: string, from: number): Promise<readonly RecordedEvent[]> {
    return this.connection.persist(async client => {
      const events = (await readStream(client, stream, from, this.connection.patience)).map(event => recorded(event).event);
      if (events.some(({ revision }, nth) => revision !== from + nth)) throw new LogCorrupt(`${stream} lacks an event`);
      return events;
    });
  }

  async readAt(positions: readonly string[]): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    await Promise.all(
      [...new Set(positions)].map(async position => {
        const [event] = await this.readEvents({ from: { position }, backwards: false, count: 1 }).catch(noneAtInvalidPosition);
        if (event?.position === position) found.push(event);
      }),
    );
    return found.sort((a, b) => comparePositions(a.position, b.position));
  }

  async readAppend({ position, metadata }: Pick<RecordedEvent, 'position' | 'metadata'>): Promise<readonly RecordedEvent[]> {
    const [index, count] = [Number(metadata.index), Number(metadata.count)];
    const [before, rest] = await Promise.all([
      index > 0 ? this.readBack({ from: { position }, backwards: true, count: index }) : [],
      this.readBack({ from: { position }, backwards: false, count: count - index }),
    ]);
    const found = [...[...before].reverse(), ...rest];
    const isWhole = found.every(
      ({ event, sending }, nth) => event.metadata.index === String(nth) && sending === found[0]!.sending,
    );
    if (found.length !== count || !isWhole) throw new LogCorrupt(`the append of the event at ${position} is not whole`);
    return found.map(({ event }) => event);
  }

  async readAll(after: string, limit: number): Promise<readonly RecordedEvent[]> {
    const page = await this.following(after, Math.max(1, limit));
    this.timeline.note(page);
    requireWholeAppends(page);
    const end = this.pageEnd(page);
    if (end > 0 || page.length < Math.max(1, limit)) return page.slice(0, end);
    return page.length > 0 ? this.readAppend(page[0]!) : []; // an append that is larger than the page
  }

  /** How many events of a page are handed out: up to where an append ends. */
  protected pageEnd(page: readonly RecordedEvent[]): number {
    return page.findLastIndex(endsAppend) + 1;
  }

  async head(): Promise<string> {
    return (await this.lastEvent())?.position ?? beforeEverything;
  }

  positionAsOf(instant: string): Promise<string> {
    return this.timeline.asOf(instant);
  }

  /** Hears of the appends of every process, in general at once, after `silence` milliseconds at the latest. */
  whenAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    if (!this.closed) this.watch.start();
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async lastEvent(): Promise<RecordedEvent | undefined> {
    return (await this.readEvents({ from: 'end', backwards: true, count: 1 }))[0];
  }

  private async following(after: string, count: number): Promise<readonly RecordedEvent[]> {
    if (after === beforeEverything) return this.readEvents({ from: 'start', backwards: false, count });
    // A position is read with the event that has it.
    const events = await this.readEvents({ from: { position: after }, backwards: false, count: count + 1 }).catch(
      (error: unknown) => {
        throw isInvalidPosition(error) ? new UnknownPosition(`no event of this log is at ${after}`, { cause: error }) : error;
      },
    );
    return events[0]?.position === after ? events.slice(1) : events.slice(0, count);
  }

  private async readEvents(wanted: Omit<AllReading, 'types'>): Promise<readonly RecordedEvent[]> {
    return (await this.readBack(wanted)).map(({ event }) => event);
  }

  private readBack(wanted: Omit<AllReading, 'types'>): Promise<readonly ReadBack[]> {
    return this.connection.persist(async client => {
      const events = await readAll(client, { ...wanted, types: this.passingTypes }, this.connection.patience);
      return this.ours(events);
    });
  }

  /** What the server leaves out of `$all`; only a twin lets it through. */
  protected get passingTypes(): RegExp | undefined {
    return noSystemTypes;
  }

  /** What we leave out of what the server sends; only a twin lets it through. */
  protected ours(events: readonly ReadEvent[]): ReadBack[] {
    return events.filter(event => !isSystemEvent(event)).map(recorded);
  }
}

/** @returns the error of an append that was certainly not written; none when nobody knows */
function refusalOf(error: unknown): Error | undefined {
  if (error instanceof AppendConsistencyViolationError)
    return new StreamMoved([...new Set(error.violations.map(({ streamName }) => streamName))]);
  if (error instanceof AppendRecordSizeExceededError || error instanceof TransactionMaxSizeExceededError)
    return new InvalidAppend(error.message, { cause: error });
  if (error instanceof AccessDeniedError || error instanceof UnsupportedError) return error;
  if (!(error instanceof Error) || !isCommandError(error)) return undefined;
  return error.code === invalidArgument ? new InvalidAppend(reasonOf(error), { cause: error }) : undefined;
}

const noneAtInvalidPosition = (error: unknown): readonly RecordedEvent[] => {
  if (isInvalidPosition(error)) return [];
  throw error;
};

/** @throws LogCorrupt when an append begins before the last one has ended, or in its middle */
function requireWholeAppends(events: readonly RecordedEvent[]): void {
  let next = 0;
  for (const event of events) {
    if (Number(event.metadata.index) !== next) throw new LogCorrupt(`the append of the event at ${event.position} is not whole`);
    next = endsAppend(event) ? 0 : next + 1;
  }
}
