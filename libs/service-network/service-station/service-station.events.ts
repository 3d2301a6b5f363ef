import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, flag, id, listOf, oneOf, optional, sensitive, text } from '@lib/platform/kernel/shape.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';

const event = eventsOf('serviceStation', 'stationId');

/** A station opened its doors; residents of its communities may be sent there. @source 三(二)2 */
export class ServiceStationOpened extends event(
  'ServiceStationOpened',
  1,
  {
    stationId: id,
    centerId: id,
    name: text,
    communities: listOf(id),
    serviceFields: listOf(oneOf(...serviceFields)),
    openedOn: date,
  },
  { zh: '服务站“{name}”开放({openedOn})', en: 'Station “{name}” opened ({openedOn})' },
) {}

/** Which communities the station covers from now on. */
export class StationCoverageSet extends event(
  'StationCoverageSet',
  1,
  { stationId: id, communities: listOf(id) },
  { zh: '覆盖社区定为“{communities}”', en: 'The station now covers “{communities}”' },
) {}

/** In which fields the station serves from now on. */
export class StationServiceFieldsSet extends event(
  'StationServiceFieldsSet',
  1,
  { stationId: id, serviceFields: listOf(oneOf(...serviceFields)) },
  { zh: '服务领域定为 {serviceFields}', en: 'The fields of service were set to {serviceFields}' },
) {}

/** The station got its social worker. @source 三(二)2 */
export class SocialWorkerAssigned extends event(
  'SocialWorkerAssigned',
  1,
  { stationId: id, workerId: id, from: date },
  { zh: '社工“{workerId}”到站任职(自 {from})', en: 'Social worker “{workerId}” was assigned (from {from})' },
) {}

/** Another social worker took the place of the station's own in one stroke. */
export class SocialWorkerReplaced extends event(
  'SocialWorkerReplaced',
  1,
  { stationId: id, formerWorkerId: id, workerId: id, from: date },
  {
    zh: '社工“{workerId}”接替“{formerWorkerId}”(自 {from})',
    en: 'Social worker “{workerId}” replaced “{formerWorkerId}” (from {from})',
  },
) {}

export const relievingReasons = ['TRANSFER', 'LEAVE', 'WORKER_SUSPENDED', 'WORKER_RETIRED', 'OTHER'] as const;
export type RelievingReason = (typeof relievingReasons)[number];

/** The station's social worker was relieved; the post is vacant. */
export class SocialWorkerRelieved extends event(
  'SocialWorkerRelieved',
  1,
  { stationId: id, workerId: id, until: date, because: oneOf(...relievingReasons) },
  {
    zh: '社工“{workerId}”离任({until},{because}),岗位空缺',
    en: 'Social worker “{workerId}” was relieved ({until}, {because}); the post is vacant',
  },
) {}

/** Somebody leads the station for a time while the post is vacant. */
export class ActingWorkerAppointed extends event(
  'ActingWorkerAppointed',
  1,
  { stationId: id, workerId: id, from: date, until: date },
  { zh: '“{workerId}”代理负责(自 {from} 至 {until})', en: '“{workerId}” acts for the station (from {from} until {until})' },
) {}

/** The acting worker's time at the station ended. */
export class ActingWorkerDismissed extends event(
  'ActingWorkerDismissed',
  1,
  { stationId: id, workerId: id, until: date },
  { zh: '“{workerId}”代理结束({until})', en: '“{workerId}” no longer acts for the station ({until})' },
) {}

/** A station stopped its work for a time. */
export class ServiceStationSuspended extends event(
  'ServiceStationSuspended',
  1,
  { stationId: id, from: date, reason: sensitive('stationId', text) },
  { zh: '服务站暂停(自 {from}):{reason}', en: 'The station was suspended (from {from}): {reason}' },
) {}

/** A suspended station took up its work again. */
export class ServiceStationResumed extends event(
  'ServiceStationResumed',
  1,
  { stationId: id, from: date },
  { zh: '服务站恢复(自 {from})', en: 'The station resumed (from {from})' },
) {}

/** The station belongs to another center from now on. */
export class StationMovedToCenter extends event(
  'StationMovedToCenter',
  1,
  { stationId: id, formerCenterId: id, centerId: id },
  { zh: '服务站由“{formerCenterId}”改属“{centerId}”', en: 'The station went from “{formerCenterId}” to “{centerId}”' },
) {}

/** A station closed for good; the hand-over plan says what becomes of its volunteers. */
export class ServiceStationClosed extends event(
  'ServiceStationClosed',
  1,
  {
    stationId: id,
    centerId: id,
    on: date,
    reason: sensitive('stationId', text),
    successorId: optional(id),
    volunteersFollow: flag,
  },
  {
    zh: '服务站关闭({on}[,由“{successorId}”承接]):{reason}',
    en: 'The station closed ({on}[, succeeded by “{successorId}”]): {reason}',
  },
) {}

export type ServiceStationFact =
  | ServiceStationOpened
  | StationCoverageSet
  | StationServiceFieldsSet
  | SocialWorkerAssigned
  | SocialWorkerReplaced
  | SocialWorkerRelieved
  | ActingWorkerAppointed
  | ActingWorkerDismissed
  | ServiceStationSuspended
  | ServiceStationResumed
  | StationMovedToCenter
  | ServiceStationClosed;
