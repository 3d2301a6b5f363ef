import { sql, type RawBuilder } from 'kysely';
import type { Looking } from '@lib/platform/cqrs/views.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { divisionConformance, type Conformance } from './conformance.js';
import { isRed, linksPerStation, underBranches } from './counting.js';
import type { StructureCounts } from './structure-counts.views.js';

/** A division with the counts of everything under it. */
export interface CountedDivision extends Conformance {
  readonly kind: 'DIVISION';
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly level: string;
  readonly counts: StructureCounts;
}

/** Children behind a code, at most so many. */
export type Page = { readonly after: string | undefined; readonly limit: number };

interface DivisionRow extends StructureCounts {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly level: string;
  readonly surplusCenters: number;
  readonly emptyCenters: number;
}

/** @param branch picks the divisions `d`, behind a `where`; they come in the order of their codes */
async function counted(
  { reader }: Looking<Reader>,
  moment: Moment,
  branch: RawBuilder<unknown>,
): Promise<readonly CountedDivision[]> {
  const { rows } = await sql<DivisionRow>`
    with recursive branch as (
      select d.division_id, d.name, d.code, d.level, d.centre_required, d.status from division d
      where ${branch}
    ), ${underBranches(moment)},
    center as (
      select u.branch, u.division_id, u.status, u.centre_required, c.center_id, c.stage
      from under u join service_center c on c.division_id = u.division_id and c.stage <> 'CLOSED' and ${holds('c', moment)}
    ), by_center as (
      select s.center_id, count(*)::int as stations, count(s.worker_id)::int as staffed_stations,
             coalesce(sum(v.links), 0)::int as volunteers,
             count(*) filter (where ${isRed(sql`coalesce(v.links, 0)`)})::int as red_stations
      from service_station s left join ${linksPerStation(moment)} v on v.station_id = s.station_id
      where s.center_id in (select center_id from center) and s.stage <> 'CLOSED' and ${holds('s', moment)}
      group by s.center_id
    ), centers as (
      select c.branch, count(*)::int as centers, count(*) filter (where c.status <> 'ACTIVE')::int as surplus_centers,
             count(*) filter (where s.center_id is null)::int as empty_centers,
             count(distinct c.division_id) filter (where c.status = 'ACTIVE' and c.centre_required)::int as townships_with_center,
             sum(s.stations)::int as stations, sum(s.staffed_stations)::int as staffed_stations,
             sum(s.red_stations)::int as red_stations, sum(s.volunteers)::int as volunteers
      from center c left join by_center s on s.center_id = c.center_id group by c.branch
    ), townships as (
      select branch, count(*)::int as townships from under
      where level = 'TOWNSHIP' and centre_required and status = 'ACTIVE' group by branch
    )
    select b.division_id as id, b.name, b.code, b.level, coalesce(t.townships, 0) as townships,
           coalesce(c.townships_with_center, 0) as townships_with_center, coalesce(c.centers, 0) as centers,
           coalesce(c.surplus_centers, 0) as surplus_centers, coalesce(c.empty_centers, 0) as empty_centers, coalesce(c.stations, 0) as stations,
           coalesce(c.staffed_stations, 0) as staffed_stations, coalesce(c.red_stations, 0) as red_stations,
           coalesce(c.volunteers, 0) as volunteers
    from branch b left join townships t on t.branch = b.division_id left join centers c on c.branch = b.division_id
    order by b.code`.execute(reader.tables());
  return rows.map(({ id, name, code, level, surplusCenters, emptyCenters, ...counts }) => ({
    kind: 'DIVISION',
    id,
    name,
    code,
    level,
    counts,
    ...divisionConformance({ ...counts, surplusCenters, emptyCenters }),
  }));
}

/** Figures of a division and, behind it, of each of its children; none when it is not there. */
export async function divisionsWithFigures(
  looking: Looking<Reader>,
  moment: Moment,
  divisionId: string,
  { after, limit }: Page,
): Promise<readonly [CountedDivision, ...CountedDivision[]] | undefined> {
  const rows = await counted(
    looking,
    moment,
    sql`${holds('d', moment)} and (d.division_id = ${divisionId} or d.parent_id = ${divisionId} and d.code > ${after ?? ''}
        and (d.status = 'ACTIVE' or exists (
          select 1 from service_center c where c.division_id = d.division_id and c.stage <> 'CLOSED' and ${holds('c', moment)})))
      order by d.division_id = ${divisionId} desc, d.code limit ${limit + 1}`,
  );
  const node = rows.find(({ id }) => id === divisionId);
  return node && [node, ...rows.filter(row => row !== node)];
}

/** Figures of the same divisions at another moment; those that were not there are absent. */
export async function figuresOf(
  looking: Looking<Reader>,
  moment: Moment,
  divisionIds: readonly string[],
): Promise<ReadonlyMap<string, CountedDivision>> {
  const rows = await counted(looking, moment, sql`d.division_id = any(${[...divisionIds]}::uuid[]) and ${holds('d', moment)}`);
  return new Map(rows.map(row => [row.id, row]));
}
