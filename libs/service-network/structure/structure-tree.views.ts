import { IsOptional, IsUUID } from 'class-validator';
import { sql, type RawBuilder } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { pageSize, PageAtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import { shownName, volunteerOrder } from '../service-station/service-station.views.js';
import { centerConformance, stationConformance, type Colour } from './conformance.js';
import { isRed, linksPerStation } from './counting.js';
import { divisionsWithFigures, type Page } from './division-figures.js';
import { StructureCounts } from './structure-counts.views.js';

/** One branch or leaf of the structure. */
export class StructureNode {
  /** DIVISION, CENTER, STATION, WORKER, ACTING_WORKER or VOLUNTEER. @example "DIVISION" */
  readonly kind!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  readonly id!: string;
  /** @example "北山街道" */
  readonly name!: string;
  /** The code of a division. @example "222401002" */
  readonly code?: string;
  /** The level of a division. @example "TOWNSHIP" */
  readonly level?: string;
  /** The stage of a center or station. @example "ACTIVE" */
  readonly stage?: string;
  readonly counts?: StructureCounts;
  /** @example "green" */
  readonly colour?: Colour;
  /** @example ["TOWNSHIP_WITHOUT_CENTER"] */
  readonly reasons?: string[];
  /** True for a volunteer whose primary station this is. */
  readonly primary?: boolean;
  /** The first day of a worker's or volunteer's time there. @example "2026-03-02" */
  readonly since?: string | null;
}

/** A branch with what lies directly under it. */
export class StructureTree {
  readonly node!: StructureNode;
  readonly children!: StructureNode[];
  /** Asks for the next children; null on the last page. */
  readonly next!: string | null;
}

/** A branch: a division, a center or a station; the whole province when none is named. */
export class StructureTreeAsk extends PageAtMomentAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  @IsOptional() @IsUUID() readonly centerId?: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsOptional() @IsUUID() readonly stationId?: string;
}

interface CenterRow {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly divisionActive: boolean;
  readonly stations: number;
  readonly staffedStations: number;
  readonly redStations: number;
  readonly volunteers: number;
}

async function centersWithFigures(
  { reader }: Looking<Reader>,
  moment: Moment,
  which: RawBuilder<unknown>,
): Promise<readonly StructureNode[]> {
  const { rows } = await sql<CenterRow>`
    select c.center_id as id, c.name, c.stage, d.status = 'ACTIVE' as division_active,
           count(s.station_id)::int as stations, count(s.worker_id)::int as staffed_stations,
           coalesce(sum(v.links), 0)::int as volunteers,
           count(*) filter (where s.station_id is not null and ${isRed(sql`coalesce(v.links, 0)`)})::int as red_stations
    from service_center c
    join division d on d.division_id = c.division_id and ${holds('d', moment)}
    left join service_station s on s.center_id = c.center_id and s.stage <> 'CLOSED' and ${holds('s', moment)}
    left join ${linksPerStation(moment)} v on v.station_id = s.station_id
    where ${which} and ${holds('c', moment)}
    group by c.center_id, c.name, c.stage, c.spelling, d.status
    order by c.spelling, c.center_id`.execute(reader.tables());
  return rows.map(({ id, name, stage, divisionActive, stations, staffedStations, redStations, volunteers }) => ({
    kind: 'CENTER',
    id,
    name,
    stage,
    counts: { townships: 0, townshipsWithCenter: 0, centers: 1, stations, staffedStations, redStations, volunteers },
    ...centerConformance({ stage, divisionActive, stations, redStations }),
  }));
}

interface StationRow {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly spelling: string;
  readonly workerId: string | null;
  readonly workerName: string | null;
  readonly workerSince: string | null;
  readonly actingWorkerId: string | null;
  readonly actingWorkerName: string | null;
  readonly volunteers: number;
}

async function stationRows(
  { reader }: Looking<Reader>,
  moment: Moment,
  which: RawBuilder<unknown>,
  limit: number,
): Promise<readonly StationRow[]> {
  const { rows } = await sql<StationRow>`
    select s.station_id as id, s.name, s.stage, s.spelling, s.worker_id, w.name as worker_name, p.effective_from as worker_since,
           s.acting_worker_id, a.name as acting_worker_name,
           (select count(*)::int from volunteer_link l where l.station_id = s.station_id and ${holds('l', moment)}) as volunteers
    from service_station s
    left join social_worker w on w.worker_id = s.worker_id
    left join social_worker a on a.worker_id = s.acting_worker_id
    left join posting p on p.worker_id = s.worker_id and p.station_id = s.station_id and p.kind = 'PRIMARY' and ${holds('p', moment)}
    where ${which} and ${holds('s', moment)}
    order by s.spelling, s.station_id limit ${limit}`.execute(reader.tables());
  return rows;
}

function stationNode({ id, name, stage, workerId, actingWorkerId, volunteers }: StationRow): StructureNode {
  const staffed = workerId !== null;
  const conformance = stationConformance({ stage, staffed, acting: actingWorkerId !== null, volunteers });
  const counts: StructureCounts = {
    townships: 0,
    townshipsWithCenter: 0,
    centers: 0,
    stations: 1,
    staffedStations: staffed ? 1 : 0,
    redStations: conformance.colour === 'red' ? 1 : 0,
    volunteers,
  };
  return { kind: 'STATION', id, name, stage, counts, ...conformance };
}

interface VolunteerRow {
  readonly id: string;
  readonly name: string;
  readonly sorted: string;
  readonly primary: boolean;
  readonly since: string;
}

/** Cuts a list that was asked with one row more than the page holds. */
function paged<Row>(
  rows: readonly Row[],
  limit: number,
  cursor: (last: Row) => string,
): { readonly shown: readonly Row[]; readonly next: string | null } {
  const shown = rows.slice(0, limit);
  return { shown, next: rows.length > limit ? cursor(shown.at(-1)!) : null };
}

const placeOf = {
  center: (centerId: string, moment: Moment) =>
    sql<{
      divisionId: string;
    }>`select c.division_id from service_center c where c.center_id = ${centerId} and ${holds('c', moment)}`,
  station: (stationId: string, moment: Moment) =>
    sql<{ divisionId: string }>`select c.division_id from service_station s
      join service_center c on c.center_id = s.center_id and ${holds('c', moment)}
      where s.station_id = ${stationId} and ${holds('s', moment)}`,
};

async function isWithin({ reader, reach }: Looking<Reader>, place: ReturnType<typeof placeOf.center>): Promise<boolean> {
  const { rows } = await place.execute(reader.tables());
  return rows.length > 0 && (reach.all || reach.divisionIds.includes(rows[0]!.divisionId));
}

async function divisionBranch(
  looking: Looking<Reader>,
  moment: Moment,
  divisionId: string,
  page: Page & { readonly cursor?: string | undefined },
) {
  const after = page.cursor === undefined ? undefined : String(readCursor('code', 1, page.cursor)[0]);
  const figures = await divisionsWithFigures(looking, moment, divisionId, { after, limit: page.limit + 1 });
  if (!figures) return undefined;
  const [node, ...rows] = figures;
  if (node.level === 'TOWNSHIP') {
    const children = await centersWithFigures(looking, moment, sql`c.division_id = ${divisionId} and c.stage <> 'CLOSED'`);
    return { node, children: [...children], next: null };
  }
  const { shown, next } = paged(rows, page.limit, last => cursorOf('code', [last.code!]));
  return { node, children: [...shown], next };
}

async function centerBranch(
  looking: Looking<Reader>,
  moment: Moment,
  centerId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  if (!(await isWithin(looking, placeOf.center(centerId, moment)))) return undefined;
  const [node] = await centersWithFigures(looking, moment, sql`c.center_id = ${centerId}`);
  if (!node) return undefined;
  const [spelling, id] = cursor === undefined ? ['', null] : readCursor('stations', 2, cursor);
  const behind = id === null ? sql`true` : sql`(s.spelling, s.station_id) > (${spelling}, ${id}::uuid)`;
  const rows = await stationRows(
    looking,
    moment,
    sql`s.center_id = ${centerId} and s.stage <> 'CLOSED' and ${behind}`,
    limit + 1,
  );
  const { shown, next } = paged(rows, limit, last => cursorOf('stations', [last.spelling, last.id]));
  return { node, children: shown.map(stationNode), next };
}

async function stationBranch(
  looking: Looking<Reader>,
  moment: Moment,
  stationId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  if (!(await isWithin(looking, placeOf.station(stationId, moment)))) return undefined;
  const [station] = await stationRows(looking, moment, sql`s.station_id = ${stationId}`, 1);
  if (!station) return undefined;
  const order = volunteerOrder(looking);
  const [sorted, id] = cursor === undefined ? ['', null] : readCursor('volunteers', 2, cursor);
  const behind = id === null ? sql`true` : sql`(${order}, v.volunteer_id) > (${sorted}, ${id}::uuid)`;
  const { rows } = await sql<VolunteerRow>`
    select l.volunteer_id as id, v.name, ${order} as sorted, l.is_primary as "primary", l.since
    from volunteer_link l join volunteer v on v.volunteer_id = l.volunteer_id
    where l.station_id = ${stationId} and ${holds('l', moment)} and ${behind}
    order by ${order}, v.volunteer_id limit ${limit + 1}`.execute(looking.reader.tables());
  const { shown, next } = paged(rows, limit, last => cursorOf('volunteers', [last.sorted, last.id]));
  const worker: StructureNode[] =
    station.workerId === null
      ? []
      : [
          {
            kind: 'WORKER',
            id: station.workerId,
            name: shownName(looking, station.workerName ?? ''),
            since: station.workerSince,
          },
        ];
  const acting: StructureNode[] =
    station.actingWorkerId === null
      ? []
      : [{ kind: 'ACTING_WORKER', id: station.actingWorkerId, name: shownName(looking, station.actingWorkerName ?? '') }];
  const volunteers = shown.map(({ id: volunteerId, name, primary, since }) => ({
    kind: 'VOLUNTEER',
    id: volunteerId,
    name: shownName(looking, name),
    primary,
    since,
  }));
  return {
    node: stationNode(station),
    children: cursor === undefined ? [...worker, ...acting, ...volunteers] : volunteers,
    next,
  };
}

export const structureTree = view('structureTree', {
  at: 'structure-tree',
  by: everyRole,
  asks: StructureTreeAsk,
  answers: StructureTree,
  words: { zh: '组织结构树', en: 'Division, center, stations, worker, volunteers: one branch with what lies directly under it' },
  async answer({ divisionId, centerId, stationId, cursor, ...ask }: StructureTreeAsk, looking: Looking<Reader>) {
    const moment = await looking.reader.moment(ask);
    const page = { cursor, limit: pageSize(ask), after: undefined };
    if (stationId) return answered(await stationBranch(looking, moment, stationId, page));
    if (centerId) return answered(await centerBranch(looking, moment, centerId, page));
    const { all, divisionIds } = looking.reach;
    if (divisionId) {
      return all || divisionIds.includes(divisionId)
        ? answered(await divisionBranch(looking, moment, divisionId, page))
        : undefined;
    }
    return answered(await divisionBranch(looking, moment, await topOf(looking), page));
  },
});

const answered = (body: StructureTree | undefined) => body && { body };

/** Where the asker's own tree begins: the province, or the highest of the own divisions. */
export async function topOf({ reader, reach }: Looking<Reader>): Promise<string> {
  const { rows } = await sql<{ divisionId: string }>`
    select division_id from division d
    where ${holds('d', {})} and ${reach.all ? sql`d.parent_id is null` : sql`d.division_id = any(${reach.divisionIds}::uuid[])`}
    order by length(d.code), d.code limit 1`.execute(reader.tables());
  return rows[0]?.divisionId ?? '00000000-0000-0000-0000-000000000000';
}
