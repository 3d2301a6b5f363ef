import fc from 'fast-check';
import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { eventsOf } from '@lib/platform/kernel/event.js';
import { id, integer } from '@lib/platform/kernel/shape.js';
import { appendOf, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { StreamFolds } from './stream-folds.js';

const event = eventsOf('abacus', 'abacusId');
class BeadMoved extends event(
  'BeadMoved',
  2,
  { abacusId: id, by: integer },
  { zh: '', en: '' },
  { 1: ({ rods, ...data }) => ({ ...data, by: 10 * Number(rods) }) },
) {}

const abacusId = '00000000-0000-4000-8000-000000000001';
const stream = `abacus-${abacusId}`;

/** A fold that changed what it was given would fail. */
const sum: Aggregate<{ readonly total: number; readonly moves: readonly number[] }, BeadMoved> = {
  category: 'abacus',
  initial: Object.freeze({ total: 0, moves: Object.freeze([]) }),
  evolve: ({ total, moves }, { data: { by } }) => Object.freeze({ total: total + by, moves: Object.freeze([...moves, by]) }),
};
const largest: Aggregate<number, BeadMoved> = {
  category: 'abacus',
  initial: 0,
  evolve: (most, { data: { by } }) => Math.max(most, by),
};
const [summing, comparing] = [
  { stream, aggregate: sum as Aggregate<unknown, never> },
  { stream, aggregate: largest as Aggregate<unknown, never> },
];

/** Counts the events that it hands out. */
class CountingStore extends MemoryEventStore {
  handedOut = 0;

  override async read(...asked: Parameters<MemoryEventStore['read']>) {
    const histories = await super.read(...asked);
    for (const history of histories.values()) this.handedOut += history.length;
    return histories;
  }
}

let ids = 0;
async function move(store: MemoryEventStore, amounts: readonly number[], version = '2') {
  const expected = ((await store.read([stream])).get(stream)?.length ?? 0) - 1;
  const commandId = uuid();
  const data = (by: number) => (version === '1' ? { abacusId, rods: by / 10 } : { abacusId, by });
  const events = amounts.map(by => ({ id: uuid(), type: 'BeadMoved', metadata: { commandId, version }, data: data(by) }));
  const append = appendOf([{ stream, expected, events }], []);
  const { position } = await store.append(append);
  const { metadata } = append.writes[0]!.events.at(-1)!;
  return { write: append.writes[0]!, trace: { position, stream, metadata }, commandId };
}
const uuid = () => `00000000-0000-4000-9000-${String((ids += 1)).padStart(12, '0')}`;

const loaded = async (folds: StreamFolds) => (await folds.load([summing, comparing])).get(stream)!;

test('a stream in doubt is caught up by what came since, and by nothing else', async () => {
  const store = new CountingStore();
  for (let nth = 0; nth < 50; nth += 1) await move(store, [nth, nth]);
  const folds = new StreamFolds(store);
  await loaded(folds);
  await move(store, [7]);
  folds.doubt([stream]);
  expect(folds.recall(stream, summing.aggregate)).toBeUndefined();
  store.handedOut = 0;
  const { revision, states } = await loaded(folds);
  expect(store.handedOut).toBe(2); // the last one that was known, and the new one
  expect(revision).toBe(100);
  expect(states.get(summing.aggregate)).toMatchObject({ total: 49 * 50 + 7 });
  expect(folds.recall(stream, summing.aggregate)).toMatchObject({ revision: 100 });
});

test('a fold that is caught up is the fold from the beginning, however many wrote and looked in between', async () => {
  const step = fc.oneof(
    fc.record({
      does: fc.constant('writes' as const),
      here: fc.boolean(),
      old: fc.boolean(),
      by: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ does: fc.constantFrom('doubts' as const, 'looks' as const, 'looks twice at once' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const store = new MemoryEventStore();
      const folds = new StreamFolds(store);
      const agree = async (fold: Awaited<ReturnType<typeof loaded>>) => {
        const anew = await loaded(new StreamFolds(store));
        expect(fold.states).toEqual(anew.states);
        expect([...fold.commands.keys()]).toEqual([...anew.commands.keys()]);
        expect([fold.revision, fold.position]).toEqual([anew.revision, anew.position]);
      };
      for (const taken of steps) {
        if (taken.does === 'writes') {
          const { write, trace, commandId } = await move(
            store,
            taken.by.map(by => 10 * by),
            taken.old ? '1' : '2',
          );
          const facts = taken.by.map(by => new BeadMoved({ abacusId, by: 10 * by }));
          if (taken.here) folds.appended(write, facts, trace, commandId);
        } else if (taken.does === 'doubts') folds.doubt([stream]);
        else {
          folds.doubt([stream]);
          const seen = await Promise.all(taken.does === 'looks' ? [loaded(folds)] : [loaded(folds), loaded(folds)]);
          for (const fold of seen) await agree(fold);
        }
      }
      folds.doubt([stream]);
      await agree(await loaded(folds));
    }),
    { numRuns: 300 },
  );
});

test('what was handed out stays as it was while the stream is caught up', async () => {
  const store = new MemoryEventStore();
  await move(store, [1]);
  const folds = new StreamFolds(store);
  const before = await loaded(folds);
  const states = new Map(before.states);
  await move(store, [2]);
  folds.doubt([stream]);
  await loaded(folds);
  expect([before.revision, before.states]).toEqual([0, states]);
});

test.each([
  ['ends before what was folded', [1]],
  ['has come to the same revision in another way', [3, 4]],
  ['has gone on in another way', [3, 4, 5]],
])('a log that was put back and %s is folded from its beginning', async (_, amounts) => {
  const store = new CountingStore();
  await move(store, [1, 2]);
  const other = new CountingStore();
  await move(other, amounts);
  let current = store;
  const folds = new StreamFolds({
    read: (...asked: Parameters<MemoryEventStore['read']>) => current.read(...asked),
  } as MemoryEventStore);
  await loaded(folds);
  current = other;
  folds.doubt([stream]);
  expect((await loaded(folds)).states).toEqual((await loaded(new StreamFolds(other))).states);
});

test('what comes in doubt while it is read stays in doubt', async () => {
  const store = new MemoryEventStore();
  await move(store, [1]);
  const folds = new StreamFolds(store);
  await loaded(folds);
  folds.doubt([stream]);
  const read = store.read.bind(store);
  let early: ReadonlyMap<string, readonly RecordedEvent[]>;
  store.read = async (...asked) => {
    store.read = read;
    early = await read(...asked);
    await move(store, [2]);
    folds.doubt([stream]);
    return early;
  };
  await loaded(folds);
  expect(folds.recall(stream, summing.aggregate)).toBeUndefined();
  expect((await loaded(folds)).revision).toBe(1);
});
