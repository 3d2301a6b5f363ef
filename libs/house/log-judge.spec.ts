import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { LogJudge } from './log-judge.js';

/** An append of one event for each revision, at these positions. */
const append = (commandId: string, at: readonly number[], first: number): RecordedEvent[] =>
  at.map((position, index) => ({
    id: `${commandId} ${index}`,
    type: 'JudgedThing',
    stream: 'judged-1',
    revision: first + index,
    position: String(position),
    recordedAt: '2026-03-02T00:00:00.000Z',
    metadata: { commandId, index: String(index), count: String(at.length) },
    data: {},
  }));

function accusations(appends: readonly RecordedEvent[][], isDense: boolean): string[] {
  const accused: string[] = [];
  const judge = new LogJudge(invariant => accused.push(invariant), { ofTheOffice: false, isDense });
  for (const event of appends.flat()) judge.take(event);
  judge.finish();
  return accused;
}

describe('a log whose positions rise with gaps', () => {
  const gapped = [append('a', [3, 4], 0), append('b', [9, 17], 2)];

  test('is blameless where gaps are allowed, and not where they are not', () => {
    expect(accusations(gapped, false)).toEqual([]);
    expect(new Set(accusations(gapped, true))).toEqual(new Set(['I4 positions do not rise one by one']));
  });

  test.each([
    ['goes back', [append('a', [3, 9], 0), append('b', [8], 2)], 'I4 positions do not rise one by one'],
    ['stands still', [append('a', [3], 0), append('b', [3], 1)], 'I4 positions do not rise one by one'],
    ['carries a command out twice', [append('a', [3, 5], 0), append('a', [9, 12], 2)], 'I2 a command was carried out twice'],
    ['is torn', [append('a', [3, 5], 0).slice(0, 1), append('b', [9], 1)], 'an append is torn'],
  ])('is accused when it %s', (_, appends, invariant) => {
    expect(accusations(appends, false)).toContain(invariant);
  });
});
