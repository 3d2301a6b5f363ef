import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';
import { stationConformance, type Colour } from '../structure/conformance.js';
import { linksPerStation } from '../structure/counting.js';
import { shownName } from './service-station.views.js';

export const stationStages = ['OPEN', 'SUSPENDED', 'CLOSED'] as const;
export type StationStage = (typeof stationStages)[number];

/** Which stations to list. Without a stage, those that are closed are left out. */
export class AskStationRegister extends PageAsk {
  /** @example "OPEN" */
  @IsOptional() @IsIn(stationStages) readonly stage?: StationStage;
  /** Stations of this center. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  @IsOptional() @IsUUID() readonly centerId?: string;
  /** Stations of centers in this division, under it, or in one that went into these. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
}

/** A station in the register. */
export class RegisteredStation {
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly name!: string;
  /** @example "OPEN" */
  readonly stage!: StationStage;
  readonly centerId!: string;
  /** @example "北山街道社工服务中心" */
  readonly centerName!: string;
  readonly divisionId!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** The names of the communities that it covers. @example ["丹英社区"] */
  readonly communities!: string[];
  /** @example ["ELDERLY"] */
  readonly serviceFields!: string[];
  /** The station's own worker, masked for those who may not see the name. @example "李玉兰" */
  readonly workerName!: string | null;
  /** Who acts for the station meanwhile. @example "朴英姬" */
  readonly actingWorkerName!: string | null;
  /** The first day without the acting worker. @example "2026-05-01" */
  readonly actingUntil!: string | null;
  /** How many volunteers serve it. @example 2 */
  readonly volunteers!: number;
  /** @example "green" */
  readonly colour!: Colour;
  readonly reasons!: string[];
  /** @example "2026-03-02" */
  readonly openedOn!: string;
}

/** A page of the register. */
export class StationRegister {
  readonly rows!: RegisteredStation[];
  /** Send it as `cursor` for the page behind this one; null on the last page. */
  readonly next!: string | null;
}

interface Row extends Omit<RegisteredStation, 'colour' | 'reasons'> {
  readonly workerId: string | null;
  readonly actingWorkerId: string | null;
  readonly spelling: string;
  readonly code: string;
}

export const stationRegister = view('stationRegister', {
  at: 'service-stations',
  by: everyRole,
  asks: AskStationRegister,
  answers: StationRegister,
  words: { zh: '服务站名册', en: 'The register of stations, by division and name' },
  async answer(ask: AskStationRegister, looking: Looking<Reader>) {
    const { reader, reach, under } = looking;
    const { stage, centerId, divisionId, cursor } = ask;
    const limit = pageSize(ask);
    const place = divisionId === undefined ? undefined : under(divisionId);
    const after = cursor === undefined ? undefined : readCursor('stations', 3, cursor);
    const found = await sql<Row>`
      select s.station_id, s.name, s.spelling, s.stage, s.center_id, c.name as center_name, c.division_id, d.code,
             d.name as division_name, s.service_fields, s.worker_id, w.name as worker_name, s.acting_worker_id,
             a.name as acting_worker_name, s.acting_until, s.opened_on, coalesce(v.links, 0)::int as volunteers,
             array(select e.name from division e where e.division_id = any(s.communities) and ${holds('e', now)} order by e.code)
               as communities
      from service_station s
      join service_center c on c.center_id = s.center_id and ${holds('c', now)}
      join division d on d.division_id = c.division_id and ${holds('d', now)}
      left join ${linksPerStation(now)} v on v.station_id = s.station_id
      left join social_worker w on w.worker_id = s.worker_id
      left join social_worker a on a.worker_id = s.acting_worker_id
      where ${holds('s', now)}
        and (${reach.all} or c.division_id = any(${reach.divisionIds}::uuid[]))
        and ${stage === undefined ? sql`s.stage <> 'CLOSED'` : sql`s.stage = ${stage}`}
        and ${centerId === undefined ? sql`true` : sql`s.center_id = ${centerId}`}
        and ${place === undefined ? sql`true` : sql`c.division_id = any(${place}::uuid[])`}
        and ${after === undefined ? sql`true` : sql`(d.code, s.spelling, s.station_id) > (${after[0]}, ${after[1]}, ${after[2]}::uuid)`}
      order by d.code, s.spelling, s.station_id limit ${limit + 1}`.execute(reader.tables());
    const rows = found.rows.slice(0, limit);
    const last = rows.at(-1);
    const name = (whole: string | null) => (whole === null ? null : shownName(looking, whole) || null);
    return {
      body: {
        rows: rows.map(({ workerId, actingWorkerId, spelling: _, code: __, workerName, actingWorkerName, ...row }) => ({
          ...row,
          workerName: name(workerName),
          actingWorkerName: name(actingWorkerName),
          ...stationConformance({
            stage: row.stage,
            staffed: workerId !== null,
            acting: actingWorkerId !== null,
            volunteers: row.volunteers,
          }),
        })),
        next: last && found.rows.length > limit ? cursorOf('stations', [last.code, last.spelling, last.stationId]) : null,
      },
    };
  },
});
