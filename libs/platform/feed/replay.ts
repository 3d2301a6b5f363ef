import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { comparePositions, type EventStore, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { LeaseLost, type Grant } from '@lib/platform/lease/lease.js';
import type { SubjectKeys } from '@lib/platform/privacy/key-ring.js';
import type { FeedBroker, FeedProducer } from './broker.js';
import type { Publications } from './page.js';
import { controlRecord } from './record.js';
import { replayRecords, ReplayScope } from './replay-page.js';
import { failReplay, finishReplay, moveReplay, openReplays, type OpenReplay } from './replay-schema.js';
import { replayTopic } from './topics.js';

export interface ReplaySetup {
  readonly publications: Publications;
  readonly store: Pick<EventStore, 'readAll' | 'read'>;
  /** Opens the fields of a field scope. */
  readonly keyRing: SubjectKeys;
  /** Of the database that has `createFeedSchema`. */
  readonly pool: Pool;
  readonly broker: FeedBroker;
  /** Told of what went wrong and will be tried again. */
  readonly report?: (error: Error) => void;
  readonly clock?: () => number;
  /** Events read at once; 2,000 when left out. */
  readonly pageSize?: number;
  /** How often it looks for new requests, in milliseconds; 500 when left out. */
  readonly pollEvery?: number;
  /** How long it waits before what failed is tried again, in milliseconds; 5,000 when left out. */
  readonly retryAfter?: number;
}

/** Streams that are remembered at once; what is forgotten is found in the log again. */
const rememberedStreams = 100_000;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/**
 * Carries out the replays that subscribers asked for, one after the other: each in a topic of its own, with one partition, in the
 * order of the log, with the fields of the field scope in clear. A page goes to the broker first, then the progress is saved; after a
 * crash it goes on there, and what is sent again carries the same ids, revisions and previous revisions as before. It ends with a
 * control record that says how many facts there are. A fact that cannot go out is not skipped: the replay waits at it, with the reason
 * in its row.
 */
export class Replays {
  private readonly pageSize: number;
  private readonly clock: () => number;

  constructor(private readonly setup: ReplaySetup) {
    this.pageSize = setup.pageSize ?? 2_000;
    this.clock = setup.clock ?? Date.now;
  }

  /**
   * Works until the grant ends.
   * @throws LeaseLost
   */
  async run(grant: Grant): Promise<void> {
    const notBefore = new Map<string, number>();
    while (!grant.signal.aborted) {
      const open = await openReplays(this.setup.pool).catch((error: unknown) => this.report(error));
      const due = open?.find(({ replayId }) => (notBefore.get(replayId) ?? 0) <= performance.now());
      if (!due) {
        await delay(this.setup.pollEvery ?? 500, undefined, { signal: grant.signal }).catch(() => undefined);
        continue;
      }
      try {
        await this.carryOut(due, grant);
        notBefore.delete(due.replayId);
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        if (grant.signal.aborted) return;
        this.report(error);
        notBefore.set(due.replayId, performance.now() + (this.setup.retryAfter ?? 5_000));
        await failReplay(this.setup.pool, due.replayId, asError(error).message).catch((failure: unknown) => this.report(failure));
      }
    }
  }

  private async carryOut(begun: OpenReplay, grant: Grant): Promise<void> {
    const { publications, store, broker } = this.setup;
    const scope = new ReplayScope(publications, begun.nouns, begun.fields);
    const lastOf = new Map<string, number>();
    const { topic, until } = begun;
    const place = { topic, epoch: String(grant.token) };
    await broker.makeTopics([replayTopic(topic)]);
    const producer = await broker.producer();
    try {
      let replay = begun;
      while (!grant.signal.aborted && comparePositions(replay.position, until) < 0) {
        const events = await store.readAll(replay.position, this.pageSize);
        const within = events.filter(({ position }) => comparePositions(position, until) <= 0);
        const told = within.filter(event => scope.tells(event));
        await this.remember(replay, scope, told, lastOf);
        const records = await replayRecords(told, scope, this.setup.keyRing, lastOf, place);
        if (grant.signal.aborted) return;
        if (records.length > 0) await producer.send(records);
        const to = within.length < events.length || events.length === 0 ? until : within.at(-1)!.position;
        if (!(await this.moved(replay, to, records.length, grant))) return;
        replay = { ...replay, position: to, records: replay.records + records.length };
      }
      if (!grant.signal.aborted) await this.end(replay, producer, grant);
    } finally {
      await producer.close().catch((error: unknown) => this.report(error));
    }
  }

  /** What this topic got before of the streams of a page: streams that began before the page are looked up in the log. */
  private async remember(
    { from, position }: OpenReplay,
    scope: ReplayScope,
    told: readonly RecordedEvent[],
    lastOf: Map<string, number>,
  ): Promise<void> {
    if (lastOf.size > rememberedStreams) lastOf.clear();
    const begun = new Set<string>();
    const asked = new Set<string>();
    for (const { stream, revision } of told) {
      if (begun.has(stream)) continue;
      begun.add(stream);
      if (revision > 0 && !lastOf.has(stream)) asked.add(stream);
    }
    if (asked.size === 0) return;
    for (const [stream, events] of await this.setup.store.read([...asked])) {
      const before = events.findLast(
        event =>
          comparePositions(event.position, from) > 0 && comparePositions(event.position, position) <= 0 && scope.tells(event),
      );
      lastOf.set(stream, before?.revision ?? -1);
    }
  }

  private moved(replay: OpenReplay, to: string, more: number, grant: Grant): Promise<boolean> {
    return this.fenced(grant, client => moveReplay(client, replay, to, more));
  }

  private async end({ replayId, topic, until, records }: OpenReplay, producer: FeedProducer, grant: Grant): Promise<void> {
    const time = new Date(this.clock()).toISOString();
    await producer.send([controlRecord(until, records, time, { topic, partition: 0, epoch: String(grant.token) })]);
    await this.fenced(grant, client => finishReplay(client, replayId));
  }

  private async fenced<T>(grant: Grant, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.setup.pool.connect();
    try {
      await client.query('begin');
      await grant.fence(client);
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private report(error: unknown): undefined {
    this.setup.report?.(asError(error));
  }
}
