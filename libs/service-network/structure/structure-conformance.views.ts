import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { sql, type RawBuilder } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { pageSize, PageAtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import { fewestVolunteers } from './conformance.js';
import { linksPerStation } from './counting.js';

/** What can be missing, in the order in which it is listed. */
export const findings = [
  'TOWNSHIP_WITHOUT_CENTER',
  'CENTER_SURPLUS',
  'CENTER_WITHOUT_STATION',
  'STATION_WITHOUT_WORKER',
  'STATION_WITH_FEW_VOLUNTEERS',
  'COMMUNITY_WITHOUT_STATION',
] as const;
export type Finding = (typeof findings)[number];

/** Something that the plan asks for and that is missing. */
export class ConformanceRow {
  /** @example "STATION_WITHOUT_WORKER" */
  readonly finding!: Finding;
  /** What lacks it: a division, a center or a station. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  readonly id!: string;
  /** @example "丹英社区社工服务站" */
  readonly name!: string;
  /** The division where it is. @example "222401002" */
  readonly code!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** How many there are of what is too few: volunteers of the station. @example 1 */
  readonly count!: number | null;
  /** For the center of a street or town that has ended: where that went. @example ["新兴街道"] */
  readonly successors!: string[];
}

/** How many of each. */
export class FindingCount {
  /** @example "STATION_WITHOUT_WORKER" */
  readonly finding!: Finding;
  /** @example 3 */
  readonly count!: number;
}

/** What is missing in a place. */
export class StructureConformance {
  /** All findings of the place, counted; the rows are a page of them. */
  readonly totals!: FindingCount[];
  readonly rows!: ConformanceRow[];
  /** Asks for the next rows; null on the last page. */
  readonly next!: string | null;
}

/** Which findings, where, and at which moment. */
export class StructureConformanceAsk extends PageAtMomentAsk {
  /** The place; everything under it is included. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
  /** @example "STATION_WITHOUT_WORKER" */
  @IsOptional() @IsIn(findings) readonly finding?: Finding;
}

interface Row extends ConformanceRow {
  readonly rank: number;
}

/** A row of the page beside the totals, which stand there even where the page is empty. */
type Page = { readonly totals: readonly { readonly rank: number; readonly count: number }[] } & (Row | { readonly id: null });

/**
 * Everything that is missing under some divisions: `found (rank, id, name, code, division_name, count, successor_ids)`, of which
 * `rank` is the place among `findings`, from 1.
 * @param start picks the divisions `d`
 */
export const foundUnder = (start: RawBuilder<unknown>, moment: Moment): RawBuilder<unknown> => sql`
  with recursive place as (
    select d.division_id, d.name, d.code, d.level, d.status, d.centre_required, d.successor_ids,
           t.name as parent_name, t.centre_required and t.status = 'ACTIVE' as parent_required
    from division d left join division t on t.division_id = d.parent_id and ${holds('t', moment)}
    where ${start} and ${holds('d', moment)}
    union
    select d.division_id, d.name, d.code, d.level, d.status, d.centre_required, d.successor_ids,
           p.name, p.centre_required and p.status = 'ACTIVE'
    from place p join division d on d.parent_id = p.division_id and ${holds('d', moment)}
  ), center as (
    select c.center_id, c.name, c.stage, p.division_id, p.code, p.name as division_name, p.status, p.successor_ids
    from place p join service_center c on c.division_id = p.division_id and c.stage <> 'CLOSED' and ${holds('c', moment)}
  ), station as (
    select s.station_id, s.name, s.center_id, s.worker_id, s.acting_worker_id, c.code, c.division_name,
           coalesce(v.links, 0) as links
    from center c join service_station s on s.center_id = c.center_id and s.stage <> 'CLOSED' and ${holds('s', moment)}
    left join ${linksPerStation(moment)} v
      on v.station_id = s.station_id
  ), found as (
    select 1 as rank, p.division_id as id, p.name, p.code, p.name as division_name, null::int as count, '{}'::uuid[] as successor_ids
    from place p
    where p.level = 'TOWNSHIP' and p.status = 'ACTIVE' and p.centre_required
      and not exists (select 1 from center c where c.division_id = p.division_id)
    union all
    select 2, c.center_id, c.name, c.code, c.division_name, null, c.successor_ids from center c where c.status <> 'ACTIVE'
    union all
    select 3, c.center_id, c.name, c.code, c.division_name, null, '{}' from center c
    where not exists (select 1 from station s where s.center_id = c.center_id)
    union all
    select 4, s.station_id, s.name, s.code, s.division_name, null, '{}' from station s
    where s.worker_id is null and s.acting_worker_id is null
    union all
    select 5, s.station_id, s.name, s.code, s.division_name, s.links, '{}' from station s where s.links < ${fewestVolunteers}::int
    union all
    select 6, p.division_id, p.name, p.code, p.parent_name, null, '{}'
    from place p
    where p.level = 'COMMUNITY' and p.status = 'ACTIVE' and p.parent_required
      and not exists (select 1 from community_coverage v where v.division_id = p.division_id and ${holds('v', moment)})
  )`;

export const structureConformance = view('structureConformance', {
  at: 'structure-conformance',
  by: everyRole,
  asks: StructureConformanceAsk,
  answers: StructureConformance,
  words: { zh: '结构达标情况', en: 'What the plan asks for and is missing: centers, stations, workers, volunteers' },
  async answer({ divisionId, finding, cursor, ...ask }: StructureConformanceAsk, { reader, reach }: Looking<Reader>) {
    if (divisionId && !reach.all && !reach.divisionIds.includes(divisionId)) return undefined;
    const moment = await reader.moment(ask);
    const limit = pageSize(ask);
    const [rank, code, id] = cursor === undefined ? [0, '', null] : readCursor('findings', 3, cursor);
    const start = divisionId
      ? sql`d.division_id = ${divisionId}`
      : reach.all
        ? sql`d.parent_id is null`
        : sql`d.division_id = any(${reach.divisionIds}::uuid[])`;
    const found = foundUnder(start, moment);
    const wanted = finding ? sql`f.rank = ${findings.indexOf(finding) + 1}` : sql`true`;
    const behind = id === null ? sql`true` : sql`(f.rank, f.code, f.id) > (${rank}::int, ${code}, ${id}::uuid)`;
    // Totals and page are taken from the same findings: to find them is most of the work.
    const { rows: all } = await sql<Page>`${found}, counted as (
        select f.rank, count(*)::int as count from found f where ${wanted} group by f.rank
      ), page as (
        select * from found f where ${wanted} and ${behind} order by f.rank, f.code, f.id limit ${limit + 1}
      )
      select (select coalesce(jsonb_agg(jsonb_build_object('rank', c.rank, 'count', c.count) order by c.rank), '[]') from counted c) as totals,
        p.rank, p.id, p.name, p.code, p.division_name, p.count,
        array(select s.name from division s where s.division_id = any(p.successor_ids) and ${holds('s', moment)} order by s.code) as successors
      from (select) once left join page p on true order by p.rank, p.code, p.id`.execute(reader.tables());
    const rows = all.filter((row): row is Page & Row => row.id !== null);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: StructureConformance = {
      totals: all[0]!.totals.map(({ rank: of, count }) => ({ finding: findings[of - 1]!, count })),
      rows: shown.map(({ rank: shownRank, totals: _, ...row }) => ({ ...row, finding: findings[shownRank - 1]! })),
      next: last && rows.length > limit ? cursorOf('findings', [last.rank, last.code, last.id]) : null,
    };
    return { body };
  },
});
