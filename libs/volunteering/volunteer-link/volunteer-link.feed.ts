import { publication, tell } from '@lib/platform/kernel/publication.js';
import { id, listOf, optional } from '@lib/platform/kernel/shape.js';
import type { VolunteerLinkFact } from './volunteer-link.events.js';

/** What the outside is told of which stations a volunteer serves. */
export const volunteerLinkFeed = publication<VolunteerLinkFact>()({
  noun: 'volunteer-link',
  category: 'volunteerLink',
  id: 'volunteerId',
  tells: {
    VolunteerLinkedToStation: { stationId: tell, from: tell, primary: tell },
    VolunteerUnlinked: { stationId: tell, until: tell, because: tell, primary: tell },
    PrimaryStationSet: { stationId: tell, formerStationId: tell, from: tell },
    VolunteerTransferred: { fromStationId: tell, toStationId: tell, on: tell, primary: tell },
  },
})
  .withState({ volunteerId: id, stationIds: listOf(id), primaryStationId: optional(id) }, { stationIds: [] })
  .foldedBy({
    VolunteerLinkedToStation: (links, { volunteerId, stationId, primary }) => ({
      volunteerId,
      stationIds: [...links.stationIds, stationId],
      primaryStationId: primary ? stationId : links.primaryStationId,
    }),
    VolunteerUnlinked: (links, { stationId, primary }) => ({
      ...links,
      stationIds: links.stationIds.filter(held => held !== stationId),
      primaryStationId: primary ? undefined : links.primaryStationId,
    }),
    PrimaryStationSet: (links, { stationId }) => ({ ...links, primaryStationId: stationId }),
    VolunteerTransferred: (links, { fromStationId, toStationId, primary }) => ({
      ...links,
      stationIds: [...links.stationIds.filter(held => held !== fromStationId), toStationId],
      primaryStationId: primary ? toStationId : links.primaryStationId,
    }),
  });
