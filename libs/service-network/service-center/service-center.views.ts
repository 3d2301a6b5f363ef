import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { AtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { holds } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { spellingOf } from '@lib/platform/read-store/spelling.js';
import { PersonName, shownName } from '../service-station/service-station.views.js';
import { centerConformance, stationConformance, type Colour } from '../structure/conformance.js';
import {
  OperatingModelSet,
  ServiceCenterClosed,
  ServiceCenterEstablished,
  ServiceCenterMerged,
  ServiceCenterReassigned,
  ServiceCenterRenamed,
  ServiceCenterResumed,
  ServiceCenterSuspended,
  StationJoinedCenter,
  StationLeftCenter,
} from './service-center.events.js';

/** Centers as they are and as they were. */
export const serviceCenters = projection(
  {
    name: 'serviceCenter',
    version: 2,
    temporal: true,
    columns: {
      centerId: columns.uuid,
      divisionId: columns.uuid,
      name: columns.text,
      spelling: columns.text,
      initials: columns.text,
      operatingModel: nullable(columns.text),
      stage: columns.text,
      successorId: nullable(columns.uuid),
      establishedOn: columns.date,
      revision: columns.integer,
    },
    key: ['centerId'],
    indexes: [{ columns: ['divisionId'] }],
  },
  on => {
    const own = ({ centerId }: { readonly centerId: string }) => ({ centerId });
    return [
      on(ServiceCenterEstablished, own, (_, { centerId, divisionId, name, operatingModel, establishedOn }, { revision }) => ({
        centerId,
        divisionId,
        name,
        ...spellingOf(name),
        operatingModel: operatingModel ?? null,
        stage: 'ACTIVE',
        successorId: null,
        establishedOn,
        revision,
      })),
      on(ServiceCenterRenamed, own, (row, { name }, { revision }) => row && { ...row, name, ...spellingOf(name), revision }),
      on(OperatingModelSet, own, (row, { operatingModel }, { revision }) => row && { ...row, operatingModel, revision }),
      on(ServiceCenterSuspended, own, (row, _, { revision }) => row && { ...row, stage: 'SUSPENDED', revision }),
      on(ServiceCenterResumed, own, (row, _, { revision }) => row && { ...row, stage: 'ACTIVE', revision }),
      on(ServiceCenterReassigned, own, (row, { divisionId }, { revision }) => row && { ...row, divisionId, revision }),
      on(
        ServiceCenterMerged,
        own,
        (row, { successorId }, { revision }) => row && { ...row, stage: 'CLOSED', successorId, revision },
      ),
      on(
        ServiceCenterClosed,
        own,
        (row, { successorId }, { revision }) => row && { ...row, stage: 'CLOSED', successorId: successorId ?? null, revision },
      ),
      // These only move the stream on, and with it the tag of its card.
      on(StationJoinedCenter, own, (row, _, { revision }) => row && { ...row, revision }),
      on(StationLeftCenter, own, (row, _, { revision }) => row && { ...row, revision }),
    ];
  },
);

/** A station of a center, at a glance. */
export class StationGlance {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly name!: string;
  /** @example "OPEN" */
  readonly stage!: string;
  readonly worker!: PersonName | null;
  /** @example 2 */
  readonly volunteers!: number;
  /** @example "green" */
  readonly colour!: Colour;
  readonly reasons!: string[];
}

/** Everything about a center on one page. */
export class ServiceCenterCard {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  readonly centerId!: string;
  /** @example "北山街道社工服务中心" */
  readonly name!: string;
  /** ACTIVE, SUSPENDED or CLOSED. @example "ACTIVE" */
  readonly stage!: string;
  /** @example "GOV_PURCHASED" */
  readonly operatingModel!: string | null;
  /** @example "2026-03-02" */
  readonly establishedOn!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  readonly divisionId!: string;
  /** @example "222401002" */
  readonly divisionCode!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** Where its street or town went, if that has ended. @example ["北山街道"] */
  readonly divisionSuccessors!: string[];
  /** The center that took over, if it was merged or closed. */
  readonly successorId!: string | null;
  /** Its stations that are not closed, by name. */
  readonly stations!: StationGlance[];
  /** @example "green" */
  readonly colour!: Colour;
  /** @example ["STATIONS_RED"] */
  readonly reasons!: string[];
}

/** One center, at one moment. */
export class ServiceCenterCardAsk extends AtMomentAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  @IsUUID() readonly centerId!: string;
}

interface CenterRow {
  readonly centerId: string;
  readonly name: string;
  readonly stage: string;
  readonly operatingModel: string | null;
  readonly establishedOn: string;
  readonly divisionId: string;
  readonly divisionCode: string;
  readonly divisionName: string;
  readonly divisionStatus: string;
  readonly divisionSuccessors: string[];
  readonly successorId: string | null;
  readonly revision: number;
}

interface GlanceRow {
  readonly stationId: string;
  readonly name: string;
  readonly stage: string;
  readonly workerId: string | null;
  readonly workerName: string | null;
  readonly actingWorkerId: string | null;
  readonly volunteers: number;
}

export const serviceCenterCard = view('serviceCenterCard', {
  at: 'service-centers/{centerId}',
  by: everyRole,
  asks: ServiceCenterCardAsk,
  answers: ServiceCenterCard,
  words: { zh: '服务中心卡片', en: 'One center: its stations, who works there, what is missing' },
  async answer(ask: ServiceCenterCardAsk, looking: Looking<Reader>) {
    const { reader, reach } = looking;
    const moment = await reader.moment(ask);
    const centers = await sql<CenterRow>`
      select c.center_id, c.name, c.stage, c.operating_model, c.established_on, c.division_id, d.code as division_code,
             d.name as division_name, d.status as division_status, c.successor_id, c.revision,
             array(select s.name from division s where s.division_id = any(d.successor_ids) and ${holds('s', moment)} order by s.code)
               as division_successors
      from service_center c join division d on d.division_id = c.division_id and ${holds('d', moment)}
      where c.center_id = ${ask.centerId} and ${holds('c', moment)}
        and (${reach.all} or c.division_id = any(${reach.divisionIds}::uuid[]))`.execute(reader.tables());
    const [center] = centers.rows;
    if (!center) return undefined;
    const stations = await sql<GlanceRow>`
      select s.station_id, s.name, s.stage, s.worker_id, w.name as worker_name, s.acting_worker_id,
             (select count(*)::int from volunteer_link l where l.station_id = s.station_id and ${holds('l', moment)}) as volunteers
      from service_station s left join social_worker w on w.worker_id = s.worker_id
      where s.center_id = ${ask.centerId} and s.stage <> 'CLOSED' and ${holds('s', moment)}
      order by s.spelling, s.station_id`.execute(reader.tables());
    const glances = stations.rows.map(({ workerId, workerName, actingWorkerId, ...station }) => ({
      ...station,
      worker: workerId === null ? null : { id: workerId, name: shownName(looking, workerName ?? '') },
      ...stationConformance({ ...station, staffed: workerId !== null, acting: actingWorkerId !== null }),
    }));
    const { divisionStatus, revision, ...shown } = center;
    const body: ServiceCenterCard = {
      ...shown,
      stations: glances,
      ...centerConformance({
        stage: center.stage,
        divisionActive: divisionStatus === 'ACTIVE',
        stations: glances.length,
        redStations: glances.filter(({ colour }) => colour === 'red').length,
      }),
    };
    return { body, revision };
  },
});
