import * as fc from 'fast-check';
import { type Change, changedFrom, KeyHistory, type Segment } from './two-clocks.js';

interface Row {
  readonly value: number;
}

interface Happening {
  readonly on: string;
  readonly appendEnd: string;
  readonly change: Change<Row>;
}

interface StoredRow extends Segment<Row> {
  readonly recordedFrom: string;
  recordedUntil: string | null;
}

const same = (a: Row, b: Row) => a.value === b.value;
const day = (nth: number) => `2026-03-${String(nth).padStart(2, '0')}`;
const days = Array.from({ length: 9 }, (_, nth) => day(nth + 1));

const set =
  (value: number): Change<Row> =>
  () => ({ value });
const end: Change<Row> = () => null;
const add: Change<Row> = row => row && { value: (row.value + 1) % 3 };
const startIfAbsent: Change<Row> = row => (row ? undefined : { value: 0 });

const anyChange = fc.oneof(
  fc.integer({ min: 0, max: 2 }).map(set),
  fc.constant(end),
  fc.constant(add),
  fc.constant(startIfAbsent),
);
const anyHistory = fc
  .array(fc.record({ on: fc.integer({ min: 2, max: 8 }).map(day), sameAppend: fc.boolean(), change: anyChange }), {
    maxLength: 12,
  })
  .map(list => {
    let position = 10;
    return list.map(({ on, sameAppend, change }): Happening => {
      if (!sameAppend) position += 1;
      return { on, change, appendEnd: String(position) };
    });
  });

/** Keeps every happening and folds all of them again for each question. */
const holding = (history: readonly Happening[], asOf: number, on: string) =>
  history
    .filter(one => Number(one.appendEnd) <= asOf && one.on <= on)
    .reduce<Row | undefined>((row, { change }) => {
      const next = change(row);
      return next === undefined ? row : (next ?? undefined);
    }, undefined);

function sameDayPeriods(history: readonly Happening[], asOf: number): string[] {
  let periods: { on: string; row: Row }[] = [];
  const known = history.filter(one => Number(one.appendEnd) <= asOf);
  for (const [nth, { on, change }] of known.entries()) {
    periods = periods.flatMap(period => {
      if (period.on <= on) return [period];
      const next = change(period.row);
      return next === null ? [] : [{ on: period.on, row: next ?? period.row }];
    });
    const before = known.slice(0, nth);
    const row = holding(before, asOf, on);
    const previous = holding(before, asOf, days[days.indexOf(on) - 1]!);
    const begins = row && !(previous && same(previous, row));
    if (begins && change(row) === null) periods.push({ on, row });
  }
  return [...new Set(periods.map(({ on, row }) => `${on} ${row.value}`))].sort();
}

/** Folds page by page into a list of rows, as the lane does into its table. */
function stored(history: readonly Happening[], pageSize: number): StoredRow[] {
  const table: StoredRow[] = [];
  const pages: Happening[][] = [];
  for (const [nth, one] of history.entries()) {
    const page = pages.at(-1);
    if (page && (page.length < pageSize || history[nth - 1]!.appendEnd === one.appendEnd)) page.push(one);
    else pages.push([one]);
  }
  for (const [nth, page] of pages.entries()) {
    const known = table.flatMap((row, place) => (row.recordedUntil === null ? [{ ...row, place: String(place) }] : []));
    // A table gives its rows in any order.
    if (nth % 2 === 0) known.reverse();
    const key = new KeyHistory<Row>(known, same);
    for (const { on, appendEnd, change } of page) key.apply(on, appendEnd, change);
    const fresh = key.fresh();
    for (const { place, recordedUntil } of key.closed) table[Number(place)]!.recordedUntil = recordedUntil;
    for (const { from, until, row, recordedFrom } of fresh) table.push({ from, until, row, recordedFrom, recordedUntil: null });
    for (const { from, until, row, recordedFrom, recordedUntil } of key.passed) {
      table.push({ from, until, row, recordedFrom, recordedUntil });
    }
  }
  return table;
}

const knownAt = (table: readonly StoredRow[], asOf: number) =>
  table.filter(row => Number(row.recordedFrom) <= asOf && (row.recordedUntil === null || Number(row.recordedUntil) > asOf));

test('every question of both clocks is answered as if all facts were folded again for it', () => {
  fc.assert(
    fc.property(anyHistory, fc.integer({ min: 1, max: 5 }), (history, pageSize) => {
      const table = stored(history, pageSize);
      for (const asOf of new Set([10, ...history.map(({ appendEnd }) => Number(appendEnd))])) {
        const known = knownAt(table, asOf);
        for (const on of days) {
          const rows = known.filter(row => row.from <= on && (row.until === null || row.until > on));
          expect(rows.map(({ row }) => row)).toEqual([holding(history, asOf, on)].filter(Boolean));
        }
        const oneDay = known.filter(({ from, until }) => from === until).map(({ from, row }) => `${from} ${row.value}`);
        expect(oneDay.sort()).toEqual(sameDayPeriods(history, asOf));
      }
      for (const { recordedFrom, recordedUntil } of table) expect(recordedFrom).not.toBe(recordedUntil);
    }),
    { numRuns: 1000 },
  );
});

test('equal neighbours are one segment, and the segments of a key never overlap', () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const segments = history.reduce<readonly Segment<Row>[]>(
        (before, one) => changedFrom(before, one.on, one.change, same),
        [],
      );
      const lasting = segments.filter(({ from, until }) => from !== until);
      for (const [nth, segment] of lasting.entries()) {
        const next = lasting[nth + 1];
        if (!next) continue;
        expect(segment.until! <= next.from).toBe(true);
        expect(segment.until === next.from && same(segment.row, next.row)).toBe(false);
      }
    }),
  );
});

test('a period that begins and ends on the same day stays as a period of no length', () => {
  const begun = changedFrom<Row>([], day(3), set(1), same);
  expect(changedFrom(begun, day(3), end, same)).toEqual([{ from: day(3), until: day(3), row: { value: 1 } }]);
});

test('two periods of the same day are one where they are alike, and two where they differ', () => {
  const values = [1, 2, 1, 2, 2];
  const days = values.reduce(
    (before, value) => changedFrom(changedFrom(before, day(3), set(value), same), day(3), end, same),
    changedFrom<Row>([], day(1), end, same),
  );
  expect(days.map(({ row }) => row)).toEqual([{ value: 1 }, { value: 2 }]);
});

test('a row that is changed on the day it began is replaced', () => {
  const begun = changedFrom<Row>([], day(3), set(1), same);
  expect(changedFrom(begun, day(3), set(2), same)).toEqual([{ from: day(3), until: null, row: { value: 2 } }]);
});

test('a back-dated fact changes what was known of later dates', () => {
  const begun = changedFrom(changedFrom<Row>([], day(2), set(0), same), day(6), set(1), same);
  expect(changedFrom(begun, day(4), add, same)).toEqual([
    { from: day(2), until: day(4), row: { value: 0 } },
    { from: day(4), until: day(6), row: { value: 1 } },
    { from: day(6), until: null, row: { value: 2 } },
  ]);
});

test('what existed only within one append is not stored', () => {
  const history = [
    { on: day(2), appendEnd: '11', change: set(1) },
    { on: day(4), appendEnd: '11', change: set(2) },
    { on: day(2), appendEnd: '11', change: set(3) },
  ];
  expect(stored(history, 1)).toEqual([{ from: day(2), until: null, row: { value: 3 }, recordedFrom: '11', recordedUntil: null }]);
});
