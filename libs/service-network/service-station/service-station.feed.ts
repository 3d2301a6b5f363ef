import { publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, listOf, oneOf, optional, text } from '@lib/platform/kernel/shape.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';
import type { ServiceStationFact } from './service-station.events.js';

/** What the outside is told of a station. */
export const serviceStationFeed = publication<ServiceStationFact>()({
  noun: 'service-station',
  category: 'serviceStation',
  id: 'stationId',
  tells: {
    ServiceStationOpened: { centerId: tell, name: tell, communities: tell, serviceFields: tell, openedOn: tell },
    StationCoverageSet: { communities: tell },
    StationServiceFieldsSet: { serviceFields: tell },
    SocialWorkerAssigned: { workerId: tell, from: tell },
    SocialWorkerReplaced: { formerWorkerId: tell, workerId: tell, from: tell },
    SocialWorkerRelieved: { workerId: tell, until: tell, because: tell },
    ActingWorkerAppointed: { workerId: tell, from: tell, until: tell },
    ActingWorkerDismissed: { workerId: tell, until: tell },
    ServiceStationSuspended: { from: tell },
    ServiceStationResumed: { from: tell },
    StationMovedToCenter: { formerCenterId: tell, centerId: tell },
    ServiceStationClosed: { centerId: tell, on: tell, successorId: tell, volunteersFollow: tell },
  },
})
  .withState({
    stationId: id,
    centerId: id,
    name: text,
    communities: listOf(id),
    serviceFields: listOf(oneOf(...serviceFields)),
    stage: oneOf('open', 'suspended', 'closed'),
    openedOn: date,
    closedOn: optional(date),
    workerId: optional(id),
    actingWorkerId: optional(id),
    successorId: optional(id),
  })
  .foldedBy({
    ServiceStationOpened: (_, opened) => ({ ...opened, stage: 'open' }),
    StationCoverageSet: (station, { communities }) => ({ ...station, communities }),
    StationServiceFieldsSet: (station, { serviceFields: fields }) => ({ ...station, serviceFields: fields }),
    SocialWorkerAssigned: (station, { workerId }) => ({ ...station, workerId }),
    SocialWorkerReplaced: (station, { workerId }) => ({ ...station, workerId }),
    SocialWorkerRelieved: station => ({ ...station, workerId: undefined }),
    ActingWorkerAppointed: (station, { workerId }) => ({ ...station, actingWorkerId: workerId }),
    ActingWorkerDismissed: station => ({ ...station, actingWorkerId: undefined }),
    ServiceStationSuspended: station => ({ ...station, stage: 'suspended' }),
    ServiceStationResumed: station => ({ ...station, stage: 'open' }),
    StationMovedToCenter: (station, { centerId }) => ({ ...station, centerId }),
    ServiceStationClosed: (station, { on, successorId }) => ({ ...station, stage: 'closed', closedOn: on, successorId }),
  });
