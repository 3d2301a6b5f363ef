import { KeySequence } from '../../src/feed/key-sequence.js';
import { countUpTo } from '../../src/feed/told-log.js';

const owed = [0, 2, 3, 7].map(revision => ({ revision, id: '', position: revision, print: '' }));
const verdicts = (...revisions: number[]) => {
  const sequence = new KeySequence(owed);
  return { verdicts: revisions.map(revision => sequence.take(revision).verdict), missing: sequence.missing };
};

test.each([
  ['everything in order', [0, 2, 3, 7], ['next', 'next', 'next', 'next'], 0],
  ['a page that comes again', [0, 2, 0, 2, 3, 7], ['next', 'next', 'again', 'again', 'next', 'next'], 0],
  ['one that is left out', [0, 3, 7], ['next', 'early', 'next'], 1],
  ['one that comes too late', [0, 3, 2, 7], ['next', 'early', 'late', 'next'], 0],
  ['one that is left out and twice too late', [3, 0, 0, 7], ['early', 'late', 'again', 'next'], 1],
  ['an end that never comes', [0, 2], ['next', 'next'], 2],
  ['one that is not told', [0, 1], ['next', 'unknown'], 3],
])('%s', (_, revisions, found, missing) => expect(verdicts(...revisions)).toEqual({ verdicts: found, missing }));

test('positions up to another one are counted', () =>
  expect([0, 1, 4, 5, 9, 10].map(value => countUpTo([1, 5, 9], value))).toEqual([0, 1, 1, 2, 3, 3]));
