import { createHash } from 'node:crypto';
import { ArrayUnique, IsArray, IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { theOnly } from '@lib/platform/cqrs/module-table.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { IsChinaMobile } from '@lib/platform/privacy/china-mobile.js';
import { IsCitizenId, parseCitizenId } from '@lib/platform/privacy/citizen-id.js';
import { lastFour } from '@lib/platform/privacy/masks.js';
import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import type { PersonKey } from '@lib/platform/privacy/person-key.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import { requireBegun } from '../volunteer-link/volunteer-link.commands.js';
import { VolunteerUnlinked } from '../volunteer-link/volunteer-link.events.js';
import type { VolunteerLinks } from '../volunteer-link/volunteer-link.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerDeclined,
  VolunteerRegistered,
  VolunteerReinstated,
  VolunteerSkillRecorded,
  volunteerSkills,
  VolunteerSuspended,
  VolunteerWithdrawn,
  weeklySlots,
  withdrawalReasons,
  type VolunteerSkill,
  type WeeklySlot,
  type WithdrawalReason,
} from './volunteer.events.js';
import type { DivisionStanding, LivingVolunteer, Volunteer } from './volunteer.js';

/** Who is younger needs a guardian's consent, which cannot be recorded yet. */
export const youngestVolunteer = 14;

const livingVolunteer = (volunteer: Volunteer): LivingVolunteer => {
  switch (volunteer.stage) {
    case 'unregistered':
      throw new Refusal('volunteer-not-registered', { zh: '该志愿者未登记', en: 'The volunteer is not registered' });
    case 'declined':
      throw new Refusal('volunteer-declined', {
        zh: '该志愿者申请未获接纳;可重新申请',
        en: 'The application was declined; the person may apply anew',
      });
    case 'withdrawn':
      throw new Refusal('volunteer-withdrawn', { zh: '该志愿者已退出', en: 'The volunteer has withdrawn' });
    default:
      return volunteer;
  }
};

const acceptedVolunteer = (volunteer: Volunteer): LivingVolunteer => {
  const living = livingVolunteer(volunteer);
  if (living.stage !== 'applied') return living;
  throw new Refusal('volunteer-not-accepted-yet', { zh: '该志愿者申请尚未接纳', en: 'The application is not decided yet' });
};

const requireIdentity = (idNumber: string, on: string) => {
  const identity = parseCitizenId(idNumber);
  if (!identity) {
    throw new Refusal('id-number-wrong', { zh: '身份证号码不正确(GB 11643)', en: 'The ID number is not right (GB 11643)' });
  }
  const { normalised, birthDate } = identity;
  const birthYear = Number(birthDate.slice(0, 4));
  if (`${birthYear + youngestVolunteer}${birthDate.slice(4)}` > on) {
    throw new Refusal('volunteer-under-age', {
      zh: `未满 ${youngestVolunteer} 周岁须有监护人同意,目前尚不能登记`,
      en: `Under ${youngestVolunteer} a guardian must consent, which cannot be recorded yet`,
    });
  }
  return { normalised, birthYear };
};

/** An application by anybody, or by staff for somebody: the person waits to be accepted. */
export class RegisterVolunteer {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c51" */
  @IsUUID() readonly volunteerId!: string;
  /** The street, town or community where the volunteer lives. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly homeDivisionId!: string;
  /** @example "金顺姬" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** 18 characters, GB 11643. @example "11010519491231002X" */
  @IsCitizenId() readonly idNumber!: string;
  /** @example "13843350002" */
  @IsChinaMobile() readonly phone!: string;
  /** @example ["TRANSLATION_KOREAN", "COMPANIONSHIP"] */
  @IsOptional() @IsArray() @ArrayUnique() @IsIn(volunteerSkills, { each: true }) readonly skills?: VolunteerSkill[];
  /** The fields of service that the volunteer wishes to help in. @example ["ELDERLY"] */
  @IsOptional() @IsArray() @ArrayUnique() @IsIn(serviceFields, { each: true }) readonly fields?: ServiceField[];
}

export function registerVolunteer(
  { volunteerId, homeDivisionId, name, idNumber, phone, skills = [], fields = [] }: RegisterVolunteer,
  { volunteer, division, person }: { volunteer: Volunteer; division: DivisionStanding; person: ReadonlyMap<string, PersonKey> },
  { on }: Circumstances,
) {
  if (volunteer.stage !== 'unregistered') {
    throw new Refusal('volunteer-already-registered', { zh: '该志愿者已登记', en: 'This volunteer was registered already' });
  }
  if (!division.active) {
    throw new Refusal(
      'division-not-active',
      { zh: '该行政区划不存在或已撤并', en: 'The division does not exist or has ended' },
      { divisionId: homeDivisionId },
    );
  }
  const { normalised, birthYear } = requireIdentity(idNumber, on);
  const [personKeyId, { VOLUNTEER: holder }] = theOnly(person);
  // Whose record it is stays unsaid: anybody may apply.
  if (holder && holder !== volunteerId) {
    throw new Refusal('person-already-volunteer', {
      zh: '持此身份证号码的人已有有效的志愿者档案:一人一档',
      en: 'The person with this ID number has a live volunteer record already: one record each',
    });
  }
  return [
    new VolunteerRegistered({
      volunteerId,
      homeDivisionId,
      name,
      birthYear,
      idNumber: normalised,
      phone,
      phoneTail: lastFour(phone),
      skills,
      fields,
      registeredOn: on,
      personKeyId,
    }),
    new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId }),
  ];
}

/** Without I, L, O and U, which are misread or misheard. */
const readable = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The number that a volunteer is known by: follows from the record's id, and says nothing about the person. */
export function volunteerNoOf(volunteerId: string): string {
  const hash = createHash('sha256').update(`volunteerNo\n${volunteerId}`).digest();
  const bits = [...hash.subarray(0, 5)].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return `V${(bits.match(/.{5}/g) ?? []).map(five => readable[Number.parseInt(five, 2)]).join('')}`;
}

/** Make an applicant a volunteer. */
export class AcceptVolunteer {
  @IsUUID() readonly volunteerId!: string;
}

export function acceptVolunteer(
  { volunteerId }: AcceptVolunteer,
  { volunteer }: { volunteer: Volunteer },
  { on }: Circumstances,
) {
  const { stage } = livingVolunteer(volunteer);
  if (stage === 'accepted') return [];
  if (stage === 'suspended') {
    throw new Refusal('volunteer-suspended', {
      zh: '该志愿者已暂停,请用“恢复”',
      en: 'The volunteer is suspended; reinstate instead',
    });
  }
  return [new VolunteerAccepted({ volunteerId, volunteerNo: volunteerNoOf(volunteerId), on })];
}

const releaseOf = ({ personKeyId }: LivingVolunteer, volunteerId: string) =>
  new PersonKeyReleased({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId });

/** Turn an application down. The person may apply anew. */
export class DeclineVolunteer {
  @IsUUID() readonly volunteerId!: string;
  /** @example "住址不在服务范围内" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function declineVolunteer(
  { volunteerId, reason }: DeclineVolunteer,
  { volunteer }: { volunteer: Volunteer; person: PersonKey },
  { on }: Circumstances,
): AnyFact[] {
  if (volunteer.stage === 'declined') return [];
  const applicant = livingVolunteer(volunteer);
  if (applicant.stage !== 'applied') {
    throw new Refusal('volunteer-already-accepted', {
      zh: '该志愿者已接纳;如需停止请暂停或退出',
      en: 'The volunteer was accepted already; suspend or withdraw instead',
    });
  }
  return [new VolunteerDeclined({ volunteerId, on, reason }), releaseOf(applicant, volunteerId)];
}

/** Say one more thing that a volunteer can do. */
export class RecordSkill {
  @IsUUID() readonly volunteerId!: string;
  /** @example "FIRST_AID" */
  @IsIn(volunteerSkills) readonly skill!: VolunteerSkill;
}

export function recordSkill({ volunteerId, skill }: RecordSkill, { volunteer }: { volunteer: Volunteer }) {
  if (livingVolunteer(volunteer).skills.includes(skill)) return [];
  return [new VolunteerSkillRecorded({ volunteerId, skill })];
}

/** Say when in a week a volunteer has time; what was said before holds no more. */
export class DeclareAvailability {
  @IsUUID() readonly volunteerId!: string;
  /** None: no time at present. @example ["SATURDAY_MORNING", "SUNDAY_AFTERNOON"] */
  @IsArray() @ArrayUnique() @IsIn(weeklySlots, { each: true }) readonly slots!: WeeklySlot[];
}

export function declareAvailability({ volunteerId, slots }: DeclareAvailability, { volunteer }: { volunteer: Volunteer }) {
  const { availability: before } = livingVolunteer(volunteer);
  if (before.length === slots.length && before.every(slot => slots.includes(slot))) return [];
  return [new VolunteerAvailabilityDeclared({ volunteerId, slots: weeklySlots.filter(slot => slots.includes(slot)) })];
}

/** Keep a volunteer from being linked to stations for the time being. Links that there are stay. */
export class SuspendVolunteer {
  @IsUUID() readonly volunteerId!: string;
  /** @example "投诉调查期间暂停" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function suspendVolunteer(
  { volunteerId, reason }: SuspendVolunteer,
  { volunteer }: { volunteer: Volunteer },
  { on }: Circumstances,
) {
  if (acceptedVolunteer(volunteer).stage === 'suspended') return [];
  return [new VolunteerSuspended({ volunteerId, from: on, reason })];
}

/** Let a suspended volunteer serve again. */
export class ReinstateVolunteer {
  @IsUUID() readonly volunteerId!: string;
}

export function reinstateVolunteer(
  { volunteerId }: ReinstateVolunteer,
  { volunteer }: { volunteer: Volunteer },
  { on }: Circumstances,
) {
  if (acceptedVolunteer(volunteer).stage === 'accepted') return [];
  return [new VolunteerReinstated({ volunteerId, from: on })];
}

/** Close the record of a volunteer who leaves: links end with the same stroke, what was done stays. Who comes back applies anew. */
export class WithdrawVolunteer {
  @IsUUID() readonly volunteerId!: string;
  /** OTHER when left out. @example "OWN_WISH" */
  @IsOptional() @IsIn(withdrawalReasons) readonly because?: WithdrawalReason;
}

export function withdrawVolunteer(
  { volunteerId, because = 'OTHER' }: WithdrawVolunteer,
  { volunteer, links }: { volunteer: Volunteer; links: VolunteerLinks; person: PersonKey },
  { on }: Circumstances,
): AnyFact[] {
  if (volunteer.stage === 'withdrawn') return [];
  const leaving = livingVolunteer(volunteer);
  for (const link of links.active) requireBegun(link, on);
  return [
    new VolunteerWithdrawn({ volunteerId, on, because }),
    ...links.active.map(
      ({ stationId, primary }) =>
        new VolunteerUnlinked({ volunteerId, stationId, until: on, because: 'VOLUNTEER_WITHDRAWN', primary }),
    ),
    releaseOf(leaving, volunteerId),
  ];
}
