import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, integer, listOf, oneOf, personal, sensitive, text } from '@lib/platform/kernel/shape.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';

const event = eventsOf('volunteer', 'volunteerId');

/** What a volunteer can do. @source 三(三) */
export const volunteerSkills = [
  'COMPANIONSHIP',
  'COUNSELLING',
  'MEDICAL',
  'LEGAL',
  'TUTORING',
  'IT',
  'ARTS',
  'SPORTS',
  'DRIVING',
  'TRANSLATION_KOREAN',
  'HANDICRAFT',
  'COOKING',
  'FIRST_AID',
  'OTHER',
] as const;
export type VolunteerSkill = (typeof volunteerSkills)[number];

export const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export const partsOfDay = ['MORNING', 'AFTERNOON', 'EVENING'] as const;
export type WeeklySlot = `${(typeof weekdays)[number]}_${(typeof partsOfDay)[number]}`;
/** The parts of a week in which a volunteer may have time. */
export const weeklySlots: readonly WeeklySlot[] = weekdays.flatMap(weekday =>
  partsOfDay.map((part): WeeklySlot => `${weekday}_${part}`),
);

export const withdrawalReasons = ['OWN_WISH', 'MOVED_AWAY', 'STAFF_DECISION', 'OTHER'] as const;
export type WithdrawalReason = (typeof withdrawalReasons)[number];

/** A person applied to be a volunteer. @source 二(一), 三(三) */
export class VolunteerRegistered extends event(
  'VolunteerRegistered',
  1,
  {
    volunteerId: id,
    homeDivisionId: id,
    name: personal('volunteerId', text),
    birthYear: personal('volunteerId', integer),
    idNumber: sensitive('volunteerId', text),
    phone: sensitive('volunteerId', text),
    phoneTail: personal('volunteerId', text),
    skills: listOf(oneOf(...volunteerSkills)),
    fields: listOf(oneOf(...serviceFields)),
    registeredOn: date,
    personKeyId: id,
  },
  { zh: '“{name}”申请成为志愿者({registeredOn})', en: '“{name}” applied to be a volunteer ({registeredOn})' },
) {}

/** An applicant became a volunteer, with a number to be known by. */
export class VolunteerAccepted extends event(
  'VolunteerAccepted',
  1,
  { volunteerId: id, volunteerNo: text, on: date },
  { zh: '接纳为志愿者(编号 {volunteerNo},{on})', en: 'The volunteer was accepted (number {volunteerNo}, {on})' },
) {}

/** An application was declined; the person may apply anew. */
export class VolunteerDeclined extends event(
  'VolunteerDeclined',
  1,
  { volunteerId: id, on: date, reason: sensitive('volunteerId', text) },
  { zh: '未接纳志愿者申请({on}):{reason}', en: 'The application was declined ({on}): {reason}' },
) {}

/** The record says one more thing that the volunteer can do. */
export class VolunteerSkillRecorded extends event(
  'VolunteerSkillRecorded',
  1,
  { volunteerId: id, skill: oneOf(...volunteerSkills) },
  { zh: '登记技能 {skill}', en: 'The skill {skill} was recorded' },
) {}

/** When in a week the volunteer has time from now on. */
export class VolunteerAvailabilityDeclared extends event(
  'VolunteerAvailabilityDeclared',
  1,
  { volunteerId: id, slots: listOf(oneOf(...weeklySlots)) },
  { zh: '可服务时段定为 {slots}', en: 'The volunteer has time on {slots}' },
) {}

/** A volunteer may not be linked to stations for the time being; links that there are stay. */
export class VolunteerSuspended extends event(
  'VolunteerSuspended',
  1,
  { volunteerId: id, from: date, reason: sensitive('volunteerId', text) },
  { zh: '暂停志愿服务(自 {from}):{reason}', en: 'The volunteer was suspended (from {from}): {reason}' },
) {}

/** A suspended volunteer may serve again. */
export class VolunteerReinstated extends event(
  'VolunteerReinstated',
  1,
  { volunteerId: id, from: date },
  { zh: '恢复志愿服务(自 {from})', en: 'The volunteer was reinstated (from {from})' },
) {}

/** A volunteer left; links ended with the same stroke, and what was done stays on record. */
export class VolunteerWithdrawn extends event(
  'VolunteerWithdrawn',
  1,
  { volunteerId: id, on: date, because: oneOf(...withdrawalReasons) },
  { zh: '退出志愿服务({on},{because})', en: 'The volunteer withdrew ({on}, {because})' },
) {}

export type VolunteerFact =
  | VolunteerRegistered
  | VolunteerAccepted
  | VolunteerDeclined
  | VolunteerSkillRecorded
  | VolunteerAvailabilityDeclared
  | VolunteerSuspended
  | VolunteerReinstated
  | VolunteerWithdrawn;
