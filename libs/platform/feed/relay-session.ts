import type { Pool, PoolClient } from 'pg';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { Grant } from '@lib/platform/lease/lease.js';
import { outgoingPage, type OutgoingPage, type Told } from './page.js';
import { placeName, placeOf } from './place.js';
import { controlRecord } from './record.js';
import { moveCheckpoint, relayCheckpoint } from './relay-schema.js';
import { controlPace, type RelaySetup } from './relay-setup.js';
import { partitionsPerTopic } from './topics.js';

/** A page on its way, and what becomes true when the broker has it. */
export interface Batch extends OutgoingPage {
  readonly from: string;
  readonly end: string;
  readonly events: readonly RecordedEvent[];
  /** Positions that were parked and go out now. */
  readonly released: readonly string[];
  /** More is likely to follow at once. */
  readonly full: boolean;
}

/** What one relay knows between two failures: where it is, and what was published of the streams that it met. */
export class RelaySession {
  private saidAt: string | undefined;
  private saidWhen = 0;
  private readonly pace: typeof controlPace;
  private readAt: string;
  private lookedForParked = 0;
  /** Of pages that are on their way: not in the tables yet. */
  private readonly ahead = new Map<string, Told>();

  private constructor(
    private readonly setup: RelaySetup,
    private readonly grant: Grant,
    private readonly pageSize: number,
    public position: string,
    private readonly facts: Map<string, number>,
    private readonly parkedStreams: Set<string>,
  ) {
    this.readAt = position;
    this.pace = { ...controlPace, ...setup.controls };
  }

  static async open(setup: RelaySetup, grant: Grant, pageSize: number): Promise<RelaySession> {
    const position = await relayCheckpoint(setup.pool);
    const counted = await setup.pool.query<{ topic: string; partition: number; facts: string }>(
      'select topic, partition, facts::text as facts from feed.partition',
    );
    const parked = await setup.pool.query<{ stream: string }>('select distinct stream from feed.parked');
    return new RelaySession(
      setup,
      grant,
      pageSize,
      position,
      new Map(counted.rows.map(({ topic, partition, facts }) => [placeName(topic, partition), Number(facts)])),
      new Set(parked.rows.map(({ stream }) => stream)),
    );
  }

  /** The next page, ready to go; undefined when nothing follows yet. */
  async next(): Promise<Batch | undefined> {
    const from = this.readAt;
    const events = await this.setup.store.readAll(from, this.pageSize);
    const last = events.at(-1);
    if (!last) return undefined;
    const page = await this.prepare(events);
    for (const { stream } of page.parked) this.parkedStreams.add(stream);
    this.readAt = last.position;
    return { ...page, from, end: last.position, events, released: [], full: events.length >= this.pageSize };
  }

  private async prepare(events: readonly RecordedEvent[], parkedCount = true): Promise<OutgoingPage> {
    const firsts = new Map<string, number>();
    for (const { stream, revision } of events) if (!firsts.has(stream)) firsts.set(stream, revision);
    // A stream that begins here has nothing published before.
    const asked = [...firsts].filter(([stream, revision]) => revision > 0 && !this.ahead.has(stream)).map(([stream]) => stream);
    const found = new Map<string, Told>();
    // While the question is on its way the page before may be committed, and is not ahead any more.
    for (const stream of firsts.keys()) {
      const told = this.ahead.get(stream);
      if (told) found.set(stream, told);
    }
    if (asked.length > 0) {
      const { rows } = await this.setup.pool.query<{ stream: string; revision: number; state: string | null }>({
        name: 'feed-streams',
        text: 'select stream, revision, state from feed.stream where stream = any($1::text[])',
        values: [asked],
      });
      for (const { stream, revision, state } of rows) {
        found.set(stream, { revision, state: state === null ? {} : (JSON.parse(state) as Told['state']) });
      }
    }
    const known = {
      told: (stream: string) => found.get(stream),
      isParked: (stream: string) => parkedCount && this.parkedStreams.has(stream),
    };
    const page = outgoingPage(events, this.setup.publications, known, String(this.grant.token));
    for (const [stream, told] of page.told) this.ahead.set(stream, told);
    return page;
  }

  async commit({ from, end, events, told, facts, parked, released }: Batch): Promise<void> {
    const { pool, alongside } = this.setup;
    await transaction(pool, async client => {
      await this.grant.fence(client);
      await moveCheckpoint(client, from, end);
      await writeTold(client, told, facts);
      await writeParked(client, parked, released);
      await alongside?.(client, events);
    });
    this.position = end;
    this.count(told, facts);
  }

  private count(told: ReadonlyMap<string, Told>, facts: ReadonlyMap<string, number>): void {
    for (const [place, more] of facts) this.facts.set(place, (this.facts.get(place) ?? 0) + more);
    for (const [stream, state] of told) if (this.ahead.get(stream) === state) this.ahead.delete(stream);
  }

  controlDue(now: number, moving: 'flowing' | 'settled'): boolean {
    return now - this.saidWhen >= this.pace[this.saidAt === this.position ? 'resting' : moving];
  }

  controls(time: string) {
    const epoch = String(this.grant.token);
    return [...this.setup.publications.values()].flatMap(({ topic }) =>
      Array.from({ length: partitionsPerTopic }, (_, partition) =>
        controlRecord(this.position, this.facts.get(placeName(topic, partition)) ?? 0, time, { topic, partition, epoch }),
      ),
    );
  }

  said(now: number): void {
    this.saidAt = this.position;
    this.saidWhen = now;
  }

  /** Parked facts that somebody asked to try again, stream by stream, in order. */
  async parkedAgain(): Promise<Batch | undefined> {
    if (this.parkedStreams.size === 0 || Date.now() - this.lookedForParked < 1_000) return undefined;
    this.lookedForParked = Date.now();
    const { pool, store } = this.setup;
    const { rows } = await pool.query<{ stream: string; positions: string[] }>(
      `select stream, array_agg(position::text order by position) as positions
         from feed.parked where stream in (select stream from feed.parked where again) group by stream`,
    );
    if (rows.length === 0) return undefined;
    const events = await store.readAt(rows.flatMap(({ positions }) => positions));
    const page = await this.prepare(events, false);
    const still = new Set(page.parked.map(({ stream }) => stream));
    for (const { stream } of rows) if (!still.has(stream)) this.parkedStreams.delete(stream);
    const held = new Set(page.parked.map(({ position }) => position));
    const released = events.map(({ position }) => position).filter(position => !held.has(position));
    return { ...page, from: this.position, end: this.position, events: [], released, full: false };
  }
}

async function writeTold(client: PoolClient, told: ReadonlyMap<string, Told>, facts: ReadonlyMap<string, number>): Promise<void> {
  if (told.size === 0) return;
  await client.query({
    name: 'feed-told',
    text: `insert into feed.stream (stream, revision, state) select * from unnest($1::text[], $2::integer[], $3::text[])
             on conflict (stream) do update set revision = excluded.revision, state = excluded.state`,
    values: [
      [...told.keys()],
      [...told.values()].map(({ revision }) => revision),
      [...told.values()].map(({ state }) => JSON.stringify(state)),
    ],
  });
  const places = [...facts.keys()].map(placeOf);
  await client.query({
    name: 'feed-counted',
    text: `insert into feed.partition (topic, partition, facts) select * from unnest($1::text[], $2::integer[], $3::bigint[])
             on conflict (topic, partition) do update set facts = feed.partition.facts + excluded.facts`,
    values: [places.map(({ topic }) => topic), places.map(({ partition }) => partition), [...facts.values()]],
  });
}

async function writeParked(client: PoolClient, parked: OutgoingPage['parked'], released: readonly string[]): Promise<void> {
  if (released.length > 0) await client.query('delete from feed.parked where position = any($1::bigint[])', [released]);
  if (parked.length > 0) {
    await client.query(
      `insert into feed.parked (position, stream, type, reason) select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
       on conflict (position) do update set reason = excluded.reason, again = false`,
      [
        parked.map(({ position }) => position),
        parked.map(({ stream }) => stream),
        parked.map(({ type }) => type),
        parked.map(({ reason }) => reason),
      ],
    );
  }
}

async function transaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The server ends a transaction that stood still: a process that was paused hears of it between two questions.
  const noticed = (error: Error) => {
    broken = error;
  };
  client.on('error', noticed);
  try {
    await client.query('begin');
    await client.query('set local synchronous_commit = off');
    await work(client);
    await client.query('commit');
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off('error', noticed);
    client.release(broken);
  }
}
