import { centerStaff, stationWorker } from '@lib/access/roles.js';
import { acts, aggregateModule, births, of } from '@lib/platform/cqrs/module-table.js';
import { candidateExclusions, candidateFinder } from '../candidate/candidate.views.js';
import { volunteer } from '../volunteer/volunteer.js';
import {
  LinkVolunteer,
  linkVolunteer,
  SetPrimaryStation,
  setPrimaryStation,
  TransferVolunteer,
  transferVolunteer,
  UnlinkVolunteer,
  unlinkVolunteer,
} from './volunteer-link.commands.js';
import { centerStanding, stationStanding, volunteerLinks, type CenterStanding, type StationStanding } from './volunteer-link.js';
import { releaseVolunteersOfClosedStation } from './volunteer-link.policies.js';
import { stationVolunteers, volunteerLinkEnds, volunteerLinkPeriods } from './volunteer-link.views.js';

interface AtStation {
  readonly station: StationStanding;
  readonly center: CenterStanding;
}

const place = ({ station, center }: AtStation, { stationId }: { stationId: string }) => ({
  stationId,
  centerId: station.centerId,
  divisionId: center.divisionId,
});

const atStation = {
  station: of(stationStanding, 'stationId'),
  center: of(centerStanding, (_: object, { station }: { station: StationStanding }) => station.centerId),
} as const;

const staff = [centerStaff, stationWorker] as const;

export const VolunteerLinkModule = aggregateModule(volunteerLinks, {
  as: 'links',
  at: 'volunteer-links',
  id: 'volunteerId',
  commands: [
    births(LinkVolunteer, linkVolunteer, {
      words: { zh: '志愿者联系服务站', en: 'Link a volunteer to a station' },
      by: staff,
      within: place,
      reads: { volunteer: of(volunteer, 'volunteerId'), ...atStation },
    }),
    acts(UnlinkVolunteer, unlinkVolunteer, {
      words: { zh: '结束志愿者与服务站的联系', en: 'End the link of a volunteer to a station' },
      by: staff,
      within: place,
      reads: atStation,
    }),
    acts(SetPrimaryStation, setPrimaryStation, {
      words: { zh: '确定主要服务站', en: 'Set the primary station of a volunteer' },
      by: staff,
      within: place,
      reads: atStation,
    }),
    acts(TransferVolunteer, transferVolunteer, {
      words: { zh: '志愿者转站', en: 'Move a volunteer to another station' },
      by: staff,
      // The station that has the volunteer gives the volunteer away.
      within: ({ fromStation, center }, { fromStationId }) => ({
        stationId: fromStationId,
        centerId: fromStation.centerId,
        divisionId: center.divisionId,
      }),
      reads: {
        volunteer: of(volunteer, 'volunteerId'),
        fromStation: of(stationStanding, 'fromStationId'),
        toStation: of(stationStanding, 'toStationId'),
        center: of(centerStanding, (_: object, { fromStation }: { fromStation: StationStanding }) => fromStation.centerId),
      },
    }),
  ],
  views: [candidateFinder, candidateExclusions],
  projections: [volunteerLinkPeriods, volunteerLinkEnds, stationVolunteers],
  policies: [releaseVolunteersOfClosedStation],
});
