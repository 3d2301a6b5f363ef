import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, oneOf, optional, sensitive, text } from '@lib/platform/kernel/shape.js';

const event = eventsOf('serviceCenter', 'centerId');

/** The three ways to run a center: bought from an organisation, converted in house, or held by the residents' committee. @source 五(二) */
export const operatingModels = ['GOV_PURCHASED', 'IN_HOUSE_CONVERTED', 'COMMITTEE_CONCURRENT'] as const;
export type OperatingModel = (typeof operatingModels)[number];

/** A street or town got its service center. @source 三(二)2 */
export class ServiceCenterEstablished extends event(
  'ServiceCenterEstablished',
  1,
  { centerId: id, divisionId: id, name: text, operatingModel: optional(oneOf(...operatingModels)), establishedOn: date },
  { zh: '在“{divisionId}”设立社工服务中心“{name}”', en: 'Service center “{name}” was established in “{divisionId}”' },
) {}

/** A center got another name. */
export class ServiceCenterRenamed extends event(
  'ServiceCenterRenamed',
  1,
  { centerId: id, name: text },
  { zh: '服务中心更名为“{name}”', en: 'The center was renamed “{name}”' },
) {}

/** How the center is run from now on. */
export class OperatingModelSet extends event(
  'OperatingModelSet',
  1,
  { centerId: id, operatingModel: oneOf(...operatingModels) },
  { zh: '运行模式定为 {operatingModel}', en: 'The operating model was set to {operatingModel}' },
) {}

/** A center stopped its work for a time; it opens no stations meanwhile. */
export class ServiceCenterSuspended extends event(
  'ServiceCenterSuspended',
  1,
  { centerId: id, from: date, reason: sensitive('centerId', text) },
  { zh: '服务中心停业(自 {from}):{reason}', en: 'The center was suspended (from {from}): {reason}' },
) {}

/** A suspended center took up its work again. */
export class ServiceCenterResumed extends event(
  'ServiceCenterResumed',
  1,
  { centerId: id, from: date },
  { zh: '服务中心恢复(自 {from})', en: 'The center resumed (from {from})' },
) {}

/** A center now serves another street or town, as after a change of divisions. */
export class ServiceCenterReassigned extends event(
  'ServiceCenterReassigned',
  1,
  { centerId: id, formerDivisionId: id, divisionId: id },
  { zh: '服务中心由“{formerDivisionId}”改属“{divisionId}”', en: 'The center went from “{formerDivisionId}” to “{divisionId}”' },
) {}

/** A center ended by going into another one, which took its stations. */
export class ServiceCenterMerged extends event(
  'ServiceCenterMerged',
  1,
  { centerId: id, divisionId: id, successorId: id, on: date },
  { zh: '服务中心并入“{successorId}”', en: 'The center was merged into “{successorId}”' },
) {}

/** A center closed for good; its open stations, if any, went to the successor. */
export class ServiceCenterClosed extends event(
  'ServiceCenterClosed',
  1,
  { centerId: id, divisionId: id, successorId: optional(id), on: date, reason: sensitive('centerId', text) },
  {
    zh: '服务中心关闭({on}[,由“{successorId}”承接]):{reason}',
    en: 'The center closed ({on}[, succeeded by “{successorId}”]): {reason}',
  },
) {}

/** The roster of a center: which stations it has. Written with the station's own fact. */
export class StationJoinedCenter extends event(
  'StationJoinedCenter',
  1,
  { centerId: id, stationId: id },
  { zh: '服务站“{stationId}”归属本中心', en: 'Station “{stationId}” joined the center' },
) {}

/** A station of the center closed or moved to another one. */
export class StationLeftCenter extends event(
  'StationLeftCenter',
  1,
  { centerId: id, stationId: id },
  { zh: '服务站“{stationId}”不再归属本中心', en: 'Station “{stationId}” left the center' },
) {}

export type ServiceCenterFact =
  | ServiceCenterEstablished
  | ServiceCenterRenamed
  | OperatingModelSet
  | ServiceCenterSuspended
  | ServiceCenterResumed
  | ServiceCenterReassigned
  | ServiceCenterMerged
  | ServiceCenterClosed
  | StationJoinedCenter
  | StationLeftCenter;
