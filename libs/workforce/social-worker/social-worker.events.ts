import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, integer, listOf, oneOf, optional, personal, sensitive, text } from '@lib/platform/kernel/shape.js';

const event = eventsOf('socialWorker', 'workerId');

/** The levels of the profession by certificate. @source 四(二)1 */
export const professionalLevels = ['ASSISTANT', 'INTERMEDIATE', 'SENIOR'] as const;
export type ProfessionalLevel = (typeof professionalLevels)[number];

export const professionalStatuses = ['UNCERTIFIED', 'CERTIFIED', 'REGISTERED', 'LAPSED'] as const;
export type ProfessionalStatus = (typeof professionalStatuses)[number];

/** The fields of service that the plan names. @source 二(二), 三(三)2 */
export const serviceFields = [
  'SOCIAL_ASSISTANCE',
  'SOCIAL_WELFARE',
  'COMMUNITY_BUILDING',
  'VETERANS_PLACEMENT',
  'CHARITY',
  'DISASTER_RELIEF',
  'HEALTH',
  'JUDICIAL_CORRECTION',
  'EMPLOYMENT',
  'EDUCATION_GUIDANCE',
  'TRADE_UNION',
  'YOUTH_LEAGUE',
  'WOMENS_FEDERATION',
  'ELDERLY',
  'DISABLED',
  'YOUTH',
  'WOMEN_AND_CHILDREN',
  'MIGRANTS',
  'MARRIAGE_AND_FAMILY',
] as const;
export type ServiceField = (typeof serviceFields)[number];

/** A person entered the talent register as a social worker. @source 四(二)2 */
export class WorkerRegistered extends event(
  'WorkerRegistered',
  1,
  {
    workerId: id,
    homeDivisionId: id,
    name: personal('workerId', text),
    birthYear: personal('workerId', integer),
    idNumber: sensitive('workerId', text),
    phone: optional(sensitive('workerId', text)),
    phoneTail: optional(personal('workerId', text)),
    specialisms: listOf(text),
    registeredOn: date,
    personKeyId: optional(id),
  },
  { zh: '社工“{name}”入库登记', en: 'Social worker “{name}” entered the register' },
) {}

/** A wrong name or ID number in the register was put right; what was right already is left out. */
export class WorkerIdentityCorrected extends event(
  'WorkerIdentityCorrected',
  1,
  {
    workerId: id,
    name: optional(personal('workerId', text)),
    birthYear: optional(personal('workerId', integer)),
    idNumber: optional(sensitive('workerId', text)),
    personKeyId: optional(id),
  },
  { zh: '更正登记的姓名或身份证号码', en: 'The name or the ID number in the register was put right' },
) {}

/** A worker can be reached in another way. */
export class WorkerContactUpdated extends event(
  'WorkerContactUpdated',
  1,
  { workerId: id, phone: sensitive('workerId', text), phoneTail: personal('workerId', text) },
  { zh: '更新联系方式(尾号 {phoneTail})', en: 'The contact was updated (number ending {phoneTail})' },
) {}

/** A certificate of the worker was verified: level and status of the profession follow from it. */
export class WorkerStatusChanged extends event(
  'WorkerStatusChanged',
  1,
  { workerId: id, status: oneOf(...professionalStatuses), level: oneOf(...professionalLevels) },
  { zh: '专业身份为 {status},级别 {level}', en: 'The professional status is {status}, level {level}' },
) {}

/** A worker may not lead a station for the time being. */
export class WorkerSuspended extends event(
  'WorkerSuspended',
  1,
  { workerId: id, from: date, reason: sensitive('workerId', text) },
  { zh: '暂停执业(自 {from}):{reason}', en: 'The worker was suspended (from {from}): {reason}' },
) {}

/** A suspended worker may lead a station again. */
export class WorkerReinstated extends event(
  'WorkerReinstated',
  1,
  { workerId: id, from: date },
  { zh: '恢复执业(自 {from})', en: 'The worker was reinstated (from {from})' },
) {}

/** A worker left the profession for good; the record stays. */
export class WorkerRetired extends event(
  'WorkerRetired',
  1,
  { workerId: id, on: date },
  { zh: '退休({on})', en: 'The worker retired ({on})' },
) {}

export type SocialWorkerFact =
  | WorkerRegistered
  | WorkerIdentityCorrected
  | WorkerContactUpdated
  | WorkerStatusChanged
  | WorkerSuspended
  | WorkerReinstated
  | WorkerRetired;
