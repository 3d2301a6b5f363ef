import { IsOptional, IsUUID, Matches } from 'class-validator';
import { sql, type SqlBool } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import type { Reach } from '@lib/platform/kernel/access.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { isAmong } from '@lib/platform/read-store/id-list.js';
import { everHeld, holds, now, type Moment } from '@lib/platform/read-store/moment.js';
import { asNameColumns, nameColumns, type NameColumns } from '@lib/platform/read-store/person-search.js';
import { shownIdentity } from '@lib/platform/read-store/person-shown.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import {
  PrimaryStationSet,
  VolunteerLinkedToStation,
  VolunteerTransferred,
  VolunteerUnlinked,
  type UnlinkingReason,
} from '../volunteer-link/volunteer-link.events.js';
import type { VolunteerLinkEndRow, VolunteerLinkRow } from '../volunteer-link/volunteer-link.views.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerDeclined,
  VolunteerRegistered,
  VolunteerReinstated,
  VolunteerSkillRecorded,
  VolunteerSuspended,
  VolunteerWithdrawn,
  volunteerSkills,
  type VolunteerSkill,
  type WeeklySlot,
} from './volunteer.events.js';

export const volunteerStages = ['APPLIED', 'ACCEPTED', 'DECLINED', 'SUSPENDED', 'WITHDRAWN'] as const;
export type VolunteerStage = (typeof volunteerStages)[number];

const without = (stationIds: readonly string[], stationId: string) => stationIds.filter(one => one !== stationId);

/** A set as a number: one bit for each of `all`, in their order, of which there are 31 at most. Lists only ever grow at the end. */
export const bitsOf = <Item>(all: readonly Item[], items: readonly Item[]): number =>
  items.reduce((bits, item) => bits | (1 << all.indexOf(item)), 0);

/** Volunteers as they are: one row for each record. */
export const volunteers = projection(
  {
    name: 'volunteer',
    version: 2,
    columns: {
      volunteerId: columns.uuid,
      volunteerNo: nullable(columns.text),
      homeDivisionId: columns.uuid,
      ...nameColumns,
      birthYear: nullable(columns.integer),
      idNumber: columns.sealed,
      phone: columns.sealed,
      phoneTail: columns.text,
      stage: columns.text,
      skills: columns.texts,
      fields: columns.texts,
      /** Skills and fields once more, as numbers that a query compares for thousands at once. */
      skillBits: columns.integer,
      fieldBits: columns.integer,
      availability: columns.texts,
      registeredOn: columns.date,
      /** Those that the volunteer serves. */
      stationIds: columns.uuids,
      primaryStationId: nullable(columns.uuid),
      /** Of the volunteer's own stream. */
      revision: columns.integer,
    },
    key: ['volunteerId'],
    indexes: [
      { columns: ['spelling', 'volunteerId'] },
      { columns: ['registeredOn', 'volunteerId'] },
      { columns: ['homeDivisionId', 'spelling', 'volunteerId'] },
      { columns: ['homeDivisionId', 'registeredOn', 'volunteerId'] },
      { columns: ['stage', 'spelling', 'volunteerId'] },
      { columns: ['initials'] },
      { columns: ['phoneTail'] },
      { columns: ['volunteerNo'] },
      { columns: ['stationIds'], kind: 'array' },
      { columns: ['nameParts'], kind: 'array' },
      { columns: ['skills'], kind: 'array' },
      { columns: ['availability'], kind: 'array' },
    ],
  },
  on => {
    const own = ({ volunteerId }: { readonly volunteerId: string }) => ({ volunteerId });
    return [
      on(VolunteerRegistered, own, (_, data, { revision }) => ({
        volunteerId: data.volunteerId,
        volunteerNo: null,
        homeDivisionId: data.homeDivisionId,
        ...asNameColumns(data.name),
        // What was erased reads as an empty text.
        birthYear: data.birthYear || null,
        idNumber: data.idNumber,
        phone: data.phone,
        phoneTail: data.phoneTail,
        stage: 'APPLIED',
        skills: data.skills,
        fields: data.fields,
        skillBits: bitsOf(volunteerSkills, data.skills),
        fieldBits: bitsOf(serviceFields, data.fields),
        availability: [],
        registeredOn: data.registeredOn,
        stationIds: [],
        primaryStationId: null,
        revision,
      })),
      on(
        VolunteerAccepted,
        own,
        (row, { volunteerNo }, { revision }) => row && { ...row, volunteerNo, stage: 'ACCEPTED', revision },
      ),
      on(VolunteerDeclined, own, (row, _, { revision }) => row && { ...row, stage: 'DECLINED', revision }),
      on(
        VolunteerSkillRecorded,
        own,
        (row, { skill }, { revision }) =>
          row && {
            ...row,
            skills: [...row.skills, skill],
            skillBits: row.skillBits | bitsOf(volunteerSkills, [skill]),
            revision,
          },
      ),
      on(VolunteerAvailabilityDeclared, own, (row, { slots }, { revision }) => row && { ...row, availability: slots, revision }),
      on(VolunteerSuspended, own, (row, _, { revision }) => row && { ...row, stage: 'SUSPENDED', revision }),
      on(VolunteerReinstated, own, (row, _, { revision }) => row && { ...row, stage: 'ACCEPTED', revision }),
      on(VolunteerWithdrawn, own, (row, _, { revision }) => row && { ...row, stage: 'WITHDRAWN', revision }),
      on(
        VolunteerLinkedToStation,
        own,
        (row, { stationId, primary }) =>
          row && {
            ...row,
            stationIds: [...without(row.stationIds, stationId), stationId],
            primaryStationId: primary ? stationId : row.primaryStationId,
          },
      ),
      on(
        VolunteerUnlinked,
        own,
        (row, { stationId, primary }) =>
          row && {
            ...row,
            stationIds: without(row.stationIds, stationId),
            primaryStationId: primary ? null : row.primaryStationId,
          },
      ),
      on(PrimaryStationSet, own, (row, { stationId: primaryStationId }) => row && { ...row, primaryStationId }),
      on(
        VolunteerTransferred,
        own,
        (row, { fromStationId, toStationId, primary }) =>
          row && {
            ...row,
            stationIds: [...without(row.stationIds, fromStationId), toStationId],
            primaryStationId: primary ? toStationId : row.primaryStationId,
          },
      ),
    ];
  },
);

/** A row of `read.volunteer`. */
export interface VolunteerRow extends NameColumns {
  readonly volunteerId: string;
  readonly volunteerNo: string | null;
  readonly homeDivisionId: string;
  readonly birthYear: number | null;
  readonly idNumber: string;
  readonly phone: string;
  readonly phoneTail: string;
  readonly stage: VolunteerStage;
  readonly skills: VolunteerSkill[];
  readonly fields: ServiceField[];
  readonly skillBits: number;
  readonly fieldBits: number;
  readonly availability: WeeklySlot[];
  readonly registeredOn: string;
  readonly stationIds: readonly string[];
  readonly primaryStationId: string | null;
  readonly revision: number;
}

/** What the views of volunteers are read from; divisions and stations lend their names. */
export interface VolunteerTables {
  readonly volunteer: VolunteerRow;
  readonly volunteerLink: VolunteerLinkRow;
  readonly volunteerLinkEnd: VolunteerLinkEndRow;
  readonly division: { readonly divisionId: string; readonly name: string };
  readonly serviceStation: { readonly stationId: string; readonly name: string };
}

/** Who has a home in reach, and who serves a station in reach. `v` is the volunteer. */
export const withinReach = ({ all, divisionIds }: Reach) => {
  if (all) return sql<SqlBool>`true`;
  // The inner arrays are found first, each by its index.
  return sql<SqlBool>`v.volunteer_id = any(array(
    select h.volunteer_id from volunteer h where ${isAmong('h.homeDivisionId', divisionIds)}
    union
    select l.volunteer_id from volunteer_link l where ${holds('l', now)} and l.station_id = any(array(
      select s.station_id from service_station s where ${holds('s', now)} and s.center_id = any(array(
        select c.center_id from service_center c where ${isAmong('c.divisionId', divisionIds)} and ${holds('c', now)}))))))`;
};

/** Which volunteer, and when. */
export class AskVolunteerCard {
  @IsUUID() readonly volunteerId!: string;
  /** Links as they were known then: a position of the log, or an instant (ISO 8601). @example "2026-03-02T00:00:00Z" */
  @IsOptional()
  @Matches(/^(\d{1,20}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))$/)
  readonly asOf?: string;
  /** Only the links that held on this day. @example "2026-03-01" */
  @IsOptional() @IsCalendarDate() readonly effectiveOn?: string;
}

/** From its first day until the first day without it. */
export class Period {
  /** @example "2026-03-02" */
  readonly from!: string;
  /** Null while it runs. @example "2026-12-01" */
  readonly until!: string | null;
}

/** A period for which the volunteer served a station. */
export class VolunteerLinkPeriod extends Period {
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly stationName!: string | null;
  /** Whether it is the primary station; of a link that has ended, whether it was at the end. @example true */
  readonly primary!: boolean;
  /** When it was the primary station. */
  readonly primaryPeriods!: Period[];
  /** Why it ended. @example "OWN_WISH" */
  readonly because!: UnlinkingReason | null;
}

/** One volunteer: identity as far as the asker may see it, skills, free time, links. All but the links is of today. */
export class VolunteerCard {
  readonly volunteerId!: string;
  /** Given when the volunteer is accepted. @example "V7M3KQ0ZB" */
  readonly volunteerNo!: string | null;
  /** Masked, or null, for those who may not see it. @example "金顺姬" */
  readonly name!: string | null;
  /** Null for those who see masked names. @example 1985 */
  readonly birthYear!: number | null;
  /** The last four at most. @example "**************002X" */
  readonly idNumber!: string | null;
  /** @example "138****0002" */
  readonly phone!: string | null;
  readonly homeDivisionId!: string;
  /** @example "北山街道" */
  readonly homeDivisionName!: string | null;
  /** @example "ACCEPTED" */
  readonly stage!: VolunteerStage;
  /** @example ["TRANSLATION_KOREAN", "COMPANIONSHIP"] */
  readonly skills!: VolunteerSkill[];
  /** @example ["ELDERLY"] */
  readonly fields!: ServiceField[];
  /** @example ["SATURDAY_MORNING"] */
  readonly availability!: WeeklySlot[];
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
  /** The latest first. */
  readonly links!: VolunteerLinkPeriod[];
}

interface Piece extends Period {
  readonly stationId: string;
  readonly stationName: string | null;
  readonly primary: boolean;
  readonly since: string;
  readonly because: UnlinkingReason | null;
}

/** A link is cut where the primary mark came or went: the pieces, in order of time, make one period again. */
export function periodsOf(pieces: readonly Piece[]): VolunteerLinkPeriod[] {
  const periods: VolunteerLinkPeriod[] = [];
  const running = new Map<string, number>();
  for (const { stationId, stationName, primary, since, from, until, because } of pieces) {
    const link = `${stationId} ${since}`;
    const at = running.get(link);
    const before = at === undefined ? undefined : periods[at];
    // A period of one day ended on that day; what begins on it is another one.
    const joined = before?.until === from && before.from !== from ? before : undefined;
    const primaryPeriods = [...(joined?.primaryPeriods ?? []), ...(primary ? [{ from, until }] : [])];
    const period = { stationId, stationName, from: joined?.from ?? from, until, primary, primaryPeriods, because };
    if (joined && at !== undefined) periods[at] = period;
    else running.set(link, periods.push(period) - 1);
  }
  return periods.reverse();
}

async function linksOf({ reader }: Looking<Reader>, volunteerId: string, moment: Moment): Promise<VolunteerLinkPeriod[]> {
  const pieces = await reader
    .tables<VolunteerTables>()
    .selectFrom('volunteerLink as l')
    .leftJoin('serviceStation as s', join => join.onRef('s.stationId', '=', 'l.stationId').on(holds('s', now)))
    .leftJoin('volunteerLinkEnd as e', join =>
      join
        .onRef('e.volunteerId', '=', 'l.volunteerId')
        .onRef('e.stationId', '=', 'l.stationId')
        .onRef('e.until', '=', 'l.effectiveUntil'),
    )
    .where('l.volunteerId', '=', volunteerId)
    .where(everHeld('l', moment))
    .orderBy('l.effectiveFrom')
    .orderBy('l.recordedFrom')
    .orderBy('l.stationId')
    .select(['l.stationId', 's.name as stationName', 'l.isPrimary as primary', 'l.since'])
    .select(['l.effectiveFrom as from', 'l.effectiveUntil as until', 'e.because'])
    .execute();
  return periodsOf(pieces);
}

export const volunteerCard = view('volunteerCard', {
  at: 'volunteers/{volunteerId}',
  by: everyRole,
  asks: AskVolunteerCard,
  answers: VolunteerCard,
  words: { zh: '志愿者名片', en: 'One volunteer: identity, skills, free time, links' },
  async answer({ volunteerId, asOf, effectiveOn }: AskVolunteerCard, looking: Looking<Reader>) {
    const { reader, reach } = looking;
    const row = await reader
      .tables<VolunteerTables>()
      .selectFrom('volunteer as v')
      .leftJoin('division as d', join => join.onRef('d.divisionId', '=', 'v.homeDivisionId').on(holds('d', now)))
      .where('v.volunteerId', '=', volunteerId)
      .where(withinReach(reach))
      .selectAll('v')
      .select('d.name as homeDivisionName')
      .executeTakeFirst();
    if (!row) return undefined;
    const moment = await reader.moment({ asOf, effectiveOn });
    const [links, identity] = await Promise.all([linksOf(looking, volunteerId, moment), shownIdentity(row, looking)]);
    return {
      revision: row.revision,
      body: {
        volunteerId,
        volunteerNo: row.volunteerNo,
        ...identity,
        homeDivisionId: row.homeDivisionId,
        homeDivisionName: row.homeDivisionName,
        stage: row.stage,
        skills: row.skills,
        fields: row.fields,
        availability: row.availability,
        registeredOn: row.registeredOn,
        links,
      },
    };
  },
});
