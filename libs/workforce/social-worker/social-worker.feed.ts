import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, oneOf, optional } from '@lib/platform/kernel/shape.js';
import { professionalLevels, professionalStatuses, type SocialWorkerFact } from './social-worker.events.js';

/**
 * What the outside is told of a worker: an id without a name, and what counts for the statistics. Where somebody lives and whether
 * two records are one human stays in the house; specialisms are free text.
 */
export const socialWorkerFeed = publication<SocialWorkerFact>()({
  noun: 'social-worker',
  category: 'socialWorker',
  id: 'workerId',
  tells: {
    WorkerRegistered: { homeDivisionId: keep, specialisms: keep, registeredOn: tell, personKeyId: keep },
    WorkerIdentityCorrected: keep,
    WorkerContactUpdated: keep,
    WorkerStatusChanged: { status: tell, level: tell },
    WorkerSuspended: { from: tell },
    WorkerReinstated: { from: tell },
    WorkerRetired: { on: tell },
  },
})
  .withState({
    workerId: id,
    registeredOn: date,
    stage: oneOf('active', 'suspended', 'retired'),
    status: oneOf(...professionalStatuses),
    level: optional(oneOf(...professionalLevels)),
  })
  .foldedBy({
    WorkerRegistered: (_, registered) => ({ ...registered, stage: 'active', status: 'UNCERTIFIED' }),
    WorkerStatusChanged: (worker, { status, level }) => ({ ...worker, status, level }),
    WorkerSuspended: worker => ({ ...worker, stage: 'suspended' }),
    WorkerReinstated: worker => ({ ...worker, stage: 'active' }),
    WorkerRetired: worker => ({ ...worker, stage: 'retired' }),
  });
