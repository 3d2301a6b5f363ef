import type { PoolClient } from 'pg';
import type { DeliveredFact } from '@lib/platform/feed/consumer/delivery.js';
import type { DeliveredState } from '@lib/platform/feed/consumer/late-start.js';

/** The structure of the province in a schema of the subscriber's own: one table per noun, one row per thing as it is now. */
export const createStructure = (schema: string) => `
  create table if not exists ${schema}.division (
    division_id uuid primary key, code text, name text, level text, parent_id uuid, centre_required boolean, ended boolean not null default false);
  create table if not exists ${schema}.center (
    center_id uuid primary key, division_id uuid, name text, stage text not null);
  create table if not exists ${schema}.station (
    station_id uuid primary key, center_id uuid, name text, stage text not null, worker_id uuid);
  create table if not exists ${schema}.link (
    volunteer_id uuid, station_id uuid, primary key (volunteer_id, station_id))`;

type Data = Readonly<Record<string, unknown>>;

/** What a fact means for the tables: a statement and its values, or nothing. */
type Effect = (schema: string, data: Data) => readonly [string, readonly unknown[]];

type Columns = Readonly<Record<string, (data: Data) => unknown>>;

const born =
  (table: string, id: string, columns: Columns): Effect =>
  (schema, data) => {
    const names = [id, ...Object.keys(columns)];
    return [
      `insert into ${schema}.${table} (${names.join()}) values (${names.map((_, nth) => `$${nth + 1}`).join()})`,
      [data[idFields[id]!], ...Object.values(columns).map(of => of(data))],
    ];
  };

const changed =
  (table: string, id: string, columns: Columns): Effect =>
  (schema, data) => [
    `update ${schema}.${table} set ${Object.keys(columns)
      .map((name, nth) => `${name} = $${nth + 2}`)
      .join()} where ${id} = $1`,
    [data[idFields[id]!], ...Object.values(columns).map(of => of(data))],
  ];

const idFields: Readonly<Record<string, string>> = { division_id: 'divisionId', center_id: 'centerId', station_id: 'stationId' };

const field = (name: string) => (data: Data) => data[name];
const constant = (value: unknown) => () => value;
const division = (columns: Columns) => changed('division', 'division_id', columns);
const center = (columns: Columns) => changed('center', 'center_id', columns);
const station = (columns: Columns) => changed('station', 'station_id', columns);
const link =
  (id: string): Effect =>
  (schema, data) => [`insert into ${schema}.link values ($1, $2)`, [data.volunteerId, data[id]]];
const unlink =
  (id: string): Effect =>
  (schema, data) => [`delete from ${schema}.link where volunteer_id = $1 and station_id = $2`, [data.volunteerId, data[id]]];

const ended = division({ ended: constant(true) });
const vacant = station({ worker_id: constant(null) });
const staffed = station({ worker_id: field('workerId') });

/** Each fact once, in order: an effect need not ask whether it was there before. */
const effects: Readonly<Record<string, readonly Effect[]>> = {
  DivisionDefined: [
    born('division', 'division_id', {
      code: field('code'),
      name: field('name'),
      level: field('level'),
      parent_id: field('parentId'),
      centre_required: field('centreRequired'),
      ended: constant(false),
    }),
  ],
  DivisionRenamed: [division({ name: field('name') })],
  DivisionRecoded: [division({ code: field('code') })],
  DivisionReparented: [division({ parent_id: field('parentId') })],
  DivisionClassified: [division({ centre_required: field('centreRequired') })],
  DivisionMergedInto: [ended],
  DivisionSplit: [ended],
  DivisionAbolished: [ended],
  ServiceCenterEstablished: [
    born('center', 'center_id', { division_id: field('divisionId'), name: field('name'), stage: constant('active') }),
  ],
  ServiceCenterRenamed: [center({ name: field('name') })],
  ServiceCenterSuspended: [center({ stage: constant('suspended') })],
  ServiceCenterResumed: [center({ stage: constant('active') })],
  ServiceCenterReassigned: [center({ division_id: field('divisionId') })],
  ServiceCenterMerged: [center({ stage: constant('merged') })],
  ServiceCenterClosed: [center({ stage: constant('closed') })],
  ServiceStationOpened: [
    born('station', 'station_id', { center_id: field('centerId'), name: field('name'), stage: constant('open') }),
  ],
  ServiceStationSuspended: [station({ stage: constant('suspended') })],
  ServiceStationResumed: [station({ stage: constant('open') })],
  ServiceStationClosed: [station({ stage: constant('closed') })],
  StationMovedToCenter: [station({ center_id: field('centerId') })],
  SocialWorkerAssigned: [staffed],
  SocialWorkerReplaced: [staffed],
  SocialWorkerRelieved: [vacant],
  VolunteerLinkedToStation: [link('stationId')],
  VolunteerUnlinked: [unlink('stationId')],
  VolunteerTransferred: [unlink('fromStationId'), link('toStationId')],
};

/** Facts that mean nothing for the tables are passed over. */
export async function applyToStructure(client: PoolClient, schema: string, facts: readonly DeliveredFact[]): Promise<void> {
  for (const { type, data } of facts) {
    for (const effect of effects[type] ?? []) {
      const [text, values] = effect(schema, data);
      await client.query({ name: `${type} ${text.length}`, text, values: [...values] });
    }
  }
}

/** What a state means for the tables. */
const rows: Readonly<Record<string, (schema: string, state: Data) => readonly (readonly [string, readonly unknown[]])[]>> = {
  'yizhan.state.division': (schema, { divisionId, code, name, level, parentId, centreRequired, stage }) => [
    [
      `insert into ${schema}.division values ($1, $2, $3, $4, $5, $6, $7) on conflict (division_id) do update set code = excluded.code,
         name = excluded.name, parent_id = excluded.parent_id, centre_required = excluded.centre_required, ended = excluded.ended`,
      [divisionId, code, name, level, parentId, centreRequired, stage === 'ended'],
    ],
  ],
  'yizhan.state.service-center': (schema, { centerId, divisionId, name, stage }) => [
    [
      `insert into ${schema}.center values ($1, $2, $3, $4) on conflict (center_id) do update set division_id = excluded.division_id,
         name = excluded.name, stage = excluded.stage`,
      [centerId, divisionId, name, stage],
    ],
  ],
  'yizhan.state.service-station': (schema, { stationId, centerId, name, stage, workerId }) => [
    [
      `insert into ${schema}.station values ($1, $2, $3, $4, $5) on conflict (station_id) do update set center_id = excluded.center_id,
         name = excluded.name, stage = excluded.stage, worker_id = excluded.worker_id`,
      [stationId, centerId, name, stage, workerId],
    ],
  ],
  'yizhan.state.volunteer-link': (schema, { volunteerId, stationIds }) => [
    [`delete from ${schema}.link where volunteer_id = $1`, [volunteerId]],
    [`insert into ${schema}.link select $1, unnest($2::uuid[])`, [volunteerId, stationIds]],
  ],
};

/** Whatever was there before of a stream gives way to its state. */
export async function putStates(client: PoolClient, schema: string, states: readonly DeliveredState[]): Promise<void> {
  for (const { topic, state } of states) {
    for (const [text, values] of rows[topic]?.(schema, state) ?? []) await client.query(text, [...values]);
  }
}

export interface Overview {
  readonly required: number;
  readonly withCenter: number;
  readonly centers: number;
  readonly stations: number;
  readonly staffed: number;
  readonly links: number;
}

export const overview = (schema: string) => `
  select (select count(*) from ${schema}.division where centre_required and not ended)::int as required,
         (select count(*) from ${schema}.division d where centre_required and not ended
            and exists (select from ${schema}.center c where c.division_id = d.division_id and c.stage in ('active', 'suspended')))::int as "withCenter",
         (select count(*) from ${schema}.center where stage in ('active', 'suspended'))::int as centers,
         (select count(*) from ${schema}.station where stage <> 'closed')::int as stations,
         (select count(*) from ${schema}.station where stage <> 'closed' and worker_id is not null)::int as staffed,
         (select count(*) from ${schema}.link)::int as links`;
