import { eventsOf } from '@lib/platform/kernel/event.js';
import { id } from '@lib/platform/kernel/shape.js';

const event = eventsOf('communitySlot', 'divisionId');

/** A station became the one that covers a community. Written with the station's own fact. */
export class CommunityCovered extends event(
  'CommunityCovered',
  1,
  { divisionId: id, stationId: id },
  { zh: '“{stationId}”覆盖社区“{divisionId}”', en: '“{stationId}” covers the community “{divisionId}”' },
) {}

/** No station covers the community any more. */
export class CommunityReleased extends event(
  'CommunityReleased',
  1,
  { divisionId: id, stationId: id },
  { zh: '“{stationId}”不再覆盖社区“{divisionId}”', en: '“{stationId}” covers the community “{divisionId}” no more' },
) {}

export type CommunitySlotFact = CommunityCovered | CommunityReleased;
