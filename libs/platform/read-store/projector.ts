import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import {
  beforeEverything,
  comparePositions,
  endsAppend,
  type EventStore,
  type RecordedEvent,
} from '@lib/platform/event-store/event-store.js';
import type { AnyProjection, OpenFact } from '@lib/platform/kernel/projection.js';
import type { Folding, Lag } from './folding.js';
import type { Lane, PlacedFact } from './lane.js';
import { CheckpointMoved, createReadSchema, moveCheckpoints } from './read-schema.js';
import { laneOf } from './row-lane.js';
import { Signal } from '@lib/platform/event-store/signal.js';
import { placed } from './placed.js';
import { checkpointOf, index, recordFailure, show, stand, type Standing, type Writing, writingTo } from './standing.js';

export interface ProjectorSetup {
  readonly projections: readonly (AnyProjection | Lane)[];
  readonly store: Pick<EventStore, 'readAll' | 'head' | 'whenAppended'>;
  /** Upcasts and opens what was sealed: one fact per event, in the same order. */
  readonly open: (events: readonly RecordedEvent[]) => Promise<readonly OpenFact[]>;
  /** Two connections at least. */
  readonly pool: Pool;
  /** Runs first in every transaction that writes rows; throws when another process holds the projector's lease. */
  readonly fence?: (client: PoolClient) => Promise<void>;
  /** Events read at once; 4,000 when left out. */
  readonly pageSize?: number;
  /** How long an append of another process may go unnoticed, in milliseconds; 25 when left out. */
  readonly pollEvery?: number;
  /** Milliseconds before a lane that failed is tried again, doubled each time up to a minute; 500 when left out. */
  readonly retryAfter?: number;
  /** Told of what went wrong and will be tried again. */
  readonly report?: (error: Error, lane?: string) => void;
}

type FoldListener = (facts: readonly OpenFact[], position: string) => void;
type Hears = (type: string) => boolean;

/** A stretch of the log that ends where an append ends. */
export interface Page {
  readonly from: string;
  readonly end: string;
  /** More is likely to follow at once. */
  readonly full: boolean;
  readonly events: readonly RecordedEvent[];
  /** What any of the page's readers hears. */
  readonly facts: readonly PlacedFact[] | Error;
}

interface Waiter {
  readonly position: string;
  readonly names: readonly string[] | undefined;
  readonly resolve: (caughtUp: boolean) => void;
}

const longestPause = 60_000;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/**
 * Folds the log into the tables of schema `read`. Every projection is one ordered lane: its rows and its checkpoint move in one
 * transaction, by compare-and-set, so each fact counts exactly once. Lanes that stand at the same checkpoint share the page, its
 * opening and the transaction. When that fails they are tried one by one: what cannot fold stops before the append that it cannot
 * fold, says so in `lag()` and is tried again for ever; nothing is skipped, and the others go on.
 *
 * Two workers: one moves the lanes at the front, the other brings up those behind (rebuilt, failed), up to the front, where the
 * first takes them in.
 */
export class Projector implements Folding {
  protected readonly pool: Pool;
  private readonly writing: Writing;
  private readonly setup: ProjectorSetup;
  private readonly pageSize: number;
  private readonly pollEvery: number;
  private readonly retryAfter: number;
  private readonly lanes: readonly Lane[];
  private standings: readonly Standing[] = [];
  private front = beforeEverything;
  /** Up to where the listeners have been told. */
  private told = beforeEverything;
  private head = beforeEverything;
  private lookedAt = 0;
  private tellAgainAt = 0;
  private running = false;
  private workers: Promise<unknown> = Promise.resolve();
  private stopListening: (() => void) | undefined;
  private readonly appended = new Signal();
  private readonly moved = new Signal();
  private readonly waiters = new Set<Waiter>();
  private readonly listeners = new Set<FoldListener>();
  private next: { readonly after: string; readonly page: Promise<Page | undefined> } | undefined;

  constructor(setup: ProjectorSetup) {
    this.setup = setup;
    this.pool = setup.pool;
    this.writing = writingTo(setup.pool, setup.fence);
    this.pageSize = setup.pageSize ?? 4000;
    this.pollEvery = setup.pollEvery ?? 25;
    this.retryAfter = setup.retryAfter ?? 500;
    this.lanes = setup.projections.map(laneOf);
    const names = this.lanes.map(({ name }) => name);
    const twice = names.find((name, nth) => names.indexOf(name) !== nth);
    if (twice) throw new Error(`two projections are called ${twice}`);
  }

  /** @throws when a table has folded more than the log holds: one of them was restored from a backup without the other */
  async start(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await createReadSchema(client);
    } finally {
      client.release();
    }
    const standings: Standing[] = [];
    for (const lane of this.lanes) standings.push(await stand(this.writing, lane, this.pageSize));
    this.standings = standings;
    this.head = await this.setup.store.head();
    for (const { lane, position } of standings) {
      if (comparePositions(position, this.head) > 0) {
        throw new Error(
          `${lane.name} has folded up to ${position}, but the log ends at ${this.head}: drop schema read to rebuild it`,
        );
      }
      if (comparePositions(position, this.front) > 0) this.front = position;
    }
    this.told = this.front;
    await this.settle(standings.filter(({ position }) => position === this.head));

    this.running = true;
    this.stopListening = this.setup.store.whenAppended(() => this.appended.raise());
    this.workers = Promise.all([this.work(() => this.stepFront()), this.work(() => this.stepRear())]);
  }

  /** Finishes the pages that are being written. */
  async stop(): Promise<void> {
    this.running = false;
    this.stopListening?.();
    this.appended.raise();
    this.moved.raise();
    await this.workers;
    this.next = undefined;
    for (const waiter of this.waiters) waiter.resolve(false);
  }

  /**
   * For reading one's own write.
   * @param names the projections that the reader is about to look at; all that are shown when left out
   * @returns false when they had not folded everything up to `position` in time
   */
  caughtUpTo(position: string, timeoutMs: number, names?: readonly string[]): Promise<boolean> {
    if (this.standsAt(position, names)) return Promise.resolve(true);
    return new Promise(resolve => {
      const finish = (caughtUp: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve(caughtUp);
      };
      const waiter = { position, names, resolve: finish };
      const timer = setTimeout(() => finish(this.standsAt(position, names)), timeoutMs);
      this.waiters.add(waiter);
    });
  }

  lag(): readonly Lag[] {
    return this.standings.map(({ lane, position, stage, error }) => ({
      name: lane.name,
      position,
      head: comparePositions(position, this.head) > 0 ? position : this.head,
      state: error !== undefined ? 'failed' : stage === 'serving' ? 'following' : 'building',
      ...(error === undefined ? {} : { error }),
    }));
  }

  /**
   * Calls `listener` after each commit at the front, in order and without a gap, with the facts that any projection hears
   * and the position up to which they were folded. A fact that cannot be opened holds the listeners up until it can be.
   * @returns how to stop
   */
  whenFolded(listener: FoldListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Moves the lanes' checkpoints over a page and writes their rows, in one transaction. */
  protected async commit(standings: readonly Standing[], page: Page, facts: readonly PlacedFact[]): Promise<void> {
    await this.writing(async client => {
      await this.moveCheckpoints(client, standings, page);
      await this.writeRows(client, standings, facts);
    });
  }

  protected moveCheckpoints(client: PoolClient, standings: readonly Standing[], { from, end }: Page): Promise<void> {
    return moveCheckpoints(
      client,
      standings.map(({ table }) => table),
      from,
      end,
    );
  }

  protected async writeRows(client: PoolClient, standings: readonly Standing[], facts: readonly PlacedFact[]): Promise<void> {
    for (const { lane, table, written } of standings) {
      const heard = facts.filter(({ fact }) => lane.hears(fact.type));
      if (heard.length > 0) await lane.write(client, table, heard, written);
    }
  }

  private async work(step: () => Promise<void>): Promise<void> {
    while (this.running) {
      try {
        await step();
      } catch (error) {
        this.report(error);
        await delay(this.pollEvery * 4);
      }
    }
  }

  private async stepFront(): Promise<void> {
    if (this.told !== this.front) await this.tellTheRest();
    const lanes = this.frontLanes();
    const page = lanes.length > 0 ? await this.nextPage() : undefined;
    if (!page) {
      if (lanes.length > 0) this.head = this.front;
      const hidden = lanes.filter(({ busy, stage }) => !busy && stage !== 'serving');
      if (hidden.length > 0) await this.moving(hidden, () => this.settle(hidden));
      await this.appended.wait(this.pollEvery);
      return;
    }
    const still = lanes.filter(standing => !standing.busy && standing.position === page.from);
    if (page.full) this.readAhead(page.end);
    else if (comparePositions(page.end, this.head) > 0) this.head = page.end;

    const moved = await this.moving(still, () => this.advance(still, page));
    if (moved.length === 0) return;
    this.tell(page);
    // Those that arrived where this page began while it was being written.
    const late = this.standings.filter(
      ({ busy, error, stage, position }) => !busy && error === undefined && stage === 'serving' && position === page.from,
    );
    if (late.length > 0) await this.moving(late, () => this.advance(late, page));
    const hidden = page.full ? [] : moved.filter(({ busy, stage }) => !busy && stage !== 'serving');
    if (hidden.length > 0) await this.moving(hidden, () => this.settle(hidden));
  }

  private async stepRear(): Promise<void> {
    const now = Date.now();
    const behind = this.standings.filter(
      ({ busy, error, position }) => !busy && (error !== undefined || position !== this.front),
    );
    const due = behind.filter(({ retryAt }) => retryAt <= now);
    // The nearest first: what has only stumbled is not kept waiting by a rebuild.
    const first = due.reduce<Standing | undefined>(
      (best, other) => (best && comparePositions(best.position, other.position) >= 0 ? best : other),
      undefined,
    );
    if (!first) {
      await this.moved.wait(Math.min(1000, ...behind.map(({ retryAt }) => retryAt - now)));
      if (Date.now() - this.lookedAt > 1000) await this.lookAhead();
      return;
    }
    const lanes = due.filter(({ position, limit }) => position === first.position && limit === first.limit);
    await this.moving(lanes, () => this.bringUp(lanes, first));
  }

  private async bringUp(lanes: readonly Standing[], { position, limit }: Standing): Promise<void> {
    // With nobody at the front, whoever was last there goes first.
    const led = this.standings.some(
      other => !lanes.includes(other) && other.error === undefined && other.position === this.front,
    );
    const goal = led || position !== this.front ? this.front : undefined;
    const hears: Hears = type => lanes.some(({ lane }) => lane.hears(type));
    const page = await this.read(position, limit, goal === undefined ? this.hearsAny : hears, goal);
    if (page) {
      const moved = await this.advance(lanes, page);
      if (goal === undefined ? page.full : page.end !== goal) return;
      await this.settle(moved);
    } else {
      await this.settle(lanes);
    }
  }

  /** Keeps the other worker's hands off these lanes. */
  private async moving<T>(standings: readonly Standing[], work: () => Promise<T>): Promise<T> {
    for (const standing of standings) standing.busy = true;
    try {
      return await work();
    } finally {
      for (const standing of standings) standing.busy = false;
      this.moved.raise();
    }
  }

  private frontLanes(): readonly Standing[] {
    return this.standings.filter(({ busy, error, position }) => !busy && error === undefined && position === this.front);
  }

  private readonly hearsAny: Hears = type => this.lanes.some(lane => lane.hears(type));

  private nextPage(): Promise<Page | undefined> {
    const { next, front } = this;
    this.next = undefined;
    return next?.after === front ? next.page : this.read(front, this.pageSize, this.hearsAny);
  }

  /** While one page is written the next one is read and opened. */
  private readAhead(after: string): void {
    const page = this.read(after, this.pageSize, this.hearsAny);
    page.catch(() => undefined);
    this.next = { after, page };
  }

  private async read(from: string, limit: number, hears: Hears, upTo?: string): Promise<Page | undefined> {
    if (upTo !== undefined && comparePositions(from, upTo) >= 0) return undefined;
    const read = await this.setup.store.readAll(from, limit);
    const events = upTo === undefined ? read : read.filter(({ position }) => comparePositions(position, upTo) <= 0);
    const last = events.at(-1);
    if (!last) return undefined;
    const facts = await this.open(events, hears).catch(asError);
    return { from, end: last.position, full: events.length >= limit / 2, events, facts };
  }

  private open(events: readonly RecordedEvent[], hears: Hears): Promise<readonly PlacedFact[]> {
    return placed(events, hears, this.setup.open);
  }

  /** @returns those that stand at the page's end now */
  private async advance(standings: readonly Standing[], page: Page): Promise<readonly Standing[]> {
    if (standings.length === 0) return [];
    try {
      if (page.facts instanceof Error) throw page.facts;
      await this.commit(standings, page, page.facts);
      this.arrived(standings, page);
      return standings;
    } catch (error) {
      if (standings.length === 1) {
        await this.failed(standings[0]!, page, asError(error));
        return [];
      }
    }
    const moved: Standing[] = [];
    for (const standing of standings) {
      try {
        const facts = page.facts instanceof Error ? await this.open(page.events, type => standing.lane.hears(type)) : page.facts;
        await this.commit([standing], page, facts);
        moved.push(standing);
      } catch (error) {
        await this.failed(standing, page, asError(error));
      }
    }
    this.arrived(moved, page);
    return moved;
  }

  private arrived(standings: readonly Standing[], { end }: Page): void {
    for (const standing of standings) {
      standing.position = end;
      standing.error = undefined;
      standing.failures = 0;
      standing.limit = Math.min(this.pageSize, standing.limit * 2);
    }
    if (standings.length > 0 && comparePositions(end, this.front) > 0) this.front = end;
    this.letGo();
  }

  /** Whoever waited for what is folded, and told to the listeners, goes on. */
  private letGo(): void {
    for (const waiter of this.waiters) if (this.standsAt(waiter.position, waiter.names)) waiter.resolve(true);
  }

  private async failed(standing: Standing, { events }: Page, error: Error): Promise<void> {
    if (error instanceof CheckpointMoved) {
      await this.findAgain(standing, error);
      return;
    }
    const appends = events.filter(endsAppend).length;
    standing.error = error.message;
    if (appends > 1) {
      standing.limit = Math.ceil(Math.min(standing.limit, events.length) / 8);
      return;
    }
    await this.pause(standing, error);
  }

  private async pause(standing: Standing, error: Error): Promise<void> {
    standing.error = error.message;
    standing.retryAt = Date.now() + Math.min(longestPause, this.retryAfter * 2 ** standing.failures);
    standing.failures += 1;
    this.report(error, standing.lane.name);
    await recordFailure(this.writing, standing).catch(() => undefined);
  }

  /** A commit whose answer was lost, another projector, or a table that was rebuilt and swapped in: go on from where it stands. */
  private async findAgain(standing: Standing, error: Error): Promise<void> {
    const found = await checkpointOf(this.pool, standing).catch(() => undefined);
    if (!found || (found.position === standing.position && found.tableName === standing.table)) {
      await this.pause(standing, found ? error : new Error(`the table ${standing.table} is gone or cannot be reached`));
      return;
    }
    this.report(error, standing.lane.name);
    standing.table = found.tableName;
    standing.position = found.position;
    standing.written = undefined;
    standing.stage = found.stage;
    standing.error = undefined;
    if (comparePositions(found.position, this.front) > 0) this.front = found.position;
  }

  /** Lanes that have caught up get their indexes and are shown. */
  private async settle(standings: readonly Standing[]): Promise<void> {
    for (const standing of standings) {
      try {
        if (standing.stage === 'building') {
          await index(this.writing, standing);
          standing.stage = 'indexed';
          // Making the indexes of a long table takes time: it catches up once more before it is shown.
          if (standing.position !== this.front) continue;
        }
        if (standing.stage === 'indexed') {
          await show(this.writing, standing);
          standing.stage = 'serving';
          standing.replaces = false;
          standing.written = undefined;
        }
        standing.error = undefined;
      } catch (error) {
        await this.pause(standing, asError(error));
      }
    }
    this.arrived([], { end: this.front } as Page);
  }

  private standsAt(position: string, names: readonly string[] | undefined): boolean {
    const asked = names
      ? this.standings.filter(({ lane }) => names.includes(lane.name))
      : this.standings.filter(({ replaces }) => !replaces);
    return (
      asked.length >= (names?.length ?? 0) &&
      comparePositions(this.told, position) >= 0 &&
      asked.every(standing => standing.stage === 'serving' && comparePositions(standing.position, position) >= 0)
    );
  }

  private tell(page: Page): void {
    if (this.told !== page.from || page.facts instanceof Error) return;
    this.told = page.end;
    for (const listener of this.listeners) {
      try {
        listener(page.facts, page.end);
      } catch (error) {
        this.report(error);
      }
    }
    this.letGo();
  }

  /** What the listeners missed while facts could not be opened, or while another worker held the front. */
  private async tellTheRest(): Promise<void> {
    while (this.running && this.told !== this.front && Date.now() >= this.tellAgainAt) {
      const page = await this.read(this.told, this.pageSize, this.hearsAny, this.front);
      if (!page) return;
      this.tell(page);
      if (!(page.facts instanceof Error)) continue;
      this.report(page.facts);
      this.tellAgainAt = Date.now() + this.retryAfter;
    }
  }

  private async lookAhead(): Promise<void> {
    this.lookedAt = Date.now();
    const head = await this.setup.store.head();
    if (comparePositions(head, this.head) > 0) this.head = head;
  }

  private report(error: unknown, lane?: string): void {
    this.setup.report?.(asError(error), lane);
  }
}
