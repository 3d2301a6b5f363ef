import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { isAmong } from '@lib/platform/read-store/id-list.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { CoveredCommunity, PersonName, shownName } from '../service-station/service-station.views.js';
import { todosOf, type TodoCode, type Waiting } from './center-todos.js';
import { centerConformance, stationConformance, type Colour } from './conformance.js';
import { findings, foundUnder } from './structure-conformance.views.js';

/** So many ids stand beside something to do; `count` counts all. */
const idsAtMost = 20;

/** A station of the center, today. */
export class StationToday {
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly name!: string;
  /** @example "OPEN" */
  readonly stage!: string;
  /** Null while the post is vacant. */
  readonly worker!: PersonName | null;
  /** Who acts for the station meanwhile. */
  readonly actingWorker!: PersonName | null;
  /** The first day without the acting worker. @example "2026-05-01" */
  readonly actingUntil!: string | null;
  /** @example 2 */
  readonly volunteers!: number;
  readonly communities!: CoveredCommunity[];
  /** @example ["ELDERLY"] */
  readonly serviceFields!: string[];
  /** @example "green" */
  readonly colour!: Colour;
  readonly reasons!: string[];
}

/** Communities of the street or town that must have a station, and volunteers who are at home there. */
export class CenterCounts {
  /** @example 9 */
  readonly communities!: number;
  /** Those of them that a station covers. @example 8 */
  readonly coveredCommunities!: number;
  /** Accepted volunteers who are at home here. @example 24 */
  readonly volunteers!: number;
  /** Those of them who serve no station. @example 3 */
  readonly unlinkedVolunteers!: number;
  /** Who applied and was neither accepted nor declined. @example 2 */
  readonly applicants!: number;
}

/** Something to do. */
export class CenterTodo {
  /** @example "STATION_WITHOUT_WORKER" */
  readonly code!: TodoCode;
  /** The station that it is about. */
  readonly stationId!: string | null;
  /** Volunteers (VOLUNTEERS_…) or communities (COMMUNITY_…) to act on, 20 at most. @example [] */
  readonly ids!: string[];
  /** How many there are of these; of a station's volunteers where these are too few. @example 3 */
  readonly count!: number | null;
  /** By when, or since when. @example "2026-03-24" */
  readonly on!: string | null;
  /** @example "“丹英社区社工服务站”没有社工:请指派社工,或指定代理" */
  readonly words!: string;
}

/** A center at a glance: its stations, what is not as planned, and what to do first. */
export class CenterToday {
  readonly centerId!: string;
  /** @example "北山街道社工服务中心" */
  readonly name!: string;
  /** @example "ACTIVE" */
  readonly stage!: string;
  readonly divisionId!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** The day that is looked at. @example "2026-03-10" */
  readonly today!: string;
  /** @example "amber" */
  readonly colour!: Colour;
  readonly reasons!: string[];
  readonly counts!: CenterCounts;
  /** Those that are not closed, by name. */
  readonly stations!: StationToday[];
  /** What is done best first comes first. */
  readonly todos!: CenterTodo[];
}

/** Which center. */
export class CenterTodayAsk {
  @IsUUID() readonly centerId!: string;
}

interface CenterRow {
  readonly centerId: string;
  readonly name: string;
  readonly stage: string;
  readonly divisionId: string;
  readonly divisionName: string;
  readonly divisionStatus: string;
  readonly communities: number;
  readonly revision: number;
}

interface StationRow {
  readonly stationId: string;
  readonly name: string;
  readonly stage: string;
  readonly workerId: string | null;
  readonly workerName: string | null;
  readonly actingWorkerId: string | null;
  readonly actingWorkerName: string | null;
  readonly actingUntil: string | null;
  readonly serviceFields: string[];
  readonly volunteers: number;
}

async function stationsOf(looking: Looking<Reader>, centerId: string): Promise<readonly StationToday[]> {
  const tables = looking.reader.tables();
  const stations = await sql<StationRow>`
    select s.station_id, s.name, s.stage, s.worker_id, w.name as worker_name, s.acting_worker_id, a.name as acting_worker_name,
           s.acting_until, s.service_fields, coalesce(v.active_links, 0) as volunteers
    from service_station s
    left join social_worker w on w.worker_id = s.worker_id
    left join social_worker a on a.worker_id = s.acting_worker_id
    left join station_volunteers v on v.station_id = s.station_id
    where s.center_id = ${centerId} and s.stage <> 'CLOSED' and ${holds('s', now)}
    order by s.spelling, s.station_id`.execute(tables);
  const covered = await sql<CoveredCommunity & { stationId: string }>`
    select v.station_id, d.division_id, d.code, d.name
    from community_coverage v join division d on d.division_id = v.division_id and ${holds('d', now)}
    where ${isAmong(
      'v.stationId',
      stations.rows.map(({ stationId }) => stationId),
    )} and ${holds('v', now)} order by d.code`.execute(tables);
  const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: shownName(looking, name ?? '') });
  return stations.rows.map(({ workerId, workerName, actingWorkerId, actingWorkerName, ...station }) => ({
    ...station,
    worker: person(workerId, workerName),
    actingWorker: person(actingWorkerId, actingWorkerName),
    communities: covered.rows
      .filter(({ stationId }) => stationId === station.stationId)
      .map(({ divisionId, code, name }) => ({ divisionId, code, name })),
    ...stationConformance({ ...station, staffed: workerId !== null, acting: actingWorkerId !== null }),
  }));
}

/** Communities of a street or town that no station covers, by the rule of the conformance. */
async function uncoveredIn({ reader }: Looking<Reader>, divisionId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    ${foundUnder(sql`d.division_id = ${divisionId}`, now)}
    select f.id from found f where f.rank = ${findings.indexOf('COMMUNITY_WITHOUT_STATION') + 1}::int
    order by f.code, f.id`.execute(reader.tables());
  return rows.map(({ id }) => id);
}

interface PeopleRow {
  readonly accepted: number;
  readonly applicants: number;
  readonly applicantIds: string[] | null;
  readonly applicantsSince: string | null;
  readonly unlinked: number;
  readonly unlinkedIds: string[] | null;
  readonly unlinkedSince: string | null;
}

async function volunteersAtHome({ reader }: Looking<Reader>, divisionIds: readonly string[]) {
  const applied = sql`v.stage = 'APPLIED'`;
  const unlinked = sql`v.stage = 'ACCEPTED' and v.station_ids = '{}'`;
  const { rows } = await sql<PeopleRow>`
    select count(*) filter (where v.stage = 'ACCEPTED')::int as accepted,
           count(*) filter (where ${applied})::int as applicants,
           (array_agg(v.volunteer_id order by v.registered_on, v.volunteer_id) filter (where ${applied}))[1:${sql.lit(idsAtMost)}]
             as applicant_ids,
           min(v.registered_on) filter (where ${applied}) as applicants_since,
           count(*) filter (where ${unlinked})::int as unlinked,
           (array_agg(v.volunteer_id order by v.registered_on, v.volunteer_id) filter (where ${unlinked}))[1:${sql.lit(idsAtMost)}]
             as unlinked_ids,
           min(v.registered_on) filter (where ${unlinked}) as unlinked_since
    from volunteer v where ${isAmong('v.homeDivisionId', divisionIds)}`.execute(reader.tables());
  const [found] = rows;
  const waiting = (count = 0, ids: string[] | null = [], since: string | null = null): Waiting => ({
    count,
    ids: ids ?? [],
    since,
  });
  return {
    accepted: found?.accepted ?? 0,
    applicants: waiting(found?.applicants, found?.applicantIds, found?.applicantsSince),
    unlinked: waiting(found?.unlinked, found?.unlinkedIds, found?.unlinkedSince),
  };
}

export const centerToday = view('centerToday', {
  at: 'service-centers/{centerId}/today',
  by: everyRole,
  asks: CenterTodayAsk,
  answers: CenterToday,
  words: { zh: '今日中心', en: 'A center today: its stations, what is not as planned, and what to do first' },
  async answer({ centerId }: CenterTodayAsk, looking: Looking<Reader>) {
    const { reader, reach, under, language } = looking;
    const centers = await sql<CenterRow>`
      select c.center_id, c.name, c.stage, c.division_id, d.name as division_name, d.status as division_status, c.revision,
             case when d.centre_required and d.status = 'ACTIVE' then (
               select count(*)::int from division m
               where m.parent_id = d.division_id and m.level = 'COMMUNITY' and m.status = 'ACTIVE' and ${holds('m', now)}
             ) else 0 end as communities
      from service_center c join division d on d.division_id = c.division_id and ${holds('d', now)}
      where c.center_id = ${centerId} and ${holds('c', now)}
        and (${reach.all} or c.division_id = any(${reach.divisionIds}::uuid[]))`.execute(reader.tables());
    const [center] = centers.rows;
    if (!center) return undefined;
    const { divisionStatus, communities, revision, ...shown } = center;
    const [stations, uncovered, people] = await Promise.all([
      stationsOf(looking, centerId),
      uncoveredIn(looking, center.divisionId),
      volunteersAtHome(looking, under(center.divisionId) ?? []),
    ]);
    const conformance = centerConformance({
      stage: center.stage,
      divisionActive: divisionStatus === 'ACTIVE',
      stations: stations.length,
      redStations: stations.filter(({ colour }) => colour === 'red').length,
    });
    const today = reader.today();
    const todos =
      center.stage === 'CLOSED'
        ? []
        : todosOf({
            today,
            reasons: conformance.reasons,
            stations,
            uncovered: { count: uncovered.length, ids: uncovered.slice(0, idsAtMost) },
            ...people,
          });
    const body: CenterToday = {
      ...shown,
      today,
      ...conformance,
      counts: {
        communities,
        coveredCommunities: communities - uncovered.length,
        volunteers: people.accepted,
        unlinkedVolunteers: people.unlinked.count,
        applicants: people.applicants.count,
      },
      stations: [...stations],
      todos: todos.map(({ ids, words, ...todo }) => ({ ...todo, ids: [...ids], words: words[language] })),
    };
    return { body, revision };
  },
});
