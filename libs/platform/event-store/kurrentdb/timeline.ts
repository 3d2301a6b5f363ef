import { beforeEverything, comparePositions, endsAppend, type RecordedEvent } from '../event-store.js';

/** Reads the log behind or before a position, at most `count` events. */
export interface TimelineReads {
  after(position: string, count: number): Promise<readonly RecordedEvent[]>;
  /** The nearest first. */
  before(position: string, count: number): Promise<readonly RecordedEvent[]>;
  last(): Promise<RecordedEvent | undefined>;
}

interface Mark {
  readonly position: string;
  readonly at: number;
}

const page = 1_000;
const marksKept = 20_000;
/** Marks lie at least so many milliseconds apart. */
const marksApart = 1_000;

/**
 * Which position the log had reached at an instant. The server can begin to read only where a record begins, so the log cannot be
 * halved and halved again; but every event that was read leaves a mark, and the search begins at the nearest one.
 */
export class Timeline {
  private marks: Mark[] = [];

  /** @param skew milliseconds by which a later event may claim an earlier time, when the clock of a new leader is behind */
  constructor(
    private readonly reads: TimelineReads,
    private readonly skew: number,
  ) {}

  /** Remembers where a stretch of the log stands in time. */
  note(events: readonly RecordedEvent[]): void {
    for (const event of [events[0], events.at(-1)]) if (event) this.mark(event.position, Date.parse(event.recordedAt));
  }

  /** The end of the last append before the first event that was recorded after `instant`. */
  async asOf(instant: string): Promise<string> {
    const time = Date.parse(instant);
    const last = await this.reads.last();
    if (!last) return beforeEverything;
    this.note([last]);
    // Nothing up to the lower mark is later than the instant; the upper one is, or is the last of all.
    const lower = this.marks.findLast(({ at }) => at <= time - this.skew) ?? { position: beforeEverything, at: -Infinity };
    const upper = this.marks.find(({ at, position }) => at > time && comparePositions(position, lower.position) > 0);
    const fromBelow = !upper || time - lower.at <= upper.at - time;
    return fromBelow ? this.forwards(lower.position, time) : this.backwards(upper.position, time);
  }

  private async forwards(from: string, time: number): Promise<string> {
    // The mark itself may lie within an append.
    let held = from === beforeEverything ? from : await this.endUpTo(from);
    for (let after = from; ;) {
      const events = await this.reads.after(after, page);
      this.note(events);
      for (const event of events) {
        if (Date.parse(event.recordedAt) > time) return held;
        if (endsAppend(event)) held = event.position;
      }
      if (events.length < page) return held;
      after = events.at(-1)!.position;
    }
  }

  private async backwards(from: string, time: number): Promise<string> {
    let later = from;
    for (let before = from; ;) {
      const events = await this.reads.before(before, page);
      this.note([...events].reverse());
      for (const event of events) {
        if (Date.parse(event.recordedAt) > time) later = event.position;
        else if (Date.parse(event.recordedAt) <= time - this.skew) return this.endBefore(later);
      }
      if (events.length < page) return this.endBefore(later);
      before = events.at(-1)!.position;
    }
  }

  private async endUpTo(position: string): Promise<string> {
    const [next] = await this.reads.after(position, 1);
    return next ? this.endBefore(next.position) : this.lastEnd();
  }

  private async lastEnd(): Promise<string> {
    const last = await this.reads.last();
    return last && !endsAppend(last) ? this.endBefore(last.position) : (last?.position ?? beforeEverything);
  }

  private async endBefore(position: string): Promise<string> {
    for (let before = position; ;) {
      const events = await this.reads.before(before, 16);
      const end = events.find(endsAppend);
      if (end || events.length === 0) return end?.position ?? beforeEverything;
      before = events.at(-1)!.position;
    }
  }

  /** Kept in order of position, and thinned out when there are many. */
  private mark(position: string, at: number): void {
    const place = this.marks.findLastIndex(mark => comparePositions(mark.position, position) <= 0);
    const [below, above] = [this.marks[place], this.marks[place + 1]];
    if (below?.position === position) return;
    if (below && above && at - below.at < marksApart && above.at - at < marksApart) return;
    this.marks.splice(place + 1, 0, { position, at });
    if (this.marks.length > marksKept) this.marks = this.marks.filter((_, nth) => nth % 2 === 0);
  }
}
