import fc from 'fast-check';
import type { Delivery } from './delivery.js';
import { atTheBeginning, judgeControl, judgeFact, judgeRound, type PartitionMark } from './judge.js';

test('one number per stream tells what a fact is', () => {
  expect(judgeFact(-1, { revision: 0, previous: -1 })).toBe('apply');
  expect(judgeFact(2, { revision: 5, previous: 2 })).toBe('apply');
  expect(judgeFact(5, { revision: 5, previous: 2 })).toBe('duplicate');
  expect(judgeFact(2, { revision: 7, previous: 5 })).toBe('gap');
  expect(judgeFact(5, { revision: 7, previous: 2 })).toBe('disorder');
});

test('a control record tells the loss of last facts and of whole streams', () => {
  const mark = { facts: 3, position: '10' };
  expect(judgeControl(mark, { facts: 3, position: '10' })).toBe('agrees');
  expect(judgeControl(mark, { facts: 4, position: '12' })).toBe('gap');
  expect(judgeControl(mark, { facts: 2, position: '12' })).toBe('disorder');
  expect(judgeControl(mark, { facts: 1, position: '9' })).toBe('old');
  expect(judgeControl({ facts: undefined, position: '0' }, { facts: 9, position: '12' })).toBe('agrees');
});

type Sent = Delivery & { readonly nth: number };

/** What a faultless relay sends of some streams into one partition, a control record behind every few facts. */
function sentOf(picks: readonly number[], controlAfter: number): Sent[] {
  const revisions = new Map<number, number>();
  const sent: Sent[] = [];
  let facts = 0;
  for (const [at, pick] of picks.entries()) {
    const previous = revisions.get(pick) ?? -1;
    const revision = previous + 1 + (pick % 2);
    revisions.set(pick, revision);
    const position = String(at + 1);
    facts += 1;
    const fact = {
      topic: 't',
      id: `${pick}/${revision}`,
      type: 'KiteFlown',
      version: 1,
      stream: `kite-${pick}`,
      revision,
      previous,
      position,
      recordedAt: '',
      data: {},
    };
    sent.push({ kind: 'fact', offset: '', epoch: '1', fact, nth: sent.length });
    if (facts % controlAfter === 0) sent.push({ kind: 'control', offset: '', epoch: '1', position, facts, nth: sent.length });
  }
  sent.push({ kind: 'control', offset: '', epoch: '1', position: String(picks.length), facts, nth: sent.length });
  return sent;
}

const numbered = (deliveries: readonly Delivery[]): Delivery[] =>
  deliveries.map((delivery, offset) => ({ ...delivery, offset: String(offset) }));

/** Reads everything in batches as a subscriber does, without its second look at a gap. */
function read(deliveries: readonly Delivery[], batch: number) {
  let mark: PartitionMark = atTheBeginning;
  const known = new Map<string, number>();
  const applied: string[] = [];
  let duplicates = 0;
  let disorders = 0;
  for (let at = 0; at < deliveries.length; at += batch) {
    const round = judgeRound(deliveries.slice(at, at + batch), mark, known, mark.epoch);
    applied.push(...round.facts.map(({ id }) => id));
    for (const [stream, revision] of round.revisions) known.set(stream, revision);
    duplicates += round.duplicates;
    disorders += round.disorders.length;
    mark = round.mark;
    if (round.gap) return { applied, duplicates, disorders, gap: round.gap, mark };
  }
  return { applied, duplicates, disorders, gap: undefined, mark };
}

const feed = fc.record({
  picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }),
  every: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 1, max: 20 }),
});
const idsOf = (sent: readonly Sent[]) => sent.flatMap(delivery => (delivery.kind === 'fact' ? [delivery.fact.id] : []));

test('whatever is sent again, each fact takes effect once and in order', () => {
  fc.assert(
    fc.property(feed, fc.array(fc.tuple(fc.nat(100), fc.nat(20)), { maxLength: 6 }), ({ picks, every, batch }, repeats) => {
      const sent = sentOf(picks, every);
      // A relay that begins anew repeats a stretch that ends where it had come to.
      const again = repeats.reduce<Delivery[]>((all, [end, length]) => {
        const to = Math.min(all.length, end);
        return [...all.slice(0, to), ...all.slice(Math.max(0, to - length), to), ...all.slice(to)];
      }, sent);
      const { applied, gap, disorders, mark } = read(numbered(again), batch);
      expect([applied, gap, disorders, mark.facts]).toEqual([idsOf(sent), undefined, 0, picks.length]);
    }),
  );
});

test('whatever is lost is met as a gap before anything behind it takes effect', () => {
  fc.assert(
    fc.property(feed, fc.nat(1000), ({ picks, every, batch }, which) => {
      const sent = sentOf(picks, every);
      const facts = sent.filter(({ kind }) => kind === 'fact');
      const lost = facts[which % facts.length]!;
      const { applied, gap } = read(numbered(sent.filter(delivery => delivery !== lost)), batch);
      expect(gap).toBeDefined();
      if (lost.kind === 'fact')
        expect(
          applied
            .filter(id => id.startsWith(`${lost.fact.stream.slice(5)}/`))
            .every(id => Number(id.split('/')[1]) < lost.fact.revision),
        ).toBe(true);
    }),
  );
});

test('two facts of a stream that changed places are met', () => {
  const [first, second] = sentOf([1, 1], 9);
  const { gap } = read(numbered([second!, first!]), 9);
  expect(gap).toMatchObject({ offset: '0' });
});

test('what an old relay still sends behind its successor is dropped', () => {
  const [first, second, control] = sentOf([1, 1], 9);
  const later = { ...first!, epoch: '2' } as Delivery;
  const { applied, duplicates, mark } = read(
    numbered([later, second!, { ...second!, epoch: '2' }, control!, { ...control!, epoch: '2' }]),
    9,
  );
  expect([applied.length, duplicates, mark.epoch]).toEqual([2, 2, '2']);
});
