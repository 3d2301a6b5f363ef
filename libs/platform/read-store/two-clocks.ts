import { comparePositions } from '@lib/platform/event-store/event-store.js';

/** What held for one key from a date on, until (not including) another date or for good. */
export interface Segment<Row> {
  readonly from: string;
  readonly until: string | null;
  readonly row: Row;
}

export type Change<Row> = (row: Row | undefined) => Row | null | undefined;
type Same<Row> = (a: Row, b: Row) => boolean;

const isSameDay = ({ from, until }: Segment<unknown>) => from === until;

const inOrder = (a: Segment<unknown>, b: Segment<unknown>) => {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  return Number(isSameDay(b)) - Number(isSameDay(a));
};

/**
 * The semantics of two clocks. What holds on a date d, as known at a position p, is the fold, in log order, of the facts
 * recorded up to p that count from d or earlier: what was recorded last speaks for its date onwards.
 *
 * So a fact that counts from E splits the segment that holds E; `change` is applied to the part from E on, to every later
 * segment and to the gaps between them (where the row is `undefined`). `undefined` leaves a piece as it is, `null` ends it,
 * and pieces that have become equal to their neighbour are merged.
 *
 * A segment that begins on E and is ended by a fact that counts from E was a period of one day: it stays, with
 * `from` = `until`, to be shown in lists; it holds on no date. Later facts that count from before it change it as they change
 * every later segment; facts that count from its own day or later do not touch it.
 *
 * @param segments in order; those of one day before what begins on it
 */
export function changedFrom<Row>(
  segments: readonly Segment<Row>[],
  on: string,
  change: Change<Row>,
  same: Same<Row>,
): Segment<Row>[] {
  const pieces: Segment<Row>[] = [];
  let reached: string | null = on;

  const piece = (from: string, until: string | null, before: Row | undefined) => {
    const after = change(before);
    const row = after === undefined ? before : after;
    if (row !== null && row !== undefined) pieces.push({ from, until, row });
    return after;
  };

  for (const segment of segments) {
    const { from, until, row } = segment;
    if (isSameDay(segment)) {
      if (from > on) piece(from, until, row);
      else pieces.push(segment);
      continue;
    }
    if (until !== null && until <= on) {
      pieces.push(segment);
      continue;
    }
    if (from < on) pieces.push({ from, until: on, row });
    const start = from < on ? on : from;
    if (reached !== null && reached < start) piece(reached, start, undefined);
    if (piece(start, until, row) === null && from === on) pieces.push({ from: on, until: on, row });
    reached = until;
  }
  if (reached !== null) piece(reached, null, undefined);

  return merged(pieces.sort(inOrder), new Set(segments), same);
}

/** @param known of which no two are alike, and which come before what is new of the same day: only that can be the twin of another */
function merged<Row>(pieces: readonly Segment<Row>[], known: ReadonlySet<Segment<Row>>, same: Same<Row>): Segment<Row>[] {
  const result: Segment<Row>[] = [];
  const days: Segment<Row>[] = [];
  let last = -1;
  for (const piece of pieces) {
    if (isSameDay(piece)) {
      if (!known.has(piece) && days.some(other => other.from === piece.from && same(other.row, piece.row))) continue;
      result.push(piece);
      days.push(piece);
      continue;
    }
    const neighbour = result[last];
    if (neighbour && neighbour.until === piece.from && same(neighbour.row, piece.row)) {
      result[last] = { ...neighbour, until: piece.until };
    } else {
      last = result.push(piece) - 1;
    }
  }
  return result;
}

/** A segment as it is recorded: `place` is where its row lies, absent while it is not stored. */
export interface Recorded<Row> extends Segment<Row> {
  readonly recordedFrom: string;
  readonly place?: string;
}

/** The rows of one key over a page of facts: what is known, and what has been superseded on the way. */
export class KeyHistory<Row> {
  /** Rows that were known only between two appends of this page. */
  readonly passed: (Recorded<Row> & { readonly recordedUntil: string })[] = [];
  /** Stored rows that hold no more, each with the position that superseded it. */
  readonly closed: { readonly place: string; readonly recordedUntil: string }[] = [];
  private segments: readonly Segment<Row>[] | undefined;
  private append = '';
  private known: readonly Recorded<Row>[];

  /** @param known what is stored for the key, in any order */
  constructor(
    known: readonly Recorded<Row>[],
    private readonly same: Same<Row>,
  ) {
    this.known = known.length < 2 ? known : known.toSorted(inOrder);
  }

  /**
   * @param appendEnd the position of the last event of the fact's append. Rows are dated by it and not by the fact's own:
   * nobody can look into the middle of an append, and what only existed there is not stored.
   */
  apply(on: string, appendEnd: string, change: Change<Row>): void {
    if (appendEnd !== this.append) this.settle();
    this.append = appendEnd;
    this.segments = changedFrom(this.segments ?? this.known, on, change, this.same);
  }

  /** Rows to be inserted as known. */
  fresh(): readonly Recorded<Row>[] {
    this.settle();
    return this.known.filter(({ place }) => place === undefined);
  }

  private settle(): void {
    const { segments, append } = this;
    if (!segments) return;
    this.segments = undefined;
    const known = new Set<Segment<Row>>(this.known);
    // What no fact touched is still the same object.
    const kept = new Set<Segment<Row>>(segments.filter(segment => known.has(segment)));
    const next = segments.map(segment => {
      if (kept.has(segment)) return segment as Recorded<Row>;
      const found = this.known.find(
        old => old.from === segment.from && old.until === segment.until && !kept.has(old) && this.same(old.row, segment.row),
      );
      if (found) kept.add(found);
      return found ?? { from: segment.from, until: segment.until, row: segment.row, recordedFrom: append };
    });
    for (const old of this.known) {
      if (kept.has(old)) continue;
      if (old.place !== undefined) this.closed.push({ place: old.place, recordedUntil: append });
      else if (comparePositions(old.recordedFrom, append) < 0) this.passed.push({ ...old, recordedUntil: append });
    }
    this.known = next;
  }
}
