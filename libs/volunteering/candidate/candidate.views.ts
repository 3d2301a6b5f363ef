import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { sql, type RawBuilder } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { view, type Language, type Looking } from '@lib/platform/cqrs/views.js';
import type { Words } from '@lib/platform/kernel/event.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import { shownName } from '@lib/platform/read-store/person-shown.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import { volunteerSkills, weeklySlots, type VolunteerSkill, type WeeklySlot } from '../volunteer/volunteer.events.js';
import { isSought } from '../volunteer/volunteer.register.views.js';
import { bitsOf, withinReach, type VolunteerStage } from '../volunteer/volunteer.views.js';
import { ringsAround, stationInReach, type SeekingStation } from './candidate-places.js';
import {
  continuities,
  distances,
  fitOf,
  pointsOfContinuity,
  pointsOfDistance,
  pointsOfFit,
  pointsOfLinks,
  scoreOf,
  skillsSuiting,
  type ScorePart,
} from './candidate-score.js';

/** A part of a candidate's score, and what it is for. */
export class CandidatePart {
  /** FIELDS, DISTANCE, LOAD or CONTINUITY. @example "FIELDS" */
  readonly part!: ScorePart;
  /** Whole points. @example 30 */
  readonly points!: number;
  /** The most that this part can give. @example 40 */
  readonly most!: number;
  /** What the points are for. @example "SOME_FIELDS" */
  readonly code!: string;
  /** FIELDS: the station's fields that the volunteer wants to serve. LOAD: stations served already. @example 1 */
  readonly count!: number | null;
  /** FIELDS: other fields of the station that a skill suits. @example 1 */
  readonly suited!: number | null;
  /** FIELDS: how many fields the station names. @example 2 */
  readonly of!: number | null;
  /** The same as a sentence. @example "住在同一街道(乡镇)" */
  readonly words!: string;
}

/** A volunteer who may be linked to the station. */
export class Candidate {
  readonly volunteerId!: string;
  /** The number by which the volunteer is known; null before acceptance. @example "V7M3KQ0ZB" */
  readonly volunteerNo!: string | null;
  /** Masked, or null, for those who may not see it. @example "金顺姬" */
  readonly name!: string | null;
  /** @example ["COMPANIONSHIP"] */
  readonly skills!: VolunteerSkill[];
  /** @example ["ELDERLY"] */
  readonly fields!: ServiceField[];
  /** @example ["SATURDAY_MORNING"] */
  readonly availability!: WeeklySlot[];
  readonly homeDivisionId!: string;
  /** @example "北山街道" */
  readonly homeDivisionName!: string | null;
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
  /** The sum of the parts, 100 at most. @example 87 */
  readonly total!: number;
  readonly parts!: CandidatePart[];
}

/** Why somebody in reach is no candidate, in the order in which they are listed. */
export const exclusions = ['LINKED_HERE', 'NOT_ACCEPTED_YET', 'SUSPENDED', 'DECLINED', 'WITHDRAWN'] as const;
export type Exclusion = (typeof exclusions)[number];

const exclusionWords: Readonly<Record<Exclusion, Words>> = {
  LINKED_HERE: { zh: '已联系本站', en: 'Serves this station already' },
  NOT_ACCEPTED_YET: { zh: '申请尚未接纳', en: 'The application has not been accepted yet' },
  SUSPENDED: { zh: '已暂停志愿服务', en: 'Is suspended' },
  DECLINED: { zh: '申请未被接纳', en: 'The application was declined' },
  WITHDRAWN: { zh: '已退出志愿服务', en: 'Has withdrawn' },
};

/** How many are left out for a reason. */
export class ExclusionCount {
  /** @example "SUSPENDED" */
  readonly reason!: Exclusion;
  /** @example "已暂停志愿服务" */
  readonly words!: string;
  /** @example 2 */
  readonly count!: number;
}

/** Why nobody can be linked to the station now. */
export class LinkHindrance {
  /** The code of the refusal that a link would meet. @example "station-not-open-to-volunteers" */
  readonly code!: string;
  /** @example "服务站暂停中或已关闭" */
  readonly words!: string;
}

/** Volunteers for a station, the best first. */
export class CandidateFinder {
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly stationName!: string;
  /** What the volunteers are compared with. @example ["ELDERLY"] */
  readonly serviceFields!: string[];
  /** Null while volunteers can be linked. */
  readonly hindrance!: LinkHindrance | null;
  /** All candidates in reach; the rows are a page of them. @example 12 */
  readonly count!: number;
  /** Everybody else in reach, by reason; who they are says the view of the excluded. */
  readonly excluded!: ExclusionCount[];
  readonly rows!: Candidate[];
  /** Send it as `cursor` for the page behind this one; null on the last page. */
  readonly next!: string | null;
}

/** For which station. Candidates have every skill and time that is asked for. */
export class CandidateFinderAsk extends PageAsk {
  @IsUUID() readonly stationId!: string;
  /**
   * A part of the name, the beginning of its pinyin or of its initials, the last four of the phone, or the volunteer's number.
   * Who sees masked names finds whole names and numbers only. @example "顺姬"
   */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly q?: string;
  /** Only who can do this. @example "TRANSLATION_KOREAN" */
  @IsOptional() @IsIn(volunteerSkills) readonly skill?: VolunteerSkill;
  /** Only who has time then. @example "SATURDAY_MORNING" */
  @IsOptional() @IsIn(weeklySlots) readonly availability?: WeeklySlot;
}

const isField = (field: string): field is ServiceField => (serviceFields as readonly string[]).includes(field);

const hindranceOf = ({ stage }: SeekingStation, language: Language): LinkHindrance | null => {
  if (stage === 'OPEN') return null;
  const words = {
    zh: '服务站暂停中或已关闭,不能联系志愿者',
    en: 'The station is suspended or closed; nobody can be linked to it',
  };
  return { code: 'station-not-open-to-volunteers', words: words[language] };
};

/** Whether a volunteer serves the station: found first, by the index. `v` is the volunteer. */
const servesHere = (stationId: string) => sql`
  v.volunteer_id = any(array(select h.volunteer_id from volunteer h where h.station_ids @> ${[stationId]}::uuid[]))`;

/** Why a volunteer is no candidate; null for a candidate. `v` is the volunteer. */
const exclusionFor = (stationId: string) => sql`
  case when ${servesHere(stationId)} then 'LINKED_HERE'
       when v.stage = 'ACCEPTED' then null
       when v.stage = 'APPLIED' then 'NOT_ACCEPTED_YET'
       else v.stage end`;

/** Two for each of the station's fields that a volunteer named, one for each other one that a skill suits. */
const fitIn = (fields: readonly ServiceField[]): RawBuilder<unknown> =>
  fields.length === 0
    ? sql`0`
    : sql.join(
        fields.map(
          field => sql`case when v.field_bits & ${sql.lit(bitsOf(serviceFields, [field]))} <> 0 then 2
                            when v.skill_bits & ${sql.lit(bitsOf(volunteerSkills, skillsSuiting[field]))} <> 0 then 1 else 0 end`,
        ),
        sql` + `,
      );

/** A table of points, looked into by SQL: whatever the score says, the query says. */
const pointsAt = (points: readonly number[], index: RawBuilder<unknown>) =>
  sql`(${[...points]}::int[])[least(${index}, ${points.length - 1}::int) + 1]`;

interface CandidateRow {
  readonly volunteerId: string;
  readonly volunteerNo: string | null;
  readonly name: string;
  readonly skills: VolunteerSkill[];
  readonly fields: ServiceField[];
  readonly availability: WeeklySlot[];
  readonly homeDivisionId: string;
  readonly homeDivisionName: string | null;
  readonly registeredOn: string;
  readonly distance: number;
  readonly links: number;
  readonly continuity: number;
  readonly points: number;
}

const idList = (ids: readonly string[]) => `{${ids.join(',')}}`;

async function candidatesOf(
  looking: Looking<Reader>,
  station: SeekingStation,
  { q, skill, availability, cursor, ...ask }: CandidateFinderAsk,
): Promise<readonly CandidateRow[]> {
  const { reader, reach, sight } = looking;
  const [first, second, third, fourth] = (await ringsAround(looking, station)).map(idList);
  const fields = station.serviceFields.filter(isField);
  const [points, registeredOn, id] = cursor === undefined ? [null, null, null] : readCursor('candidates', 3, cursor);
  const behind =
    cursor === undefined
      ? sql`true`
      : sql`(-r.points, r.registered_on, r.volunteer_id) > (-(${points}::int), ${registeredOn}::date, ${id}::uuid)`;
  // Materialized: folded into each other, every row would be judged once for each place where its points stand, and planning
  // would take longer than finding.
  const { rows } = await sql<CandidateRow>`
    with ring (division_id, distance) as materialized (
      select unnest(${first}::uuid[]), 0 union all select unnest(${second}::uuid[]), 1
      union all select unnest(${third}::uuid[]), 2 union all select unnest(${fourth}::uuid[]), 3
    ), here_before as (
      select l.volunteer_id, max(case when l.is_primary then 2 else 1 end) as continuity
      from volunteer_link l
      where l.station_id = ${station.stationId} and l.recorded_until is null and l.effective_until > l.effective_from
      group by l.volunteer_id
    ), candidate as materialized (
      select v.volunteer_id, v.registered_on, coalesce(r.distance, 4) as distance, cardinality(v.station_ids) as links,
             coalesce(h.continuity, 0) as continuity, ${fitIn(fields)} as fit
      from volunteer v
      left join ring r on r.division_id = v.home_division_id
      left join here_before h on h.volunteer_id = v.volunteer_id
      where ${withinReach(reach)} and v.stage = 'ACCEPTED' and not (${servesHere(station.stationId)})
        and ${skill === undefined ? sql`true` : sql`v.skill_bits & ${sql.lit(bitsOf(volunteerSkills, [skill]))} <> 0`}
        and ${availability === undefined ? sql`true` : sql`v.availability @> ${[availability]}::text[]`}
        and ${q === undefined ? sql`true` : isSought(q, sight)}
    ), ranked as materialized (
      select c.volunteer_id, c.registered_on, c.distance, c.links, c.continuity,
             ${pointsAt(pointsOfFit(fields.length), sql`c.fit`)} + ${pointsAt(pointsOfDistance, sql`c.distance`)}
             + ${pointsAt(pointsOfLinks, sql`c.links`)} + ${pointsAt(pointsOfContinuity, sql`c.continuity`)} as points
      from candidate c
    ), page as (
      select * from ranked r where ${behind} order by -r.points, r.registered_on, r.volunteer_id limit ${pageSize(ask) + 1}
    )
    select p.*, v.volunteer_no, v.name, v.skills, v.fields, v.availability, v.home_division_id,
           (select d.name from division d where d.division_id = v.home_division_id and ${holds('d', now)}) as home_division_name
    from page p join volunteer v on v.volunteer_id = p.volunteer_id
    order by -p.points, p.registered_on, p.volunteer_id`.execute(reader.tables());
  return rows;
}

async function countsOf(
  { reader, reach, sight }: Looking<Reader>,
  stationId: string,
  { q, skill, availability }: CandidateFinderAsk,
) {
  const { rows } = await sql<{ reason: Exclusion | null; count: number }>`
    select ${exclusionFor(stationId)} as reason,
           count(*) filter (where v.stage <> 'ACCEPTED' or ${servesHere(stationId)}
                              or ${skill === undefined ? sql`true` : sql`v.skill_bits & ${sql.lit(bitsOf(volunteerSkills, [skill]))} <> 0`}
                             and ${availability === undefined ? sql`true` : sql`v.availability @> ${[availability]}::text[]`}
                             and ${q === undefined ? sql`true` : isSought(q, sight)})::int as count
    from volunteer v where ${withinReach(reach)} group by 1`.execute(reader.tables());
  return new Map(rows.map(({ reason, count }) => [reason, count]));
}

export const candidateFinder = view('candidateFinder', {
  at: 'service-stations/{stationId}/candidates',
  by: everyRole,
  asks: CandidateFinderAsk,
  answers: CandidateFinder,
  words: {
    zh: '为服务站找志愿者',
    en: 'Volunteers for a station, ranked by fields and skills, distance, load and earlier service, each part explained',
  },
  async answer(ask: CandidateFinderAsk, looking: Looking<Reader>) {
    const { language, sight } = looking;
    const station = await stationInReach(looking, ask.stationId);
    if (!station) return undefined;
    const [found, counts] = await Promise.all([candidatesOf(looking, station, ask), countsOf(looking, station.stationId, ask)]);
    const fields = station.serviceFields.filter(isField);
    const limit = pageSize(ask);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const rows = shown.map(({ distance, links, continuity, points: _, ...row }): Candidate => {
      const { named, suited } = fitOf(row, fields);
      const { total, parts } = scoreOf({
        named: named.length,
        suited: suited.length,
        fields: fields.length,
        distance: distances[distance]!,
        links,
        continuity: continuities[continuity]!,
      });
      return {
        ...row,
        name: shownName(row.name, sight),
        total,
        parts: parts.map(part => ({ ...part, words: part.words[language] })),
      };
    });
    const body: CandidateFinder = {
      stationId: station.stationId,
      stationName: station.name,
      serviceFields: station.serviceFields,
      hindrance: hindranceOf(station, language),
      count: counts.get(null) ?? 0,
      excluded: exclusions
        .filter(reason => counts.has(reason))
        .map(reason => ({ reason, words: exclusionWords[reason][language], count: counts.get(reason)! })),
      rows,
      next: last && found.length > limit ? cursorOf('candidates', [last.points, last.registeredOn, last.volunteerId]) : null,
    };
    return { body };
  },
});

/** Somebody in reach who cannot be linked to the station now. */
export class ExcludedVolunteer {
  readonly volunteerId!: string;
  /** The number by which the volunteer is known; null before acceptance. @example "V7M3KQ0ZB" */
  readonly volunteerNo!: string | null;
  /** Masked, or null, for those who may not see it. @example "金顺姬" */
  readonly name!: string | null;
  /** @example "SUSPENDED" */
  readonly stage!: VolunteerStage;
  /** @example "SUSPENDED" */
  readonly reason!: Exclusion;
  /** @example "已暂停志愿服务" */
  readonly words!: string;
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
}

/** A page of those who are left out, by reason, and by day of registration. */
export class CandidateExclusions {
  readonly rows!: ExcludedVolunteer[];
  /** Send it as `cursor` for the page behind this one; null on the last page. */
  readonly next!: string | null;
}

/** For which station, and for which reason. */
export class CandidateExclusionsAsk extends PageAsk {
  @IsUUID() readonly stationId!: string;
  /** @example "SUSPENDED" */
  @IsOptional() @IsIn(exclusions) readonly reason?: Exclusion;
}

interface ExcludedRow extends Omit<ExcludedVolunteer, 'words' | 'name'> {
  readonly name: string;
  readonly rank: number;
}

export const candidateExclusions = view('candidateExclusions', {
  at: 'service-stations/{stationId}/excluded-candidates',
  by: everyRole,
  asks: CandidateExclusionsAsk,
  answers: CandidateExclusions,
  words: { zh: '不能联系本站的志愿者及原因', en: 'Everybody in reach who is no candidate for a station, and why' },
  async answer({ stationId, reason, cursor, ...ask }: CandidateExclusionsAsk, looking: Looking<Reader>) {
    const { reader, reach, sight, language } = looking;
    if (!(await stationInReach(looking, stationId))) return undefined;
    const limit = pageSize(ask);
    const [rank, registeredOn, id] = cursor === undefined ? [null, null, null] : readCursor('excluded', 3, cursor);
    const behind =
      cursor === undefined
        ? sql`true`
        : sql`(e.rank, e.registered_on, e.volunteer_id) > (${rank}::int, ${registeredOn}::date, ${id}::uuid)`;
    const { rows } = await sql<ExcludedRow>`
      select * from (
        select x.*, array_position(${[...exclusions]}::text[], x.reason) as rank from (
          select v.volunteer_id, v.volunteer_no, v.name, v.stage, ${exclusionFor(stationId)} as reason, v.registered_on
          from volunteer v
          where ${withinReach(reach)} and (v.stage <> 'ACCEPTED' or ${servesHere(stationId)})
        ) x
      ) e
      where ${behind} and ${reason === undefined ? sql`true` : sql`e.reason = ${reason}`}
      order by e.rank, e.registered_on, e.volunteer_id limit ${limit + 1}`.execute(reader.tables());
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: CandidateExclusions = {
      rows: shown.map(({ rank: _, ...row }) => ({
        ...row,
        name: shownName(row.name, sight),
        words: exclusionWords[row.reason][language],
      })),
      next: last && rows.length > limit ? cursorOf('excluded', [last.rank, last.registeredOn, last.volunteerId]) : null,
    };
    return { body };
  },
});
