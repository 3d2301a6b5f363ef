import type { components } from './contract.ts';

type Schemas = components['schemas'];
export type ServiceField = NonNullable<Schemas['OpenServiceStation']['serviceFields']>[number];
export type VolunteerSkill = Schemas['RecordSkill']['skill'];
export type WeeklySlot = Schemas['DeclareAvailability']['slots'][number];

/** Every value of a union, in the order of the record; the compiler says when one is missing. */
function every<Value extends string>(values: Readonly<Record<Value, true>>): readonly Value[] {
  const list: Value[] = [];
  for (const value in values) list.push(value);
  return list;
}

export const serviceFields = every<ServiceField>({
  ELDERLY: true,
  DISABLED: true,
  YOUTH: true,
  WOMEN_AND_CHILDREN: true,
  MIGRANTS: true,
  MARRIAGE_AND_FAMILY: true,
  SOCIAL_ASSISTANCE: true,
  SOCIAL_WELFARE: true,
  COMMUNITY_BUILDING: true,
  VETERANS_PLACEMENT: true,
  CHARITY: true,
  DISASTER_RELIEF: true,
  HEALTH: true,
  JUDICIAL_CORRECTION: true,
  EMPLOYMENT: true,
  EDUCATION_GUIDANCE: true,
  TRADE_UNION: true,
  YOUTH_LEAGUE: true,
  WOMENS_FEDERATION: true,
});

export const volunteerSkills = every<VolunteerSkill>({
  COMPANIONSHIP: true,
  COUNSELLING: true,
  MEDICAL: true,
  FIRST_AID: true,
  LEGAL: true,
  TUTORING: true,
  IT: true,
  ARTS: true,
  SPORTS: true,
  DRIVING: true,
  TRANSLATION_KOREAN: true,
  HANDICRAFT: true,
  COOKING: true,
  OTHER: true,
});

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const parts = ['MORNING', 'AFTERNOON', 'EVENING'] as const;
export const weeklySlots: readonly WeeklySlot[] = weekdays.flatMap(weekday => parts.map(part => `${weekday}_${part}` as const));

export const operatingModels = every<Schemas['SetOperatingModel']['operatingModel']>({
  GOV_PURCHASED: true,
  IN_HOUSE_CONVERTED: true,
  COMMITTEE_CONCURRENT: true,
});
export const levels = every<Schemas['RecordCertificate']['level']>({ ASSISTANT: true, INTERMEDIATE: true, SENIOR: true });
export const relievingReasons = every<Exclude<Schemas['RelieveSocialWorker']['because'], 'WORKER_SUSPENDED' | 'WORKER_RETIRED'>>({
  TRANSFER: true,
  LEAVE: true,
  OTHER: true,
});
export const withdrawingReasons = every<NonNullable<Schemas['WithdrawVolunteer']['because']>>({
  OWN_WISH: true,
  MOVED_AWAY: true,
  STAFF_DECISION: true,
  OTHER: true,
});
