import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, oneOf, optional, text } from '@lib/platform/kernel/shape.js';
import { operatingModels, type ServiceCenterFact } from './service-center.events.js';

/** What the outside is told of a center. Which stations it has is told by the stations. */
export const serviceCenterFeed = publication<ServiceCenterFact>()({
  noun: 'service-center',
  category: 'serviceCenter',
  id: 'centerId',
  tells: {
    ServiceCenterEstablished: { divisionId: tell, name: tell, operatingModel: tell, establishedOn: tell },
    ServiceCenterRenamed: { name: tell },
    OperatingModelSet: { operatingModel: tell },
    ServiceCenterSuspended: { from: tell },
    ServiceCenterResumed: { from: tell },
    ServiceCenterReassigned: { formerDivisionId: tell, divisionId: tell },
    ServiceCenterMerged: { divisionId: tell, successorId: tell, on: tell },
    ServiceCenterClosed: { divisionId: tell, successorId: tell, on: tell },
    StationJoinedCenter: keep,
    StationLeftCenter: keep,
  },
})
  .withState({
    centerId: id,
    divisionId: id,
    name: text,
    operatingModel: optional(oneOf(...operatingModels)),
    stage: oneOf('active', 'suspended', 'merged', 'closed'),
    establishedOn: date,
    endedOn: optional(date),
    successorId: optional(id),
  })
  .foldedBy({
    ServiceCenterEstablished: (_, established) => ({ ...established, stage: 'active' }),
    ServiceCenterRenamed: (center, { name }) => ({ ...center, name }),
    OperatingModelSet: (center, { operatingModel }) => ({ ...center, operatingModel }),
    ServiceCenterSuspended: center => ({ ...center, stage: 'suspended' }),
    ServiceCenterResumed: center => ({ ...center, stage: 'active' }),
    ServiceCenterReassigned: (center, { divisionId }) => ({ ...center, divisionId }),
    ServiceCenterMerged: (center, { successorId, on }) => ({ ...center, stage: 'merged', endedOn: on, successorId }),
    ServiceCenterClosed: (center, { successorId, on }) => ({ ...center, stage: 'closed', endedOn: on, successorId }),
  });
