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

/**
 * Everything that is missing under some divisions: `found (rank, id, name, code, division_name, count, successor_ids)`, of which
 * `rank` is the place among `findings`, from 1.
 * @param start picks the divisions `d`
 */
export const foundUnder = (start: RawBuilder<unknown>, moment: Moment): RawBuilder<unknown> => sql`
  with recursive place as (
    select d.division_id, d.name, d.code, d.level, d.status, d.centre_required, d.parent_id, d.successor_ids
    from division d where ${start} and ${holds('d', moment)}
    union
    select d.division_id, d.name, d.code, d.level, d.status, d.centre_required, d.parent_id, d.successor_ids
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
    select 6, p.division_id, p.name, p.code, t.name, null, '{}'
    from place p join division t on t.division_id = p.parent_id and t.centre_required and t.status = 'ACTIVE' and ${holds('t', moment)}
    where p.level = 'COMMUNITY' and p.status = 'ACTIVE'
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
    const [totals, page] = await Promise.all([
      sql<{
        rank: number;
        count: number;
      }>`${found} select f.rank, count(*)::int as count from found f where ${wanted} group by f.rank order by f.rank`.execute(
        reader.tables(),
      ),
      sql<Row>`${found} select f.rank, f.id, f.name, f.code, f.division_name, f.count,
          array(select s.name from division s where s.division_id = any(f.successor_ids) and ${holds('s', moment)} order by s.code) as successors
        from found f where ${wanted} and ${behind} order by f.rank, f.code, f.id limit ${limit + 1}`.execute(reader.tables()),
    ]);
    const shown = page.rows.slice(0, limit);
    const last = shown.at(-1);
    const body: StructureConformance = {
      totals: totals.rows.map(row => ({ finding: findings[row.rank - 1]!, count: row.count })),
      rows: shown.map(({ rank: shownRank, ...row }) => ({ ...row, finding: findings[shownRank - 1]! })),
      next: last && page.rows.length > limit ? cursorOf('findings', [last.rank, last.code, last.id]) : null,
    };
    return { body };
  },
});
