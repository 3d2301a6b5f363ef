import type { ClientBase } from 'pg';
import { replayTopicName } from './topics.js';

type Client = Pick<ClientBase, 'query'>;

export interface ReplayWanted {
  readonly replayId: string;
  readonly subscriptionId: string;
  readonly nouns: readonly string[];
  /** Personal fields that go out in clear, such as `socialWorker.name`. */
  readonly fields: readonly string[];
  /** Exclusive. */
  readonly from: string;
  /** ISO 8601 in UTC. */
  readonly requestedAt: string;
}

/** Why a replay does not go on: for a time, or for good. */
export type ReplayStop = 'suspended' | 'revoked';

/** A replay under way. */
export interface OpenReplay {
  readonly replayId: string;
  readonly topic: string;
  readonly nouns: readonly string[];
  readonly fields: readonly string[];
  readonly from: string;
  /** Inclusive. */
  readonly until: string;
  /** Up to here everything is out. */
  readonly position: string;
  /** Facts that are out. */
  readonly records: number;
}

/** Takes a replay on, up to where the relay stands; asked again, nothing changes. */
export async function openReplay(client: Client, wanted: ReplayWanted): Promise<void> {
  const { replayId, subscriptionId, nouns, fields, from, requestedAt } = wanted;
  await client.query(
    `insert into feed.replay (replay_id, subscription_id, topic, nouns, field_scope, from_position, until_position, position, requested_at)
     select $1, $2, $3, $4::text[], $5::text[], $6::bigint, position, $6::bigint, $7 from feed.relay where name = 'relay'
     on conflict (replay_id) do nothing`,
    [replayId, subscriptionId, replayTopicName(replayId), nouns, fields, from, requestedAt],
  );
}

/** Stops the replays of a subscription, or lets those go on that were stopped for a time. What was revoked stays so. */
export async function stopReplays(client: Client, subscriptionId: string, why: ReplayStop | undefined): Promise<void> {
  await client.query(
    `update feed.replay set stopped = $2
      where subscription_id = $1 and finished_at is null and stopped is distinct from 'revoked'`,
    [subscriptionId, why ?? null],
  );
}

/** @returns the replays that are to go on, the oldest request first */
export async function openReplays(client: Client): Promise<readonly OpenReplay[]> {
  const { rows } = await client.query<Omit<OpenReplay, 'records'> & { records: string }>({
    name: 'feed-open-replays',
    text: `select replay_id as "replayId", topic, nouns, field_scope as fields, from_position::text as "from",
                  until_position::text as until, position::text as position, records::text as records
             from feed.replay where finished_at is null and stopped is null order by requested_at, replay_id`,
  });
  return rows.map(row => ({ ...row, records: Number(row.records) }));
}

/** @returns false when the replay was stopped, or is not where it was thought to be */
export async function moveReplay(
  client: Client,
  { replayId, position, records }: OpenReplay,
  to: string,
  more: number,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'feed-move-replay',
    text: `update feed.replay set position = $3, records = $4, failure = null
            where replay_id = $1 and position = $2 and finished_at is null and stopped is null`,
    values: [replayId, position, to, records + more],
  });
  return rowCount === 1;
}

export async function finishReplay(client: Client, replayId: string): Promise<void> {
  await client.query('update feed.replay set finished_at = clock_timestamp(), failure = null where replay_id = $1', [replayId]);
}

/** What went wrong, for those who look after it; it is tried again. */
export async function failReplay(client: Client, replayId: string, failure: string): Promise<void> {
  await client.query('update feed.replay set failure = $2 where replay_id = $1 and finished_at is null', [replayId, failure]);
}
