import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { DivisionFact, DivisionLevel } from '@lib/territory/division/division.events.js';
import type { CenterSlotFact } from './center-slot.events.js';
import type { OperatingModel, ServiceCenterFact } from './service-center.events.js';

interface Established {
  readonly divisionId: string;
  readonly establishedOn: string;
  readonly name: string;
  readonly operatingModel?: OperatingModel | undefined;
  /** The stations that it has and that are not closed. */
  readonly stations: readonly string[];
}

export type ServiceCenter =
  | { readonly stage: 'unestablished' }
  | ({ readonly stage: 'active' | 'suspended' } & Established)
  | { readonly stage: 'closed'; readonly divisionId: string };

const amended = (center: ServiceCenter, change: Partial<Established>): ServiceCenter =>
  center.stage === 'active' || center.stage === 'suspended' ? { ...center, ...change } : center;

export const stationsOf = (center: ServiceCenter) =>
  center.stage === 'active' || center.stage === 'suspended' ? center.stations : [];

export const serviceCenter: Aggregate<ServiceCenter, ServiceCenterFact> = {
  category: 'serviceCenter',
  initial: { stage: 'unestablished' },
  evolve(center, { type, data }): ServiceCenter {
    switch (type) {
      case 'ServiceCenterEstablished': {
        const { divisionId, establishedOn, name, operatingModel } = data;
        return { stage: 'active', divisionId, establishedOn, name, operatingModel, stations: [] };
      }
      case 'ServiceCenterRenamed':
        return amended(center, { name: data.name });
      case 'OperatingModelSet':
        return amended(center, { operatingModel: data.operatingModel });
      case 'ServiceCenterSuspended':
        return center.stage === 'active' ? { ...center, stage: 'suspended' } : center;
      case 'ServiceCenterResumed':
        return center.stage === 'suspended' ? { ...center, stage: 'active' } : center;
      case 'ServiceCenterReassigned':
        return amended(center, { divisionId: data.divisionId });
      case 'ServiceCenterMerged':
      case 'ServiceCenterClosed':
        return { stage: 'closed', divisionId: data.divisionId };
      case 'StationJoinedCenter':
        return amended(center, { stations: [...stationsOf(center), data.stationId] });
      case 'StationLeftCenter':
        return amended(center, { stations: stationsOf(center).filter(stationId => stationId !== data.stationId) });
    }
  },
};

/** Who holds the one place for a center in a street or town. */
export interface CenterSlot {
  readonly centerId?: string;
}

export const centerSlot: Aggregate<CenterSlot, CenterSlotFact> = {
  category: 'centerSlot',
  initial: {},
  evolve: (_, { type, data }) => (type === 'CenterSlotTaken' ? { centerId: data.centerId } : {}),
};

/** What the service network must know of a division. */
export interface DivisionStanding {
  readonly active: boolean;
  readonly level?: DivisionLevel;
  readonly parentId?: string | undefined;
  readonly centreRequired: boolean;
}

export const divisionStanding: Aggregate<DivisionStanding, DivisionFact> = {
  category: 'division',
  initial: { active: false, centreRequired: false },
  evolve(division, { type, data }): DivisionStanding {
    switch (type) {
      case 'DivisionDefined':
        return { active: true, level: data.level, parentId: data.parentId, centreRequired: data.centreRequired };
      case 'DivisionReparented':
        return { ...division, parentId: data.parentId };
      case 'DivisionClassified':
        return { ...division, centreRequired: data.centreRequired };
      case 'DivisionMergedInto':
      case 'DivisionSplit':
      case 'DivisionAbolished':
        return { ...division, active: false };
      default:
        return division;
    }
  },
};
