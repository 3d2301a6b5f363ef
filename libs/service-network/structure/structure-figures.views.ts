import { IsOptional, IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { pageSize, PageAtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { InvalidCommand } from '@lib/platform/cqrs/no.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import type { Colour } from './conformance.js';
import { underBranches } from './counting.js';
import { divisionsWithFigures, figuresOf, type CountedDivision } from './division-figures.js';
import { StructureCounts } from './structure-counts.views.js';
import { topOf } from './structure-tree.views.js';

/** Coverage and staffing of everything under a division. */
export class StructureFigures extends StructureCounts {
  /** Stations without a social worker of their own for which somebody acts. @example 1 */
  readonly actingStations!: number;
  /** Stations that have neither. @example 1 */
  readonly vacantStations!: number;
  /** Communities of the streets and towns that must have a center. @example 60 */
  readonly communities!: number;
  /** Those of them that a station covers. @example 52 */
  readonly coveredCommunities!: number;
}

/** A division with its figures. */
export class DivisionFigures {
  readonly divisionId!: string;
  /** @example "222401" */
  readonly code!: string;
  /** @example "延吉市" */
  readonly name!: string;
  /** @example "COUNTY" */
  readonly level!: string;
  /** At the moment that is looked at. */
  readonly figures!: StructureFigures;
  /** The same on the day of `compareWith`; null when the division was not there, or no day is named. */
  readonly before!: StructureFigures | null;
  /** How much more there is now than before, or less; null where there is no before. */
  readonly change!: StructureFigures | null;
  /** @example "amber" */
  readonly colour!: Colour;
  /** @example ["STATIONS_RED"] */
  readonly reasons!: string[];
}

/** A division, and those one level down that are streets, towns or larger. */
export class StructureFiguresPage {
  readonly node!: DivisionFigures;
  readonly rows!: DivisionFigures[];
  /** Asks for the next rows; null on the last page. */
  readonly next!: string | null;
}

/** Which division, at which moment, and with which other day to compare; the whole of the asker's place when none is named. */
export class StructureFiguresAsk extends PageAtMomentAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
  /** Another day, as it is known at the same moment. @example "2025-12-31" */
  @IsOptional() @IsCalendarDate() readonly compareWith?: string;
}

interface MoreFigures {
  readonly actingStations: number;
  readonly communities: number;
  readonly coveredCommunities: number;
}

/** What the tree does not count. */
async function moreFiguresOf({ reader }: Looking<Reader>, moment: Moment, divisionIds: readonly string[]) {
  const { rows } = await sql<MoreFigures & { id: string }>`
    with recursive branch as (
      select d.division_id, d.level, d.centre_required, d.status from division d
      where d.division_id = any(${[...divisionIds]}::uuid[]) and ${holds('d', moment)}
    ), ${underBranches(moment)},
    acting as (
      select u.branch, count(*)::int as acting_stations
      from under u
      join service_center c on c.division_id = u.division_id and c.stage <> 'CLOSED' and ${holds('c', moment)}
      join service_station s on s.center_id = c.center_id and s.stage <> 'CLOSED' and ${holds('s', moment)}
      where s.worker_id is null and s.acting_worker_id is not null
      group by u.branch
    ), coverage as (
      select u.branch, count(*)::int as communities, count(v.station_id)::int as covered_communities
      from under u
      join division d on d.parent_id = u.division_id and d.level = 'COMMUNITY' and d.status = 'ACTIVE' and ${holds('d', moment)}
      left join community_coverage v on v.division_id = d.division_id and ${holds('v', moment)}
      where u.level = 'TOWNSHIP' and u.centre_required and u.status = 'ACTIVE'
      group by u.branch
    )
    select b.division_id as id, coalesce(a.acting_stations, 0) as acting_stations, coalesce(c.communities, 0) as communities,
           coalesce(c.covered_communities, 0) as covered_communities
    from branch b left join acting a on a.branch = b.division_id left join coverage c on c.branch = b.division_id`.execute(
    reader.tables(),
  );
  return new Map(rows.map(({ id, ...figures }) => [id, figures]));
}

const nothingMore: MoreFigures = { actingStations: 0, communities: 0, coveredCommunities: 0 };

const together = ({ counts }: CountedDivision, more: MoreFigures = nothingMore): StructureFigures => ({
  ...counts,
  ...more,
  vacantStations: counts.stations - counts.staffedStations - more.actingStations,
});

/** How much more there is of each. */
export const changeBetween = (before: StructureFigures, figures: StructureFigures): StructureFigures => ({
  townships: figures.townships - before.townships,
  townshipsWithCenter: figures.townshipsWithCenter - before.townshipsWithCenter,
  centers: figures.centers - before.centers,
  stations: figures.stations - before.stations,
  staffedStations: figures.staffedStations - before.staffedStations,
  actingStations: figures.actingStations - before.actingStations,
  vacantStations: figures.vacantStations - before.vacantStations,
  redStations: figures.redStations - before.redStations,
  volunteers: figures.volunteers - before.volunteers,
  communities: figures.communities - before.communities,
  coveredCommunities: figures.coveredCommunities - before.coveredCommunities,
});

/** The figures on another day, as they are known at the same moment. */
async function figuresBefore(looking: Looking<Reader>, moment: Moment, divisionIds: readonly string[]) {
  const counted = await figuresOf(looking, moment, divisionIds);
  const more = await moreFiguresOf(looking, moment, divisionIds);
  return new Map([...counted].map(([id, division]) => [id, together(division, more.get(id))]));
}

function requirePast(compareWith: string | undefined, { reader }: Looking<Reader>) {
  if (compareWith === undefined || compareWith <= reader.today()) return;
  const words = { zh: '不能晚于现在', en: 'must not lie ahead' };
  throw new InvalidCommand('moment-ahead', words, [{ pointer: 'compareWith', code: 'isPast', words }]);
}

export const structureFigures = view('structureFigures', {
  at: 'structure-figures',
  by: everyRole,
  asks: StructureFiguresAsk,
  answers: StructureFiguresPage,
  words: {
    zh: '覆盖与配备情况(按下级区划,可与另一日期比较)',
    en: 'Coverage and staffing of a division and of those one level down, compared with another day',
  },
  async answer(asked: StructureFiguresAsk, looking: Looking<Reader>) {
    const { divisionId, compareWith, cursor, asOf, effectiveOn } = asked;
    const { all, divisionIds } = looking.reach;
    if (divisionId && !all && !divisionIds.includes(divisionId)) return undefined;
    requirePast(compareWith, looking);
    const limit = pageSize(asked);
    const moment = await looking.reader.moment({ asOf, effectiveOn });
    const after = cursor === undefined ? undefined : String(readCursor('figures', 1, cursor)[0]);
    const top = divisionId ?? (await topOf(looking));
    const found = await divisionsWithFigures(looking, moment, top, { after, limit: limit + 1 });
    if (!found) return undefined;
    const [, ...children] = found;
    // Below a street or town there are communities, which are counted and have no figures of their own.
    const below = children.filter(({ level }) => level !== 'COMMUNITY');
    const shown = [found[0], ...below.slice(0, limit)];
    const ids = shown.map(({ id }) => id);
    const [more, earlier] = await Promise.all([
      moreFiguresOf(looking, moment, ids),
      compareWith === undefined ? undefined : figuresBefore(looking, { ...moment, effectiveOn: compareWith }, ids),
    ]);
    const [node, ...rows] = shown.map((division): DivisionFigures => {
      const { id, code, name, level, colour, reasons } = division;
      const figures = together(division, more.get(id));
      const before = earlier?.get(id) ?? null;
      const change = before && changeBetween(before, figures);
      return { divisionId: id, code, name, level, figures, before, change, colour, reasons };
    });
    const next = below.length > limit ? cursorOf('figures', [rows.at(-1)!.code]) : null;
    return { body: { node: node!, rows, next } };
  },
});
