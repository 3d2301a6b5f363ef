import { sql } from 'kysely';
import type { Looking } from '@lib/platform/cqrs/views.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';

/** A station that volunteers are sought for, and where it works. */
export interface SeekingStation {
  readonly stationId: string;
  readonly name: string;
  readonly stage: string;
  readonly serviceFields: string[];
  readonly communities: string[];
  /** The street or town of its center. */
  readonly divisionId: string;
}

/** @returns undefined for a station that does not exist or is out of reach */
export async function stationInReach({ reader, reach }: Looking<Reader>, stationId: string): Promise<SeekingStation | undefined> {
  const { rows } = await sql<SeekingStation>`
    select s.station_id, s.name, s.stage, s.service_fields, s.communities, c.division_id
    from service_station s
    join service_center c on c.center_id = s.center_id and ${holds('c', now)}
    where s.station_id = ${stationId} and ${holds('s', now)}
      and (${reach.all} or c.division_id = any(${reach.divisionIds}::uuid[]))`.execute(reader.tables());
  return rows[0];
}

/** What lies above a division by today's tree; one that went into another counts as that one. */
async function above({ reader }: Looking<Reader>, divisionId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ divisionId: string; level: string }>`
    with recursive above as (
      select d.division_id, d.parent_id, d.successor_ids, d.level from division d where d.division_id = ${divisionId} and ${holds('d', now)}
      union
      select d.division_id, d.parent_id, d.successor_ids, d.level
      from above a join division d on ${holds('d', now)}
        and d.division_id = case when cardinality(a.successor_ids) = 1 then a.successor_ids[1] else a.parent_id end
    ) select division_id, level from above a where cardinality(a.successor_ids) <> 1`.execute(reader.tables());
  return new Map(rows.map(row => [row.level, row.divisionId]));
}

/**
 * The divisions around a station, from the nearest ring to the farthest, in the order of `distances` and without the last one,
 * which is everything else. A division stands in the nearest ring alone; what was merged or split counts where it went.
 */
export async function ringsAround(
  looking: Looking<Reader>,
  { communities, divisionId }: SeekingStation,
): Promise<readonly (readonly string[])[]> {
  const levels = await above(looking, divisionId);
  const within = (id: string | undefined) => (id === undefined ? [] : (looking.under(id) ?? []));
  const wide = [
    communities.flatMap(community => within(community)),
    within(divisionId),
    within(levels.get('COUNTY')),
    within(levels.get('PREFECTURE')),
  ];
  const placed = new Set<string>();
  return wide.map(ids => {
    const ring = ids.filter(id => !placed.has(id));
    for (const id of ring) placed.add(id);
    return ring;
  });
}
