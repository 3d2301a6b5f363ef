import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { sql, type RawBuilder } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { pageSize, PageAtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import { shownName } from '../service-station/service-station.views.js';
import { isRed, linksPerStation, underBranches } from './counting.js';
import { topOf } from './structure-tree.views.js';

/** The figures that can be asked for what is behind them: those of `structureFigures`. */
export const figureNames = [
  'townships',
  'townshipsWithCenter',
  'communities',
  'coveredCommunities',
  'centers',
  'stations',
  'staffedStations',
  'actingStations',
  'vacantStations',
  'redStations',
  'volunteers',
] as const;
export type FigureName = (typeof figureNames)[number];

/** One of those that a figure counts. */
export class FigureSubject {
  /** DIVISION, CENTER, STATION or VOLUNTEER. @example "STATION" */
  readonly kind!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  readonly id!: string;
  /** A volunteer's is masked for those who may not see it. @example "丹英社区社工服务站" */
  readonly name!: string;
  /** The station that the volunteer serves: who serves two is counted twice. */
  readonly stationId!: string | null;
  readonly divisionId!: string;
  /** The street, town or community. @example "222401002" */
  readonly code!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** The day from which it has been as it is. @example "2026-03-02" */
  readonly since!: string;
  /** Up to where the log said so first: the last of the facts that were written together and made it so. @example "13021" */
  readonly position!: string;
}

/** A page of what a figure counts, in the order of the codes. */
export class FigureSubjects {
  readonly rows!: FigureSubject[];
  /** Asks for the next rows; null on the last page. */
  readonly next!: string | null;
}

/** Which figure, of which division, at which moment. */
export class FigureSubjectsAsk extends PageAtMomentAsk {
  /** The figure whose number is asked for. @example "vacantStations" */
  @IsIn(figureNames) readonly figure!: FigureName;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
}

const townships = (more: RawBuilder<unknown>) => sql`
  select 'DIVISION' as kind, p.division_id as id, p.name, null::uuid as station_id, p.division_id, p.code, p.name as division_name,
         p.effective_from as since, p.recorded_from as position, p.division_id as other
  from place p where p.level = 'TOWNSHIP' and p.centre_required and p.status = 'ACTIVE' and ${more}`;

const stations = (more: RawBuilder<unknown>) => sql`
  select 'STATION' as kind, s.station_id as id, s.name, null::uuid as station_id, s.division_id, s.code, s.division_name,
         s.effective_from as since, s.recorded_from as position, s.station_id as other
  from station s where ${more}`;

const communities = (moment: Moment, covered: boolean) => sql`
  select 'DIVISION' as kind, d.division_id as id, d.name, null::uuid as station_id, d.division_id, d.code, d.name as division_name,
         ${covered ? sql`v.effective_from` : sql`d.effective_from`} as since,
         ${covered ? sql`v.recorded_from` : sql`d.recorded_from`} as position, d.division_id as other
  from place p
  join division d on d.parent_id = p.division_id and d.level = 'COMMUNITY' and d.status = 'ACTIVE' and ${holds('d', moment)}
  ${covered ? sql`join community_coverage v on v.division_id = d.division_id and ${holds('v', moment)}` : sql``}
  where p.level = 'TOWNSHIP' and p.centre_required and p.status = 'ACTIVE'`;

const subjectsOf: Readonly<Record<FigureName, (moment: Moment) => RawBuilder<unknown>>> = {
  townships: () => townships(sql`true`),
  townshipsWithCenter: () => townships(sql`exists (select 1 from center c where c.division_id = p.division_id)`),
  communities: moment => communities(moment, false),
  coveredCommunities: moment => communities(moment, true),
  centers: () => sql`
    select 'CENTER' as kind, c.center_id as id, c.name, null::uuid as station_id, c.division_id, c.code, c.division_name,
           c.effective_from as since, c.recorded_from as position, c.center_id as other
    from center c`,
  stations: () => stations(sql`true`),
  staffedStations: () => stations(sql`s.worker_id is not null`),
  actingStations: () => stations(sql`s.worker_id is null and s.acting_worker_id is not null`),
  vacantStations: () => stations(sql`s.worker_id is null and s.acting_worker_id is null`),
  redStations: moment => sql`
    ${stations(sql`true`)} and (select ${isRed(sql`coalesce(v.links, 0)`)}
      from (select 1) one left join ${linksPerStation(moment)} v on v.station_id = s.station_id)`,
  volunteers: moment => sql`
    select 'VOLUNTEER' as kind, l.volunteer_id as id, v.name, s.station_id, s.division_id, s.code, s.division_name,
           l.effective_from as since, l.recorded_from as position, l.station_id as other
    from station s
    join volunteer_link l on l.station_id = s.station_id and ${holds('l', moment)}
    left join volunteer v on v.volunteer_id = l.volunteer_id`,
};

interface SubjectRow extends Omit<FigureSubject, 'name'> {
  readonly name: string | null;
  readonly other: string;
}

export const figureSubjects = view('figureSubjects', {
  at: 'structure-figures/subjects',
  by: everyRole,
  asks: FigureSubjectsAsk,
  answers: FigureSubjects,
  words: {
    zh: '一个数字背后的对象',
    en: 'What a figure of coverage or staffing counts, one by one, each with the fact behind it',
  },
  async answer({ figure, divisionId, cursor, ...asked }: FigureSubjectsAsk, looking: Looking<Reader>) {
    const { reader, reach } = looking;
    if (divisionId && !reach.all && !reach.divisionIds.includes(divisionId)) return undefined;
    const moment = await reader.moment(asked);
    const limit = pageSize(asked);
    const top = divisionId ?? (await topOf(looking));
    const [code, id, other] = cursor === undefined ? ['', null, null] : readCursor('subjects', 3, cursor);
    const behind = id === null ? sql`true` : sql`(x.code, x.id, x.other) > (${code}, ${id}::uuid, ${other}::uuid)`;
    const { rows } = await sql<SubjectRow>`
      with recursive branch as (
        select d.division_id, d.level, d.centre_required, d.status from division d
        where d.division_id = ${top} and ${holds('d', moment)}
      ), ${underBranches(moment)},
      place as (
        select d.* from under u join division d on d.division_id = u.division_id and ${holds('d', moment)}
      ), center as (
        select c.center_id, c.name, p.division_id, p.code, p.name as division_name, c.effective_from, c.recorded_from
        from place p join service_center c on c.division_id = p.division_id and c.stage <> 'CLOSED' and ${holds('c', moment)}
      ), station as (
        select s.station_id, s.name, s.worker_id, s.acting_worker_id, s.effective_from, s.recorded_from,
               c.division_id, c.code, c.division_name
        from center c join service_station s on s.center_id = c.center_id and s.stage <> 'CLOSED' and ${holds('s', moment)}
      )
      select x.kind, x.id, x.name, x.station_id, x.division_id, x.code, x.division_name, x.since, x.position, x.other
      from (${subjectsOf[figure](moment)}) x
      where ${behind} order by x.code, x.id, x.other limit ${limit + 1}`.execute(reader.tables());
    if (rows.length === 0 && divisionId && !(await isThere(looking, divisionId, moment))) return undefined;
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: FigureSubjects = {
      rows: shown.map(({ other: _, name, ...row }) => ({
        ...row,
        name: row.kind === 'VOLUNTEER' ? shownName(looking, name ?? '') : (name ?? ''),
      })),
      next: last && rows.length > limit ? cursorOf('subjects', [last.code, last.id, last.other]) : null,
    };
    return { body };
  },
});

async function isThere({ reader }: Looking<Reader>, divisionId: string, moment: Moment): Promise<boolean> {
  const { rows } = await sql`select 1 from division d where d.division_id = ${divisionId} and ${holds('d', moment)}`.execute(
    reader.tables(),
  );
  return rows.length > 0;
}
