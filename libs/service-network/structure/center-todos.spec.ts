import fc from 'fast-check';
import { addDays } from '@lib/platform/kernel/calendar.js';
import { actingNoticeDays, todoCodes, todosOf, type CenterState, type StationState } from './center-todos.js';
import { centerConformance, stationConformance } from './conformance.js';

const today = '2026-03-10';
const nobody = { count: 0, ids: [], since: null };
const calm: CenterState = {
  today,
  reasons: [],
  stations: [],
  uncovered: { count: 0, ids: [] },
  applicants: nobody,
  unlinked: nobody,
};

function station(
  figures: Partial<Parameters<typeof stationConformance>[0]> = {},
  actingUntil: string | null = null,
): StationState {
  const all = { stage: 'OPEN', staffed: true, acting: actingUntil !== null, volunteers: 2, ...figures };
  return { stationId: 's', name: '丹英站', volunteers: all.volunteers, actingUntil, reasons: stationConformance(all).reasons };
}
const codes = (state: Partial<CenterState>) => todosOf({ ...calm, ...state }).map(({ code }) => code);

test('a center where everything is as planned has nothing to do', () => expect(codes({ stations: [station()] })).toEqual([]));

test('a vacant station comes before one without volunteers, that before applicants, and those before volunteers without station', () => {
  const state = {
    stations: [station({ volunteers: 0 }), station({ staffed: false }), station({ volunteers: 1 })],
    applicants: { count: 2, ids: ['v1', 'v2'], since: '2026-03-01' },
    unlinked: { count: 1, ids: ['v3'], since: '2026-03-02' },
    uncovered: { count: 1, ids: ['d1'] },
  };
  expect(codes(state)).toEqual([
    'STATION_WITHOUT_WORKER',
    'STATION_WITHOUT_VOLUNTEERS',
    'VOLUNTEERS_WAITING',
    'STATION_WITH_FEW_VOLUNTEERS',
    'COMMUNITY_WITHOUT_STATION',
    'VOLUNTEERS_NOT_LINKED',
  ]);
});

test.each([
  [addDays(today, -1), 'ACTING_OVERDUE'],
  [today, 'ACTING_OVERDUE'],
  [addDays(today, 1), 'ACTING_ENDS_SOON'],
  [addDays(today, actingNoticeDays), 'ACTING_ENDS_SOON'],
  [addDays(today, actingNoticeDays + 1), 'STATION_WITH_ACTING_WORKER'],
])('acting until %s is %s', (until, code) =>
  expect(todosOf({ ...calm, stations: [station({ staffed: false }, until)] })).toMatchObject([
    { code, on: until, stationId: 's' },
  ]),
);

test('what ends first comes first', () => {
  const ends = [5, 2, 9].map(days => station({ staffed: false }, addDays(today, days)));
  expect(todosOf({ ...calm, stations: ends }).map(({ on }) => on)).toEqual([2, 5, 9].map(days => addDays(today, days)));
});

test('of a suspended station nothing is asked but to resume or close it', () =>
  expect(codes({ stations: [station({ stage: 'SUSPENDED', staffed: false, volunteers: 0 })] })).toEqual(['STATION_SUSPENDED']));

test('a surplus, suspended or empty center says so first', () => {
  const { reasons } = centerConformance({ stage: 'SUSPENDED', divisionActive: false, stations: 0, redStations: 0 });
  expect(codes({ reasons, applicants: { count: 1, ids: ['v'], since: today } })).toEqual([
    'CENTER_SURPLUS',
    'CENTER_SUSPENDED',
    'CENTER_WITHOUT_STATION',
    'VOLUNTEERS_WAITING',
  ]);
});

test('whatever is not as planned leads to something to do, once, in order and in words', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          stage: fc.constantFrom('OPEN', 'SUSPENDED'),
          staffed: fc.boolean(),
          volunteers: fc.nat({ max: 3 }),
          days: fc.option(fc.integer({ min: -20, max: 60 })),
        }),
        { maxLength: 12 },
      ),
      figures => {
        const stations = figures.map(({ days, ...of }, nth) => ({
          ...station(of, days === null || of.staffed ? null : addDays(today, days)),
          stationId: `s${nth}`,
        }));
        const todos = todosOf({ ...calm, stations });
        const asked = new Set(todos.map(({ stationId }) => stationId));
        for (const { stationId, reasons } of stations)
          expect([stationId, asked.has(stationId)]).toEqual([stationId, reasons.length > 0]);
        expect(new Set(todos.map(({ code, stationId }) => `${code} ${stationId}`)).size).toBe(todos.length);
        const ranks = todos.map(({ code }) => todoCodes.indexOf(code));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const { words } of todos) {
          expect(words.zh).toMatch(/[\u4e00-\u9fff].*请/);
          expect(words.en).toMatch(/[a-z]/);
        }
      },
    ),
  ));
