import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { DivisionFact } from '@lib/territory/division/division.events.js';
import type { ProfessionalLevel, ProfessionalStatus, SocialWorkerFact } from './social-worker.events.js';

interface Registered {
  readonly homeDivisionId: string;
  /** The key of the human, claimed as long as the record lives. */
  readonly personKeyId?: string | undefined;
  readonly status: ProfessionalStatus;
  /** The highest one that was verified. */
  readonly level?: ProfessionalLevel;
}

export type SocialWorker =
  | { readonly stage: 'unregistered' }
  | ({ readonly stage: 'active' | 'suspended' } & Registered)
  | ({ readonly stage: 'retired' } & Registered);

export type LivingWorker = Extract<SocialWorker, { stage: 'active' | 'suspended' }>;

const amended = (worker: SocialWorker, change: Partial<Registered>): SocialWorker =>
  worker.stage === 'unregistered' ? worker : { ...worker, ...change };

export const socialWorker: Aggregate<SocialWorker, SocialWorkerFact> = {
  category: 'socialWorker',
  initial: { stage: 'unregistered' },
  evolve(worker, { type, data }): SocialWorker {
    switch (type) {
      case 'WorkerRegistered': {
        const { homeDivisionId, personKeyId } = data;
        return { stage: 'active', homeDivisionId, personKeyId, status: 'UNCERTIFIED' };
      }
      case 'WorkerIdentityCorrected':
        return data.personKeyId ? amended(worker, { personKeyId: data.personKeyId }) : worker;
      case 'WorkerStatusChanged':
        return amended(worker, { status: data.status, level: data.level });
      case 'WorkerSuspended':
        return worker.stage === 'active' ? { ...worker, stage: 'suspended' } : worker;
      case 'WorkerReinstated':
        return worker.stage === 'suspended' ? { ...worker, stage: 'active' } : worker;
      case 'WorkerRetired':
        return worker.stage === 'unregistered' ? worker : { ...worker, stage: 'retired' };
      case 'WorkerContactUpdated':
        return worker;
    }
  },
};

/** What the workforce must know of a division: whether people may have their home there. */
export interface DivisionStanding {
  readonly active: boolean;
}

export const divisionStanding: Aggregate<DivisionStanding, DivisionFact> = {
  category: 'division',
  initial: { active: false },
  evolve(division, { type }): DivisionStanding {
    switch (type) {
      case 'DivisionDefined':
        return { active: true };
      case 'DivisionMergedInto':
      case 'DivisionSplit':
      case 'DivisionAbolished':
        return { active: false };
      default:
        return division;
    }
  },
};
