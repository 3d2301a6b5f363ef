import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { sql, type AliasableExpression, type RawBuilder, type SqlBool } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { IsTrueOrFalse } from '@lib/platform/cqrs/true-or-false.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import type { Sight } from '@lib/platform/kernel/access.js';
import { firstOfEach } from '@lib/platform/read-store/first-of-each.js';
import { fewIds, isAmong } from '@lib/platform/read-store/id-list.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import { isPersonSought, orderOfPeople, personOrders, type PersonOrder } from '@lib/platform/read-store/person-search.js';
import { shownName, shownPhones } from '@lib/platform/read-store/person-shown.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { pageOf } from '@lib/platform/read-store/reading.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import { volunteerSkills, weeklySlots, type VolunteerSkill, type WeeklySlot } from './volunteer.events.js';
import { volunteerStages, withinReach, type VolunteerRow, type VolunteerStage, type VolunteerTables } from './volunteer.views.js';

/** Which volunteers to look for, and in which order to show them. */
export class AskVolunteerRegister extends PageAsk {
  /**
   * A part of the name, the beginning of its pinyin or of its initials, the last four of the phone, or the volunteer's number.
   * Who sees masked names finds whole names and numbers only. @example "顺姬"
   */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly q?: string;
  /** @example "ACCEPTED" */
  @IsOptional() @IsIn(volunteerStages) readonly stage?: VolunteerStage;
  /** @example "TRANSLATION_KOREAN" */
  @IsOptional() @IsIn(volunteerSkills) readonly skill?: VolunteerSkill;
  /** @example "ELDERLY" */
  @IsOptional() @IsIn(serviceFields) readonly field?: ServiceField;
  /** Has time then. @example "SATURDAY_MORNING" */
  @IsOptional() @IsIn(weeklySlots) readonly availability?: WeeklySlot;
  /** Serves this station. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsOptional() @IsUUID() readonly stationId?: string;
  /** Has a home in this division, under it, or in one that went into these. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
  /** Whether the volunteer serves any station. @example true */
  @IsOptional() @IsTrueOrFalse() readonly linked?: boolean;
  /** By pinyin, or by day of registration; who sees masked names gets the latter. @example "name" */
  @IsOptional() @IsIn(personOrders) readonly sort?: PersonOrder;
  /** @example "asc" */
  @IsOptional() @IsIn(['asc', 'desc']) readonly direction?: 'asc' | 'desc';
}

/** A volunteer in the register. */
export class RegisteredVolunteer {
  readonly volunteerId!: string;
  /** Given when the volunteer is accepted. @example "V7M3KQ0ZB" */
  readonly volunteerNo!: string | null;
  /** Masked, or null, for those who may not see it. @example "金顺姬" */
  readonly name!: string | null;
  /** @example "ACCEPTED" */
  readonly stage!: VolunteerStage;
  /** @example ["TRANSLATION_KOREAN", "COMPANIONSHIP"] */
  readonly skills!: VolunteerSkill[];
  /** @example ["ELDERLY"] */
  readonly fields!: ServiceField[];
  /** @example ["SATURDAY_MORNING"] */
  readonly availability!: WeeklySlot[];
  readonly homeDivisionId!: string;
  /** @example "北山街道" */
  readonly homeDivisionName!: string | null;
  readonly primaryStationId!: string | null;
  /** @example "丹英社区社工服务站" */
  readonly primaryStationName!: string | null;
  /** How many stations the volunteer serves. @example 1 */
  readonly stations!: number;
  /** @example "138****0002" */
  readonly phone!: string | null;
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
}

/** A page of the register. */
export class VolunteerRegister {
  readonly rows!: RegisteredVolunteer[];
  /** Send it as `cursor` for the page behind this one; null on the last page. */
  readonly next!: string | null;
}

/** @returns whether a volunteer `v` is meant, by what the asker may see */
export const isSought = (q: string, sight: Sight): RawBuilder<SqlBool> => {
  if (/^V[0-9A-Z]{8}$/i.test(q)) return sql`v.volunteer_no = ${q.toUpperCase()}`;
  return isPersonSought(
    'v',
    q,
    sight,
    letters => sql`(starts_with(v.spelling, ${letters}) or starts_with(v.initials, ${letters}))`,
  );
};

export const volunteerRegister = view('volunteerRegister', {
  at: 'volunteers',
  by: everyRole,
  asks: AskVolunteerRegister,
  answers: VolunteerRegister,
  words: { zh: '志愿者名册', en: 'The register of volunteers: search, filter, sort' },
  async answer(ask: AskVolunteerRegister, looking: Looking<Reader>) {
    const { reader, reach, sight, under } = looking;
    const { q, stage, skill, field, availability, stationId, divisionId, linked, cursor } = ask;
    const place = divisionId === undefined ? undefined : under(divisionId);

    const tables = reader.tables<VolunteerTables>();
    let found = tables.selectFrom('volunteer as v').selectAll('v');
    const reached = new Set(reach.divisionIds);
    if (!place?.every(id => reached.has(id))) found = found.where(withinReach(reach));
    if (q !== undefined) found = found.where(isSought(q, sight));
    if (stage !== undefined) found = found.where('v.stage', '=', stage);
    if (skill !== undefined) found = found.where(sql<SqlBool>`v.skills @> ${[skill]}::text[]`);
    if (field !== undefined) found = found.where(sql<SqlBool>`v.fields @> ${[field]}::text[]`);
    if (availability !== undefined) found = found.where(sql<SqlBool>`v.availability @> ${[availability]}::text[]`);
    if (stationId !== undefined) found = found.where(sql<SqlBool>`v.station_ids @> ${[stationId]}::uuid[]`);
    if (linked !== undefined) found = found.where(sql<SqlBool>`(v.station_ids <> '{}') = ${linked}`);
    const paging = { by: orderOfPeople('v', 'volunteerId', ask, sight), after: cursor, limit: pageSize(ask) };
    // Of a place most people have these; whoever has anything else is soon collected and sorted.
    const isOfMany =
      [q, skill, availability, stationId].every(asked => asked === undefined) &&
      (stage === undefined || stage === 'ACCEPTED') &&
      // There is no index by field: in many places whoever names one is sooner met in the order of all.
      (field === undefined || (place !== undefined && place.length <= fewIds));
    if (place && !isOfMany) found = found.where(isAmong('v.homeDivisionId', place));
    // `offset 0`: collect who is meant, then sort them. The planner believes that they are spread evenly over the order that is shown,
    // and would walk that order past everybody from elsewhere.
    if (place && !isOfMany && place.length <= fewIds) found = found.offset(0);
    const shown: AliasableExpression<VolunteerRow> =
      place && isOfMany ? firstOfEach(place, 'v.homeDivisionId', found, paging) : found;

    const query = tables
      .selectFrom(shown.as('v'))
      .select(['v.volunteerId', 'v.volunteerNo', 'v.name', 'v.spelling', 'v.stage', 'v.skills', 'v.fields', 'v.availability'])
      .select(['v.homeDivisionId', 'v.phone', 'v.registeredOn', 'v.stationIds', 'v.primaryStationId'])
      // Looked up behind the limit, for the rows of the page alone.
      .select(({ selectFrom }) => [
        selectFrom('division as d')
          .whereRef('d.divisionId', '=', 'v.homeDivisionId')
          .where(holds('d', now))
          .select('d.name')
          .as('homeDivisionName'),
        selectFrom('serviceStation as s')
          .whereRef('s.stationId', '=', 'v.primaryStationId')
          .where(holds('s', now))
          .select('s.name')
          .as('primaryStationName'),
      ]);
    const { rows, next } = await pageOf(query, paging);
    const phones = await shownPhones(rows, looking);
    return {
      body: {
        rows: rows.map((row, at) => ({
          volunteerId: row.volunteerId,
          volunteerNo: row.volunteerNo,
          name: shownName(row.name, sight),
          stage: row.stage,
          skills: row.skills,
          fields: row.fields,
          availability: row.availability,
          homeDivisionId: row.homeDivisionId,
          homeDivisionName: row.homeDivisionName,
          primaryStationId: row.primaryStationId,
          primaryStationName: row.primaryStationName,
          stations: row.stationIds.length,
          phone: phones[at]!,
          registeredOn: row.registeredOn,
        })),
        next: next ?? null,
      },
    };
  },
});
