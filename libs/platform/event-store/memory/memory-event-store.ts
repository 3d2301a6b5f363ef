import { checkForm, requireInTime, storedJson } from '../append-rules.js';
import {
  type Append,
  type Appended,
  beforeEverything,
  endsAppend,
  type EventStore,
  type Expectation,
  LogCorrupt,
  type RecordedEvent,
  StreamMoved,
} from '../event-store.js';

/** A log that lives as long as its process: for tests. Positions are dense. */
export class MemoryEventStore implements EventStore {
  private readonly log: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly listeners = new Set<() => void>();
  private lastRecorded = 0;

  async append(append: Append, sendBy = Infinity): Promise<Appended> {
    checkForm(append);
    requireInTime(sendBy);
    const stored = append.writes.map(({ stream, expected, events }) => ({
      stream,
      expected,
      events: events.map(({ id, type, metadata, data }) => ({
        id,
        type,
        metadata: JSON.parse(storedJson(metadata)) as RecordedEvent['metadata'],
        data: JSON.parse(storedJson(data)) as RecordedEvent['data'],
      })),
    }));
    const moved = [...append.writes, ...append.checks].filter(expectation => this.hasMoved(expectation));
    if (moved.length > 0) throw new StreamMoved(moved.map(({ stream }) => stream));

    this.lastRecorded = Math.max(this.lastRecorded, Date.now());
    const recordedAt = new Date(this.lastRecorded).toISOString();
    for (const { stream, expected, events } of stored) {
      const history = this.streams.get(stream) ?? [];
      this.streams.set(stream, history);
      for (const [nth, event] of events.entries()) {
        const recorded = { ...event, stream, revision: expected + 1 + nth, position: String(this.log.length + 1), recordedAt };
        history.push(recorded);
        this.log.push(recorded);
      }
    }
    for (const listener of this.listeners) queueMicrotask(listener);
    return { position: String(this.log.length), recordedAt };
  }

  protected hasMoved({ stream, expected }: Expectation): boolean {
    return (this.streams.get(stream)?.length ?? 0) - 1 !== expected;
  }

  async read(
    streams: readonly string[],
    from?: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> {
    return new Map(streams.map(stream => [stream, (this.streams.get(stream) ?? []).slice(from?.get(stream))]));
  }

  async readAt(positions: readonly string[]): Promise<readonly RecordedEvent[]> {
    const wanted = [...new Set(positions.map(Number))].sort((a, b) => a - b);
    return wanted.flatMap(position => this.log[position - 1] ?? []);
  }

  async readAppend({ position, metadata }: Pick<RecordedEvent, 'position' | 'metadata'>): Promise<readonly RecordedEvent[]> {
    const first = Number(position) - 1 - Number(metadata.index);
    const events = this.log.slice(first, first + Number(metadata.count));
    if (events.length !== Number(metadata.count)) throw new LogCorrupt(`the append of the event at ${position} is not whole`);
    return events;
  }

  async readAll(after: string, limit: number): Promise<readonly RecordedEvent[]> {
    const first = Number(after);
    let end = Math.min(first + Math.max(1, limit), this.log.length);
    while (end > first && end < this.log.length && !endsAppend(this.log[end - 1]!)) end += 1;
    return this.log.slice(first, end);
  }

  async head(): Promise<string> {
    return String(this.log.length);
  }

  async positionAsOf(instant: string): Promise<string> {
    const time = Date.parse(instant);
    const after = this.log.findIndex(({ recordedAt }) => Date.parse(recordedAt) > time);
    return after === 0 ? beforeEverything : String(after === -1 ? this.log.length : after);
  }

  whenAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
