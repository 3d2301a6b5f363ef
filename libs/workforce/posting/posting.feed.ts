import { publication, tell } from '@lib/platform/kernel/publication.js';
import { id, optional } from '@lib/platform/kernel/shape.js';
import type { PostingFact } from './posting.events.js';

/** What the outside is told of where workers serve. */
export const postingFeed = publication<PostingFact>()({
  noun: 'posting',
  category: 'posting',
  id: 'workerId',
  tells: {
    PostingStarted: { stationId: tell, kind: tell, from: tell, until: tell },
    PostingEnded: { stationId: tell, kind: tell, until: tell },
  },
})
  .withState({ workerId: id, stationId: optional(id), actingStationId: optional(id) })
  .foldedBy({
    PostingStarted: (posting, { workerId, stationId, kind }) =>
      kind === 'PRIMARY' ? { ...posting, workerId, stationId } : { ...posting, workerId, actingStationId: stationId },
    PostingEnded: (posting, { kind }) =>
      kind === 'PRIMARY' ? { ...posting, stationId: undefined } : { ...posting, actingStationId: undefined },
  });
