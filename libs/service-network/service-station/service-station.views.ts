import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { AtMomentAsk } from '@lib/platform/cqrs/asking.views.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { maskName } from '@lib/platform/privacy/masks.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { spellingOf } from '@lib/platform/read-store/spelling.js';
import { stationConformance, type Colour } from '../structure/conformance.js';
import { CommunityCovered, CommunityReleased } from './community-slot.events.js';
import {
  ActingWorkerAppointed,
  ActingWorkerDismissed,
  ServiceStationClosed,
  ServiceStationOpened,
  ServiceStationResumed,
  ServiceStationSuspended,
  SocialWorkerAssigned,
  SocialWorkerRelieved,
  SocialWorkerReplaced,
  StationCoverageSet,
  StationMovedToCenter,
  StationServiceFieldsSet,
} from './service-station.events.js';

/** Stations as they are and as they were. */
export const serviceStations = projection(
  {
    name: 'serviceStation',
    version: 1,
    temporal: true,
    columns: {
      stationId: columns.uuid,
      centerId: columns.uuid,
      name: columns.text,
      spelling: columns.text,
      initials: columns.text,
      stage: columns.text,
      communities: columns.uuids,
      serviceFields: columns.texts,
      workerId: nullable(columns.uuid),
      actingWorkerId: nullable(columns.uuid),
      actingUntil: nullable(columns.date),
      openedOn: columns.date,
      revision: columns.integer,
    },
    key: ['stationId'],
    indexes: [{ columns: ['centerId'] }, { columns: ['workerId'] }],
  },
  on => {
    const own = ({ stationId }: { readonly stationId: string }) => ({ stationId });
    return [
      on(ServiceStationOpened, own, (_, { stationId, centerId, name, communities, serviceFields, openedOn }, { revision }) => ({
        stationId,
        centerId,
        name,
        ...spellingOf(name),
        stage: 'OPEN',
        communities,
        serviceFields,
        workerId: null,
        actingWorkerId: null,
        actingUntil: null,
        openedOn,
        revision,
      })),
      on(StationCoverageSet, own, (row, { communities }, { revision }) => row && { ...row, communities, revision }),
      on(StationServiceFieldsSet, own, (row, { serviceFields }, { revision }) => row && { ...row, serviceFields, revision }),
      on(SocialWorkerAssigned, own, (row, { workerId }, { revision }) => row && { ...row, workerId, revision }),
      on(SocialWorkerReplaced, own, (row, { workerId }, { revision }) => row && { ...row, workerId, revision }),
      on(SocialWorkerRelieved, own, (row, _, { revision }) => row && { ...row, workerId: null, revision }),
      on(
        ActingWorkerAppointed,
        own,
        (row, { workerId, until }, { revision }) => row && { ...row, actingWorkerId: workerId, actingUntil: until, revision },
      ),
      on(
        ActingWorkerDismissed,
        own,
        (row, _, { revision }) => row && { ...row, actingWorkerId: null, actingUntil: null, revision },
      ),
      on(ServiceStationSuspended, own, (row, _, { revision }) => row && { ...row, stage: 'SUSPENDED', revision }),
      on(ServiceStationResumed, own, (row, _, { revision }) => row && { ...row, stage: 'OPEN', revision }),
      on(StationMovedToCenter, own, (row, { centerId }, { revision }) => row && { ...row, centerId, revision }),
      on(
        ServiceStationClosed,
        own,
        (row, _, { revision }) =>
          row && { ...row, stage: 'CLOSED', communities: [], workerId: null, actingWorkerId: null, actingUntil: null, revision },
      ),
    ];
  },
);

/** Which station covers a community. */
export const communityCoverage = projection(
  {
    name: 'communityCoverage',
    version: 1,
    temporal: true,
    columns: { divisionId: columns.uuid, stationId: columns.uuid },
    key: ['divisionId'],
    indexes: [{ columns: ['stationId'] }],
  },
  on => [
    on(
      CommunityCovered,
      ({ divisionId }) => ({ divisionId }),
      (_, { divisionId, stationId }) => ({ divisionId, stationId }),
    ),
    on(
      CommunityReleased,
      ({ divisionId }) => ({ divisionId }),
      (row, { stationId }) => (row?.stationId === stationId ? null : undefined),
    ),
  ],
);

/** Somebody, by id and name as the asker may see it. */
export class PersonName {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  readonly id!: string;
  /** @example "李玉兰" */
  readonly name!: string;
}

/** A volunteer of a station. */
export class LinkedVolunteer extends PersonName {
  /** True where this is the volunteer's primary station. */
  readonly primary!: boolean;
  /** The first day of the link. @example "2026-03-02" */
  readonly since!: string;
}

/** A community that a station covers. */
export class CoveredCommunity {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21" */
  readonly divisionId!: string;
  /** @example "222401002001" */
  readonly code!: string;
  /** @example "丹英社区" */
  readonly name!: string;
}

/** Everything about a station on one page. */
export class ServiceStationCard {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly name!: string;
  /** OPEN, SUSPENDED or CLOSED. @example "OPEN" */
  readonly stage!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  readonly centerId!: string;
  /** @example "北山街道社工服务中心" */
  readonly centerName!: string;
  /** The street or town. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  readonly divisionId!: string;
  /** @example "北山街道" */
  readonly divisionName!: string;
  /** @example "2026-03-02" */
  readonly openedOn!: string;
  /** The station's own social worker; null while the post is vacant. */
  readonly worker!: PersonName | null;
  /** Who acts for the station meanwhile. */
  readonly actingWorker!: PersonName | null;
  /** The first day without the acting worker. @example "2026-05-01" */
  readonly actingUntil!: string | null;
  /** @example ["ELDERLY"] */
  readonly serviceFields!: string[];
  readonly communities!: CoveredCommunity[];
  /** At most 200, by name, or by their first day for those who see masked names; `volunteerCount` counts all. */
  readonly volunteers!: LinkedVolunteer[];
  /** @example 2 */
  readonly volunteerCount!: number;
  /** green, amber, red or grey. @example "green" */
  readonly colour!: Colour;
  /** Why it is not green. @example ["STATION_WITH_FEW_VOLUNTEERS"] */
  readonly reasons!: string[];
}

/** One station, at one moment. */
export class ServiceStationCardAsk extends AtMomentAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly stationId!: string;
}

interface StationRow {
  readonly stationId: string;
  readonly name: string;
  readonly stage: string;
  readonly centerId: string;
  readonly centerName: string;
  readonly divisionId: string;
  readonly divisionName: string;
  readonly openedOn: string;
  readonly workerId: string | null;
  readonly workerName: string | null;
  readonly actingWorkerId: string | null;
  readonly actingWorkerName: string | null;
  readonly actingUntil: string | null;
  readonly serviceFields: string[];
  readonly communities: string[];
  readonly revision: number;
}

export const shownName = ({ sight }: Looking<Reader>, name: string) =>
  sight.name === 'full' ? name : sight.name === 'masked' ? maskName(name) : '';

/** The order of names, and a cursor that holds one, would say what the mask hides. `v` is the volunteer, `l` the link. */
export const volunteerOrder = ({ sight }: Looking<Reader>) => (sight.name === 'full' ? sql`v.spelling` : sql`l.since::text`);

const person = (looking: Looking<Reader>, id: string | null, name: string | null): PersonName | null =>
  id === null ? null : { id, name: shownName(looking, name ?? '') };

async function volunteersOf(looking: Looking<Reader>, stationId: string, moment: Moment): Promise<readonly LinkedVolunteer[]> {
  const { rows } = await sql<{ id: string; name: string; primary: boolean; since: string }>`
    select l.volunteer_id as id, v.name, l.is_primary as "primary", l.since
    from volunteer_link l join volunteer v on v.volunteer_id = l.volunteer_id
    where l.station_id = ${stationId} and ${holds('l', moment)}
    order by ${volunteerOrder(looking)}, v.volunteer_id`.execute(looking.reader.tables());
  return rows.map(row => ({ ...row, name: shownName(looking, row.name) }));
}

export const serviceStationCard = view('serviceStationCard', {
  at: 'service-stations/{stationId}',
  by: everyRole,
  asks: ServiceStationCardAsk,
  answers: ServiceStationCard,
  words: { zh: '服务站卡片', en: 'One station: its worker, volunteers, communities and what is missing' },
  async answer(ask: ServiceStationCardAsk, looking: Looking<Reader>) {
    const { reader, reach } = looking;
    const moment = await reader.moment(ask);
    const { rows } = await sql<StationRow>`
      select s.station_id, s.name, s.stage, s.center_id, c.name as center_name, c.division_id, d.name as division_name,
             s.opened_on, s.worker_id, w.name as worker_name, s.acting_worker_id, a.name as acting_worker_name,
             s.acting_until, s.service_fields, s.communities, s.revision
      from service_station s
      join service_center c on c.center_id = s.center_id and ${holds('c', moment)}
      join division d on d.division_id = c.division_id and ${holds('d', moment)}
      left join social_worker w on w.worker_id = s.worker_id
      left join social_worker a on a.worker_id = s.acting_worker_id
      where s.station_id = ${ask.stationId} and ${holds('s', moment)}
        and (${reach.all} or c.division_id = any(${reach.divisionIds}::uuid[]))`.execute(reader.tables());
    const [station] = rows;
    if (!station) return undefined;
    const volunteers = await volunteersOf(looking, ask.stationId, moment);
    const communities = await sql<CoveredCommunity>`
      select division_id, code, name from division d
      where division_id = any(${station.communities}::uuid[]) and ${holds('d', moment)} order by code`.execute(reader.tables());
    const { workerName, actingWorkerId, actingWorkerName, workerId, revision, ...shown } = station;
    const conformance = stationConformance({
      stage: station.stage,
      staffed: workerId !== null,
      acting: actingWorkerId !== null,
      volunteers: volunteers.length,
    });
    const body: ServiceStationCard = {
      ...shown,
      worker: person(looking, workerId, workerName),
      actingWorker: person(looking, actingWorkerId, actingWorkerName),
      communities: [...communities.rows],
      volunteers: volunteers.slice(0, 200),
      volunteerCount: volunteers.length,
      ...conformance,
    };
    return { body, revision };
  },
});
