import { ask } from '@lib/platform/cqrs/envelope.js';
import { policy } from '@lib/platform/kernel/policy.js';
import { ServiceStationClosed } from '@lib/service-network/service-station/service-station.events.js';
import { TransferVolunteer, UnlinkVolunteer } from './volunteer-link.commands.js';
import type { VolunteerLinkRow } from './volunteer-link.views.js';

/** When a station closes, its volunteers go to the successor if the hand-over plan says so; else their links end. */
export const releaseVolunteersOfClosedStation = policy(
  'release-volunteers-of-closed-station',
  ServiceStationClosed,
  async ({ stationId, successorId, volunteersFollow }, readings) => {
    const links = await readings.rows<VolunteerLinkRow>('volunteerLink', { stationId });
    const volunteerIds = links.map(({ volunteerId }) => volunteerId).sort();
    return volunteerIds.map(volunteerId =>
      successorId && volunteersFollow
        ? ask(TransferVolunteer, { volunteerId, fromStationId: stationId, toStationId: successorId })
        : ask(UnlinkVolunteer, { volunteerId, stationId, because: 'STATION_CLOSED' }),
    );
  },
);
