import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { PostingFact } from '@lib/workforce/posting/posting.events.js';
import type { ServiceField, SocialWorkerFact } from '@lib/workforce/social-worker/social-worker.events.js';
import type { CommunitySlotFact } from './community-slot.events.js';
import type { ServiceStationFact } from './service-station.events.js';

interface Opened {
  readonly centerId: string;
  readonly name: string;
  readonly communities: readonly string[];
  readonly serviceFields: readonly ServiceField[];
  readonly openedOn: string;
  readonly workerId?: string | undefined;
  /** The first day of the worker's posting there. */
  readonly workerSince?: string | undefined;
  readonly acting?: { readonly since: string; readonly workerId: string; readonly until: string } | undefined;
}

export type ServiceStation =
  | { readonly stage: 'unopened' }
  | ({ readonly stage: 'open' | 'suspended' } & Opened)
  | { readonly stage: 'closed'; readonly centerId: string };

export type LivingStation = Extract<ServiceStation, { stage: 'open' | 'suspended' }>;

export const isLiving = (station: ServiceStation): station is LivingStation =>
  station.stage === 'open' || station.stage === 'suspended';

export const communitiesOf = (station: ServiceStation): readonly string[] => (isLiving(station) ? station.communities : []);

const amended = (station: ServiceStation, change: Partial<Opened>): ServiceStation =>
  isLiving(station) ? { ...station, ...change } : station;

export const serviceStation: Aggregate<ServiceStation, ServiceStationFact> = {
  category: 'serviceStation',
  initial: { stage: 'unopened' },
  evolve(station, { type, data }): ServiceStation {
    switch (type) {
      case 'ServiceStationOpened': {
        const { centerId, name, communities, serviceFields, openedOn } = data;
        return { stage: 'open', centerId, name, communities, serviceFields, openedOn };
      }
      case 'StationCoverageSet':
        return amended(station, { communities: data.communities });
      case 'StationServiceFieldsSet':
        return amended(station, { serviceFields: data.serviceFields });
      case 'SocialWorkerAssigned':
      case 'SocialWorkerReplaced':
        return amended(station, { workerId: data.workerId, workerSince: data.from });
      case 'SocialWorkerRelieved':
        return amended(station, { workerId: undefined, workerSince: undefined });
      case 'ActingWorkerAppointed':
        return amended(station, { acting: { workerId: data.workerId, since: data.from, until: data.until } });
      case 'ActingWorkerDismissed':
        return amended(station, { acting: undefined });
      case 'ServiceStationSuspended':
        return station.stage === 'open' ? { ...station, stage: 'suspended' } : station;
      case 'ServiceStationResumed':
        return station.stage === 'suspended' ? { ...station, stage: 'open' } : station;
      case 'StationMovedToCenter':
        return amended(station, { centerId: data.centerId });
      case 'ServiceStationClosed':
        return { stage: 'closed', centerId: data.centerId };
    }
  },
};

/** Which station covers a community. */
export interface CommunitySlot {
  readonly stationId?: string;
}

export const communitySlot: Aggregate<CommunitySlot, CommunitySlotFact> = {
  category: 'communitySlot',
  initial: {},
  evolve: (_, { type, data }) => (type === 'CommunityCovered' ? { stationId: data.stationId } : {}),
};

/** What the service network must know of a worker: in the register, and neither suspended nor retired. */
export interface WorkerStanding {
  readonly registeredOn?: string | undefined;
  readonly mayLeadStation: boolean;
}

export const workerStanding: Aggregate<WorkerStanding, SocialWorkerFact> = {
  category: 'socialWorker',
  initial: { mayLeadStation: false },
  evolve(worker, { type, data }): WorkerStanding {
    switch (type) {
      case 'WorkerRegistered':
        return { registeredOn: data.registeredOn, mayLeadStation: true };
      case 'WorkerReinstated':
        return { ...worker, mayLeadStation: true };
      case 'WorkerSuspended':
      case 'WorkerRetired':
        return { ...worker, mayLeadStation: false };
      default:
        return worker;
    }
  },
};

/** What the service network must know of a worker's postings. */
export interface PostingStanding {
  /** The station of the primary posting. */
  readonly primary?: string | undefined;
  readonly acting: readonly string[];
}

export const postingStanding: Aggregate<PostingStanding, PostingFact> = {
  category: 'posting',
  initial: { acting: [] },
  evolve(posting, { type, data }): PostingStanding {
    if (data.kind === 'PRIMARY') return { ...posting, primary: type === 'PostingStarted' ? data.stationId : undefined };
    const others = posting.acting.filter(stationId => stationId !== data.stationId);
    return { ...posting, acting: type === 'PostingStarted' ? [...others, data.stationId] : others };
  },
};
