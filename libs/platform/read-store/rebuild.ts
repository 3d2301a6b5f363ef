import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool, PoolClient } from 'pg';
import {
  beforeEverything,
  comparePositions,
  type EventStore,
  type RecordedEvent,
} from '@lib/platform/event-store/event-store.js';
import type { AnyProjection } from '@lib/platform/kernel/projection.js';
import { KeyFilter } from './key-filter.js';
import type { Lane, PlacedFact } from './lane.js';
import { readSchema, shortEnough } from './names.js';
import { type Opening, placed } from './placed.js';
import { type Checkpoint, checkpointsOf, moveCheckpoints, sameDefinition } from './read-schema.js';
import { laneOf } from './row-lane.js';
import { index, isRebuild, type Writing, writingTo } from './standing.js';
import { qualified, tableNameOf, viewNameOf } from './tables.js';

export interface RebuildSetup {
  readonly projections: readonly (AnyProjection | Lane)[];
  readonly store: Pick<EventStore, 'readAll' | 'head'>;
  readonly open: Opening;
  readonly pool: Pool;
  /** Events read at once; 2,000 when left out: what lives shorter is collected cheaper. */
  readonly pageSize?: number;
}

export interface RebuildProgress {
  readonly names: readonly string[];
  readonly stage: 'filling' | 'indexing' | 'swapping' | 'done';
  readonly position: string;
  readonly head: string;
}

/** Is waited for. */
type Say = (progress: RebuildProgress) => void | Promise<void>;

/** The read model is not shown in this program's definition: a projector has to build it first, or is just doing so. */
export class NotToBeRebuilt extends Error {
  constructor(readonly projection: string) {
    super(`${projection} is not shown in the definition that this program knows`);
  }
}

interface Beside {
  readonly lane: Lane;
  readonly table: string;
  position: string;
  stage: 'building' | 'indexed' | 'serving';
  written: KeyFilter | undefined;
  /** Milliseconds that the last page took. */
  took: number;
}

interface Page {
  readonly events: readonly RecordedEvent[];
  readonly facts: readonly PlacedFact[];
}

const tries = 30;
/** Transactions that write side by side. */
const writers = 2;

/** Ends when all have ended, also when one of them fails. */
async function sideBySide(work: () => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(Array.from({ length: writers }, work));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * Folds read models anew into tables beside those that are shown, and swaps them in when they have caught up. A projector, here or in
 * another process, goes on with the old table until that moment and with the new one from then on; readers never see a half-filled one,
 * nor anything older than they saw before. What was interrupted goes on where it stopped when it is asked for again.
 */
export class Rebuild {
  private readonly writing: Writing;
  private readonly lanes: readonly Lane[];
  /** Those that are asked for. */
  private folded: readonly Lane[] = [];
  private readonly pageSize: number;
  private next: { readonly after: string; readonly page: Promise<Page> } | undefined;

  constructor(private readonly setup: RebuildSetup) {
    this.writing = writingTo(setup.pool);
    this.lanes = setup.projections.map(laneOf);
    this.pageSize = setup.pageSize ?? 2000;
  }

  /**
   * @param names of projections of the setup
   * @param signal ends it after the page that is being written
   * @returns false when it was interrupted
   * @throws NotToBeRebuilt before anything is written
   */
  async run(names: readonly string[], say: Say, signal?: AbortSignal): Promise<boolean> {
    const besides: Beside[] = [];
    this.folded = this.lanes.filter(({ name }) => names.includes(name));
    for (const lane of this.folded) await this.requireShown(lane);
    for (const lane of this.folded) besides.push(await this.beside(lane));
    while (!signal?.aborted) {
      const left = besides.filter(({ stage }) => stage !== 'serving');
      const [first] = left.toSorted((a, b) => comparePositions(a.position, b.position) || a.stage.localeCompare(b.stage));
      if (!first) return true;
      const group = left.filter(({ position, stage }) => position === first.position && stage === first.stage);
      await this.advance(group, first, say);
    }
    return false;
  }

  private async advance(group: readonly Beside[], first: Beside, say: Say): Promise<void> {
    const head = await this.setup.store.head();
    const told = { names: group.map(({ lane }) => lane.name), head };
    const nearTheEnd = await this.fold(group, first.position);
    await say({ ...told, stage: 'filling', position: first.position });
    if (!nearTheEnd) return;
    // Making the indexes of a long table takes time: it catches up once more before it is shown.
    if (first.stage === 'building') return this.makeIndexes(group, head, say);
    for (const beside of group) {
      const names = [beside.lane.name];
      await say({ names, head, stage: 'swapping', position: beside.position });
      await this.swap(beside);
      await say({ names, head, stage: 'done', position: beside.position });
    }
  }

  private async makeIndexes(group: readonly Beside[], head: string, say: Say): Promise<void> {
    const waiting = group.toSorted((a, b) => b.took - a.took);
    await sideBySide(async () => {
      for (let beside; (beside = waiting.shift());) {
        await say({ names: [beside.lane.name], head, stage: 'indexing', position: beside.position });
        await index(this.writing, beside);
        beside.stage = 'indexed';
      }
    });
  }

  /** Folds one page. @returns whether the end of the log is near */
  private async fold(group: readonly Beside[], from: string): Promise<boolean> {
    const { events, facts } = await this.pageAfter(from);
    const last = events.at(-1);
    if (!last) return true;
    const isNearTheEnd = events.length < this.pageSize / 2;
    if (!isNearTheEnd) this.readAhead(last.position);
    // Whatever takes longest begins first, so that all writers end at about the same time.
    const waiting = group.toSorted((a, b) => b.took - a.took);
    await sideBySide(() => this.writeSome(waiting, facts, from, last.position));
    return isNearTheEnd;
  }

  /** Takes one read model after the other from those that wait, and moves what it took in one transaction. */
  private async writeSome(waiting: Beside[], facts: readonly PlacedFact[], from: string, to: string): Promise<void> {
    if (waiting.length === 0) return;
    const taken: Beside[] = [];
    await this.writing(async client => {
      for (let beside; (beside = waiting.shift());) {
        const { lane, table, written } = beside;
        const startedAt = performance.now();
        await moveCheckpoints(client, [table], from, to);
        const heard = facts.filter(({ fact }) => lane.hears(fact.type));
        if (heard.length > 0) await lane.write(client, table, heard, written);
        beside.took = performance.now() - startedAt;
        taken.push(beside);
      }
    });
    for (const beside of taken) beside.position = to;
  }

  private pageAfter(after: string): Promise<Page> {
    const { next } = this;
    this.next = undefined;
    return next?.after === after ? next.page : this.read(after);
  }

  /** While one page is written the next one is read and opened. */
  private readAhead(after: string): void {
    const page = this.read(after);
    page.catch(() => undefined);
    this.next = { after, page };
  }

  private async read(after: string): Promise<Page> {
    const events = await this.setup.store.readAll(after, this.pageSize);
    return { events, facts: await placed(events, type => this.folded.some(lane => lane.hears(type)), this.setup.open) };
  }

  private async requireShown(lane: Lane): Promise<void> {
    const found = await checkpointsOf(this.setup.pool, [lane.name]);
    if (!found.some(checkpoint => checkpoint.stage === 'serving' && sameDefinition(checkpoint, lane)))
      throw new NotToBeRebuilt(lane.name);
  }

  /** The table that an interrupted rebuild left, or an empty one. */
  private async beside(lane: Lane): Promise<Beside> {
    return this.writing(async client => {
      await client.query('select pg_advisory_xact_lock(hashtext($1))', [`yizhan lane ${lane.name}`]);
      const left = (await checkpointsOf(client, [lane.name])).find(
        checkpoint => sameDefinition(checkpoint, lane) && isRebuild(checkpoint, lane),
      );
      if (left) {
        const stage = left.stage === 'indexed' ? 'indexed' : 'building';
        const written = left.position === beforeEverything ? new KeyFilter() : undefined;
        return { lane, table: left.tableName, position: left.position, stage, written, took: 0 };
      }
      const table = shortEnough(`${tableNameOf(lane)}_${Date.now().toString(36)}`);
      for (const statement of lane.tableStatements(table)) await client.query(statement);
      await client.query(
        `insert into ${readSchema}.projection (name, version, fingerprint, table_name) values ($1, $2, $3, $4)`,
        [lane.name, lane.version, lane.fingerprint, table],
      );
      return { lane, table, position: beforeEverything, stage: 'building', written: new KeyFilter(), took: 0 };
    });
  }

  private async swap(beside: Beside): Promise<void> {
    for (let nth = 1; ; nth += 1) {
      try {
        beside.position = await this.writing(client => this.swapNow(client, beside));
        beside.stage = 'serving';
        return;
      } catch (error) {
        // Somebody looks at the old table for long, or another rebuild wanted the same at once.
        if (!/^(?:55P03|40P01)$/.test(String((error as { code?: unknown }).code)) || nth === tries) throw error;
        await delay(500);
      }
    }
  }

  private async swapNow(client: PoolClient, { lane, table }: Beside): Promise<string> {
    // Queries queue behind this lock: better to try again than to keep them waiting behind a long one.
    await client.query(`set local lock_timeout = '2s'`);
    // The projector moves this row first in every commit, so it stands still from here on.
    await client.query(`select from ${readSchema}.projection where name = $1 order by table_name for update`, [lane.name]);
    const found = await checkpointsOf(client, [lane.name]);
    const own = found.find(({ tableName }) => tableName === table);
    const shown = found.find(({ stage }) => stage === 'serving');
    if (!own || !shown || !sameDefinition(shown, lane)) throw new NotToBeRebuilt(lane.name);
    const position = await this.catchUp(client, lane, own, shown);
    const view = viewNameOf(lane.name);
    await client.query(`drop view if exists ${view}`);
    await client.query(`create view ${view} as select * from ${qualified(table)}`);
    await client.query(`drop table ${qualified(shown.tableName)}`);
    await client.query(`delete from ${readSchema}.projection where table_name = $1`, [shown.tableName]);
    await client.query(
      `update ${readSchema}.projection set stage = 'serving', position = $2, updated_at = now() where table_name = $1`,
      [table, position],
    );
    return position;
  }

  /** Brings the new table up to where the one that is shown stands. @returns where it stands then */
  protected async catchUp(client: ClientBase, lane: Lane, own: Checkpoint, shown: Checkpoint): Promise<string> {
    let { position } = own;
    while (comparePositions(position, shown.position) < 0) {
      const page = await this.setup.store.readAll(position, this.pageSize);
      const events = page.filter(event => comparePositions(event.position, shown.position) <= 0);
      const facts = await placed(events, type => lane.hears(type), this.setup.open);
      if (facts.length > 0) await lane.write(client, own.tableName, facts);
      position = events.at(-1)!.position;
    }
    return position;
  }
}
