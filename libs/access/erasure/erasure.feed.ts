import { publication, tell } from '@lib/platform/kernel/publication.js';
import { SubjectKeyShredded, type ErasureFact } from './erasure.events.js';

/** Whose data is to be deleted everywhere: an id, and the day. */
export const erasureFeed = publication<ErasureFact>()({
  noun: 'erasure',
  category: SubjectKeyShredded.category,
  id: 'subjectId',
  tells: { SubjectKeyShredded: { erasedOn: tell } },
});
