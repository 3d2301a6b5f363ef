import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { ServiceCenterFact } from '@lib/service-network/service-center/service-center.events.js';
import type { ServiceStationFact } from '@lib/service-network/service-station/service-station.events.js';
import type { VolunteerLinkFact } from './volunteer-link.events.js';

export interface Link {
  readonly stationId: string;
  readonly from: string;
  readonly primary: boolean;
}

/** The stations that a volunteer serves now. */
export interface VolunteerLinks {
  readonly active: readonly Link[];
}

export const linkTo = ({ active }: VolunteerLinks, stationId: string) => active.find(link => link.stationId === stationId);
export const primaryOf = ({ active }: VolunteerLinks) => active.find(({ primary }) => primary);

const without = ({ active }: VolunteerLinks, stationId: string) => active.filter(link => link.stationId !== stationId);

export const volunteerLinks: Aggregate<VolunteerLinks, VolunteerLinkFact> = {
  category: 'volunteerLink',
  initial: { active: [] },
  evolve(links, { type, data }): VolunteerLinks {
    switch (type) {
      case 'VolunteerLinkedToStation': {
        const { stationId, from, primary } = data;
        return { active: [...without(links, stationId), { stationId, from, primary }] };
      }
      case 'VolunteerUnlinked':
        return { active: without(links, data.stationId) };
      case 'PrimaryStationSet':
        return { active: links.active.map(link => ({ ...link, primary: link.stationId === data.stationId })) };
      case 'VolunteerTransferred': {
        const { fromStationId, toStationId, on, primary } = data;
        return { active: [...without(links, fromStationId), { stationId: toStationId, from: on, primary }] };
      }
    }
  },
};

/** What volunteering must know of a station. */
export interface StationStanding {
  readonly stage: 'unopened' | 'open' | 'suspended' | 'closed';
  readonly centerId?: string;
  readonly openedOn?: string;
}

export const stationStanding: Aggregate<StationStanding, ServiceStationFact> = {
  category: 'serviceStation',
  initial: { stage: 'unopened' },
  evolve(station, { type, data }): StationStanding {
    switch (type) {
      case 'ServiceStationOpened':
        return { stage: 'open', centerId: data.centerId, openedOn: data.openedOn };
      case 'ServiceStationSuspended':
        return { ...station, stage: 'suspended' };
      case 'ServiceStationResumed':
        return { ...station, stage: 'open' };
      case 'StationMovedToCenter':
        return { ...station, centerId: data.centerId };
      case 'ServiceStationClosed':
        return { stage: 'closed', centerId: data.centerId };
      default:
        return station;
    }
  },
};

/** What volunteering must know of a center: where it lies. */
export interface CenterStanding {
  readonly divisionId?: string;
}

export const centerStanding: Aggregate<CenterStanding, ServiceCenterFact> = {
  category: 'serviceCenter',
  initial: {},
  evolve(center, { type, data }): CenterStanding {
    switch (type) {
      case 'ServiceCenterEstablished':
      case 'ServiceCenterReassigned':
        return { divisionId: data.divisionId };
      default:
        return center;
    }
  },
};
