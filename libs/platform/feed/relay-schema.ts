import type { ClientBase } from 'pg';
import { makeTables, type TableDatabase } from '@lib/platform/schema/make-tables.js';

/** Where the relay keeps how far it is; schema `feed` of the database of the read models. */
export async function createFeedSchema(client: TableDatabase): Promise<void> {
  await makeTables(
    client,
    'feed',
    `
    create schema if not exists feed;
    create table if not exists feed.relay (
      name text primary key,
      position bigint not null
    );
    create table if not exists feed.stream (
      stream text primary key,
      revision integer not null,
      state text
    );
    create table if not exists feed.partition (
      topic text not null,
      partition integer not null,
      facts bigint not null,
      primary key (topic, partition)
    );
    create table if not exists feed.parked (
      position bigint primary key,
      stream text not null,
      type text not null,
      reason text not null,
      parked_at timestamptz not null default now(),
      again boolean not null default false
    );
    create index if not exists parked_stream on feed.parked (stream, position);
    create table if not exists feed.replay (
      replay_id uuid primary key,
      subscription_id uuid not null,
      topic text not null,
      nouns text[] not null,
      field_scope text[] not null,
      from_position bigint not null,
      until_position bigint not null,
      position bigint not null,
      records bigint not null default 0,
      requested_at timestamptz not null,
      finished_at timestamptz,
      failure text
    );
    create table if not exists feed.subscriber (
      subscriber text not null,
      topic text not null,
      partition integer not null,
      position bigint not null,
      recorded_at timestamptz,
      facts bigint,
      duplicates bigint not null,
      gaps bigint not null,
      reported_at timestamptz not null,
      primary key (subscriber, topic, partition)
    );
    alter table feed.subscriber alter column facts drop not null;
    alter table feed.replay add column if not exists stopped text`,
  );
}

/** Somebody else moved the relay's checkpoint: this one works on something that is not true any more. */
export class CheckpointMoved extends Error {}

/** @returns where the relay stands; `0` before the first publication */
export async function relayCheckpoint(client: Pick<ClientBase, 'query'>): Promise<string> {
  const { rows } = await client.query<{ position: string }>(
    `insert into feed.relay (name, position) values ('relay', 0)
     on conflict (name) do update set name = excluded.name returning position::text as position`,
  );
  return rows[0]!.position;
}

/** @throws CheckpointMoved when the checkpoint is not at `from` */
export async function moveCheckpoint(client: Pick<ClientBase, 'query'>, from: string, to: string): Promise<void> {
  const { rowCount } = await client.query({
    name: 'feed-checkpoint',
    text: `update feed.relay set position = $2 where name = 'relay' and position = $1`,
    values: [from, to],
  });
  if (rowCount !== 1) throw new CheckpointMoved(`the relay's checkpoint is not at ${from} any more`);
}

/** @returns how many facts are parked */
export async function parkedFacts(client: Pick<ClientBase, 'query'>): Promise<number> {
  const { rows } = await client.query<{ count: string }>('select count(*) as count from feed.parked');
  return Number(rows[0]!.count);
}

export interface ParkedFact {
  readonly position: string;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
}

/** In the order of the log. */
export async function listParked(client: Pick<ClientBase, 'query'>): Promise<readonly ParkedFact[]> {
  const { rows } = await client.query<ParkedFact>(
    'select position::text as position, stream, type, reason from feed.parked order by position',
  );
  return rows;
}

/** The relay that works looks for this within seconds. @returns how many facts are to be tried again */
export async function retryParked(client: Pick<ClientBase, 'query'>): Promise<number> {
  const { rowCount } = await client.query('update feed.parked set again = true');
  return rowCount ?? 0;
}
