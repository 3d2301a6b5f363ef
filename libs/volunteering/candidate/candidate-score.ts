import type { Words } from '@lib/platform/kernel/event.js';
import type { ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import type { VolunteerSkill } from '../volunteer/volunteer.events.js';

/** How well a volunteer suits a station: whole points in four parts that add up to the total. @source 三(二)1, 三(三) */

export const scoreParts = ['FIELDS', 'DISTANCE', 'LOAD', 'CONTINUITY'] as const;
export type ScorePart = (typeof scoreParts)[number];

/** The most that each part can give; together 100. */
export const mostPoints: Readonly<Record<ScorePart, number>> = { FIELDS: 40, DISTANCE: 30, LOAD: 15, CONTINUITY: 15 };

/** From the nearest to the farthest, by the divisions in which the volunteer is at home and the station works. */
export const distances = ['SAME_COMMUNITY', 'SAME_TOWNSHIP', 'SAME_COUNTY', 'SAME_PREFECTURE', 'ELSEWHERE'] as const;
export type Distance = (typeof distances)[number];

/** Whether the volunteer has served this station before, from not at all to as the primary one. */
export const continuities = ['NEVER_HERE', 'HERE_BEFORE', 'PRIMARY_HERE_BEFORE'] as const;
export type Continuity = (typeof continuities)[number];

/** Points in the order of `distances`. */
export const pointsOfDistance: readonly number[] = [30, 24, 14, 6, 0];
/** Points by the number of stations that are served already; the last is for that many and more. */
export const pointsOfLinks: readonly number[] = [15, 10, 5, 0];
/** Points in the order of `continuities`. */
export const pointsOfContinuity: readonly number[] = [0, 10, 15];

/** Points by fit (two for each field that the volunteer wants to serve, one for each that a skill suits), for a station of so many fields. */
export const pointsOfFit = (fields: number): readonly number[] =>
  fields === 0 ? [0] : Array.from({ length: 2 * fields + 1 }, (_, fit) => Math.floor((mostPoints.FIELDS * fit) / (2 * fields)));

/** Skills that help in a field of service, also where the volunteer has not named the field. */
export const skillsSuiting: Readonly<Record<ServiceField, readonly VolunteerSkill[]>> = {
  SOCIAL_ASSISTANCE: ['COMPANIONSHIP', 'COUNSELLING', 'DRIVING'],
  SOCIAL_WELFARE: ['COMPANIONSHIP', 'COUNSELLING', 'COOKING'],
  COMMUNITY_BUILDING: ['ARTS', 'SPORTS', 'HANDICRAFT', 'IT', 'TRANSLATION_KOREAN'],
  VETERANS_PLACEMENT: ['COUNSELLING', 'LEGAL'],
  CHARITY: ['DRIVING', 'COOKING', 'HANDICRAFT'],
  DISASTER_RELIEF: ['FIRST_AID', 'MEDICAL', 'DRIVING', 'COOKING'],
  HEALTH: ['MEDICAL', 'FIRST_AID', 'COUNSELLING', 'SPORTS'],
  JUDICIAL_CORRECTION: ['LEGAL', 'COUNSELLING'],
  EMPLOYMENT: ['TUTORING', 'IT', 'COUNSELLING'],
  EDUCATION_GUIDANCE: ['TUTORING', 'COUNSELLING', 'ARTS', 'SPORTS'],
  TRADE_UNION: ['LEGAL', 'COUNSELLING', 'SPORTS'],
  YOUTH_LEAGUE: ['TUTORING', 'SPORTS', 'ARTS', 'IT'],
  WOMENS_FEDERATION: ['COUNSELLING', 'LEGAL', 'HANDICRAFT'],
  ELDERLY: ['COMPANIONSHIP', 'MEDICAL', 'FIRST_AID', 'COOKING', 'TRANSLATION_KOREAN'],
  DISABLED: ['COMPANIONSHIP', 'MEDICAL', 'DRIVING', 'HANDICRAFT'],
  YOUTH: ['TUTORING', 'SPORTS', 'ARTS', 'COUNSELLING'],
  WOMEN_AND_CHILDREN: ['COUNSELLING', 'TUTORING', 'COMPANIONSHIP', 'LEGAL'],
  MIGRANTS: ['LEGAL', 'TRANSLATION_KOREAN', 'TUTORING', 'COUNSELLING'],
  MARRIAGE_AND_FAMILY: ['COUNSELLING', 'LEGAL'],
};

/** The station's fields that a volunteer named, and those of the others that a skill suits. */
export interface Fit {
  readonly named: readonly ServiceField[];
  readonly suited: readonly ServiceField[];
}

export function fitOf(
  { fields, skills }: { readonly fields: readonly ServiceField[]; readonly skills: readonly VolunteerSkill[] },
  stationFields: readonly ServiceField[],
): Fit {
  const named = stationFields.filter(field => fields.includes(field));
  const suited = stationFields.filter(
    field => !named.includes(field) && skillsSuiting[field].some(skill => skills.includes(skill)),
  );
  return { named, suited };
}

/** Everything about a volunteer and a station that the score looks at. */
export interface CandidateFacts {
  /** Fields of the station that the volunteer named. */
  readonly named: number;
  /** Fields of the station that only a skill suits. */
  readonly suited: number;
  /** Fields of the station. */
  readonly fields: number;
  readonly distance: Distance;
  /** Stations that the volunteer serves now. */
  readonly links: number;
  readonly continuity: Continuity;
}

export interface Part {
  readonly part: ScorePart;
  readonly points: number;
  readonly most: number;
  /** What the points are for, such as `SAME_TOWNSHIP`. */
  readonly code: string;
  /** The numbers of the sentence; null where it has none. */
  readonly count: number | null;
  readonly suited: number | null;
  readonly of: number | null;
  readonly words: Words;
}

export interface Score {
  readonly total: number;
  readonly parts: readonly Part[];
}

function fieldsPart({ named, suited, fields }: CandidateFacts): Part {
  const points = pointsOfFit(fields)[2 * named + suited]!;
  const part = { part: 'FIELDS', points, most: mostPoints.FIELDS, count: named, suited, of: fields } as const;
  if (fields === 0) {
    const words = { zh: '服务站未定服务领域,无从比较', en: 'The station names no fields of service to compare with' };
    return { ...part, code: 'STATION_WITHOUT_FIELDS', words };
  }
  const code = named === fields ? 'ALL_FIELDS' : named + suited > 0 ? 'SOME_FIELDS' : 'NO_FIELD';
  return {
    ...part,
    code,
    words: {
      zh: `服务站 ${fields} 个服务领域中,本人愿意服务 ${named} 个,另有 ${suited} 个有适合的技能`,
      en: `Of the station's ${fields} fields of service the volunteer wants to serve ${named}, and has a skill for ${suited} more`,
    },
  };
}

const distanceWords: Readonly<Record<Distance, Words>> = {
  SAME_COMMUNITY: { zh: '住在服务站覆盖的社区', en: 'At home in a community that the station covers' },
  SAME_TOWNSHIP: { zh: '住在同一街道(乡镇)', en: 'At home in the same street or town' },
  SAME_COUNTY: { zh: '住在同一县(市、区)', en: 'At home in the same county' },
  SAME_PREFECTURE: { zh: '住在同一市(州)', en: 'At home in the same prefecture' },
  ELSEWHERE: { zh: '住在其他市(州)', en: 'At home in another prefecture' },
};

const continuityWords: Readonly<Record<Continuity, Words>> = {
  NEVER_HERE: { zh: '未曾在本站服务', en: 'Has not served this station before' },
  HERE_BEFORE: { zh: '曾在本站服务', en: 'Has served this station before' },
  PRIMARY_HERE_BEFORE: { zh: '曾以本站为主要服务站', en: 'Has served this station before as the primary one' },
};

const noNumbers = { count: null, suited: null, of: null } as const;

function loadPart({ links }: CandidateFacts): Part {
  const last = pointsOfLinks.length - 1;
  const numbers = { ...noNumbers, count: links };
  const part = { part: 'LOAD', points: pointsOfLinks[Math.min(links, last)]!, most: mostPoints.LOAD, ...numbers } as const;
  if (links === 0) return { ...part, code: 'NO_STATION_YET', words: { zh: '尚未联系任何服务站', en: 'Serves no station yet' } };
  return {
    ...part,
    code: links >= last ? 'MANY_STATIONS' : 'SOME_STATIONS',
    words: {
      zh: `已联系 ${links} 个服务站`,
      en: links === 1 ? 'Serves one station already' : `Serves ${links} stations already`,
    },
  };
}

/** The points of a volunteer for a station, each part with what it is for. */
export function scoreOf(facts: CandidateFacts): Score {
  const { distance, continuity } = facts;
  const parts: readonly Part[] = [
    fieldsPart(facts),
    {
      part: 'DISTANCE',
      points: pointsOfDistance[distances.indexOf(distance)]!,
      most: mostPoints.DISTANCE,
      code: distance,
      ...noNumbers,
      words: distanceWords[distance],
    },
    loadPart(facts),
    {
      part: 'CONTINUITY',
      points: pointsOfContinuity[continuities.indexOf(continuity)]!,
      most: mostPoints.CONTINUITY,
      code: continuity,
      ...noNumbers,
      words: continuityWords[continuity],
    },
  ];
  return { total: parts.reduce((sum, { points }) => sum + points, 0), parts };
}

interface Ranked {
  readonly total: number;
  readonly registeredOn: string;
  readonly volunteerId: string;
}

/** The order of candidates: the most points first; of equals who registered first; of those the lower id. */
export function byRank(one: Ranked, other: Ranked): number {
  if (one.total !== other.total) return other.total - one.total;
  if (one.registeredOn !== other.registeredOn) return one.registeredOn < other.registeredOn ? -1 : 1;
  return one.volunteerId < other.volunteerId ? -1 : one.volunteerId > other.volunteerId ? 1 : 0;
}
