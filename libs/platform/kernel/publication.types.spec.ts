import { eventsOf } from './event.js';
import { keep, publication, tell, toldOf } from './publication.js';
import { id, integer, optional, personal, text } from './shape.js';

const event = eventsOf('letter', 'letterId');
class LetterWritten extends event(
  'LetterWritten',
  1,
  { letterId: id, to: personal('letterId', text), pages: integer, stamp: optional(text) },
  { zh: '', en: '' },
) {}
class LetterSent extends event('LetterSent', 1, { letterId: id, by: text }, { zh: '', en: '' }) {}
type LetterFact = LetterWritten | LetterSent;

const letters = { noun: 'letter', category: 'letter', id: 'letterId' } as const;
const letterId = '00000000-0000-4000-8000-000000000001';

/** The type check is the test: each line marked so must not compile. */
test('what is told is decided field by field', () => {
  const feed = publication<LetterFact>()({ ...letters, tells: { LetterWritten: { pages: tell, stamp: keep }, LetterSent: keep } })
    .withState({ letterId: id, pages: integer })
    .foldedBy({ LetterWritten: (_, written) => written });

  const written = new LetterWritten({ letterId, to: '王秀英', pages: 3, stamp: '长城' });
  expect(toldOf(feed, written)).toEqual({ letterId, pages: 3 });
  expect(toldOf(feed, new LetterSent({ letterId, by: '邮局' }))).toBeUndefined();
  expect(feed.state!.evolve(feed.state!.initial, 'LetterWritten', toldOf(feed, written)!)).toEqual({ letterId, pages: 3 });

  const declare = publication<LetterFact>();
  // @ts-expect-error nobody decided about the stamp
  declare({ ...letters, tells: { LetterWritten: { pages: tell }, LetterSent: keep } });
  // @ts-expect-error nobody decided about a fact
  declare({ ...letters, tells: { LetterWritten: { pages: tell, stamp: keep } } });
  // @ts-expect-error a personal field is never told
  declare({ ...letters, tells: { LetterWritten: { pages: tell, stamp: keep, to: tell }, LetterSent: keep } });
  // @ts-expect-error the fact has no such field
  declare({ ...letters, tells: { LetterWritten: { pages: tell, stamp: keep, weight: tell }, LetterSent: keep } });
  const told = declare({ ...letters, tells: { LetterWritten: { pages: tell, stamp: keep }, LetterSent: keep } });
  // @ts-expect-error a state is folded from what is told, and the stamp is not
  told.withState({ letterId: id }).foldedBy({ LetterWritten: (_, { stamp }) => ({ letterId: stamp }) });
  // @ts-expect-error a told fact that nobody folds
  told.withState({ letterId: id }).foldedBy({});
});
