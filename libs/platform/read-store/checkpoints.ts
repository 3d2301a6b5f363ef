import type { Pool } from 'pg';
import { beforeEverything, comparePositions, type EventStore } from '@lib/platform/event-store/event-store.js';
import { Signal } from '@lib/platform/event-store/signal.js';
import { Waiters } from '@lib/platform/event-store/waiters.js';
import type { AnyProjection } from '@lib/platform/kernel/projection.js';
import type { Folding, Lag } from './folding.js';
import type { Lane } from './lane.js';
import { readSchema } from './names.js';
import { type Checkpoint, sameDefinition } from './read-schema.js';
import { laneOf } from './row-lane.js';

export interface CheckpointsSetup {
  /** One that only reads is enough. */
  readonly pool: Pick<Pool, 'query'>;
  readonly store: Pick<EventStore, 'head'>;
  readonly projections: readonly (AnyProjection | Lane)[];
  /** How old `lag()` may be, in milliseconds; 200 when left out. Who waits is told much sooner. */
  readonly pollEvery?: number;
  readonly report?: (error: Error) => void;
}

interface Seen extends Checkpoint {
  readonly state: string;
  readonly error: string | null;
}

const pollWhileWaitedFor = 10;

/**
 * How far the read models have come, seen from a process that does not fold them itself.
 * A table of another definition that is still shown (a newer program is rebuilding it) is not waited for, as in the projector.
 */
export class Checkpoints implements Folding {
  private readonly lanes: readonly Lane[];
  private seen: readonly Seen[] = [];
  private head = beforeEverything;
  private headAt = 0;
  private running = false;
  private worker: Promise<void> = Promise.resolve();
  private readonly waiters = new Waiters();
  private readonly asked = new Signal();

  constructor(private readonly setup: CheckpointsSetup) {
    this.lanes = setup.projections.map(laneOf);
  }

  async start(): Promise<void> {
    await this.look();
    this.running = true;
    this.worker = this.work();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.asked.raise();
    await this.worker;
    this.waiters.end();
  }

  caughtUpTo(position: string, timeoutMs: number, names?: readonly string[]): Promise<boolean> {
    const lanes = names ? this.lanes.filter(({ name }) => names.includes(name)) : this.lanes;
    if (lanes.length < (names?.length ?? 0)) return Promise.resolve(false);
    const held = this.waiters.until(() => lanes.every(lane => this.shows(lane, position)), timeoutMs);
    this.asked.raise();
    return held;
  }

  lag(): readonly Lag[] {
    return this.lanes.map(lane => {
      const { name } = lane;
      const own = this.own(lane);
      const position = own?.position ?? beforeEverything;
      return {
        name,
        position,
        head: comparePositions(position, this.head) > 0 ? position : this.head,
        state: own?.state === 'failed' ? 'failed' : own?.stage === 'serving' ? 'following' : 'building',
        ...(own?.state === 'failed' ? { error: own.error ?? '' } : {}),
      };
    });
  }

  private shows(lane: Lane, position: string): boolean {
    const serving = this.seen.find(({ name, stage }) => name === lane.name && stage === 'serving');
    if (!serving) return false;
    return !sameDefinition(serving, lane) || comparePositions(serving.position, position) >= 0;
  }

  /** The table of this program's definition that is shown or, without one, that has come furthest. */
  private own(lane: Lane): Seen | undefined {
    const alike = this.seen.filter(seen => sameDefinition(seen, lane));
    return (
      alike.find(({ stage }) => stage === 'serving') ?? alike.toSorted((a, b) => comparePositions(b.position, a.position)).at(0)
    );
  }

  private async work(): Promise<void> {
    const { pollEvery = 200, report } = this.setup;
    while (this.running) {
      await this.asked.wait(this.waiters.any ? pollWhileWaitedFor : pollEvery);
      try {
        await this.look();
      } catch (error) {
        report?.(error instanceof Error ? error : new Error(String(error)));
        await this.asked.wait(pollEvery);
      }
    }
  }

  private async look(): Promise<void> {
    const { pollEvery = 200 } = this.setup;
    const { rows } = await this.setup.pool.query<Seen>({
      name: 'look-at-checkpoints',
      text: `select name, version, fingerprint, table_name as "tableName", position::text as position, stage, state, error
               from ${readSchema}.projection where name = any($1)`,
      values: [this.lanes.map(({ name }) => name)],
    });
    this.seen = rows;
    this.waiters.look();
    if (Date.now() - this.headAt < pollEvery) return;
    this.headAt = Date.now();
    this.head = await this.setup.store.head();
  }
}
