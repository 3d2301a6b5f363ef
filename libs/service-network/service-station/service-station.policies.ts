import { ask } from '@lib/platform/cqrs/envelope.js';
import { policy, type Readings } from '@lib/platform/kernel/policy.js';
import { WorkerRetired, WorkerSuspended } from '@lib/workforce/social-worker/social-worker.events.js';
import { RelieveSocialWorker } from './service-station.commands.js';
import type { RelievingReason } from './service-station.events.js';
import { postingStanding, workerStanding } from './service-station.js';

async function relieveEverywhere(workerId: string, because: RelievingReason, readings: Readings) {
  // Reinstated meanwhile: whoever was assigned since then stays.
  if ((await readings.state(workerStanding, workerId)).mayLeadStation) return [];
  const { primary, acting } = await readings.state(postingStanding, workerId);
  const stations = [...(primary ? [primary] : []), ...acting];
  return stations.map(stationId => ask(RelieveSocialWorker, { stationId, workerId, because }));
}

/** When a worker is suspended, the station becomes vacant. */
export const relieveSuspendedWorker = policy('relieve-suspended-worker', WorkerSuspended, ({ workerId }, readings) =>
  relieveEverywhere(workerId, 'WORKER_SUSPENDED', readings),
);

/** When a worker retires, the station becomes vacant. */
export const relieveRetiredWorker = policy('relieve-retired-worker', WorkerRetired, ({ workerId }, readings) =>
  relieveEverywhere(workerId, 'WORKER_RETIRED', readings),
);
