import { setTimeout as delay } from 'node:timers/promises';
import { beforeEverything, comparePositions, type EventStore, type RecordedEvent } from './event-store.js';
import { Signal } from './signal.js';
import { Waiters } from './waiters.js';

export interface LogFollowerSetup {
  readonly store: Pick<EventStore, 'readAll' | 'whenAppended'>;
  /** How long an append of another process may go unnoticed while nobody waits for it, in milliseconds; 50 when left out. */
  readonly pollEvery?: number;
  /** Events read at once; 1,000 when left out. */
  readonly pageSize?: number;
  /** Told of what went wrong and will be tried again. */
  readonly report?: (error: Error) => void;
}

/** Told of events that nobody in this process need have appended. */
type Listener = (events: readonly RecordedEvent[], position: string) => void;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const pollWhileWaitedFor = 5;

/** Reads the log in order, page by page, for what a process keeps in memory; nothing is skipped. A page stops where an append ends. */
export class LogFollower {
  private at = beforeEverything;
  private running = false;
  private worker: Promise<void> = Promise.resolve();
  private stopListening: () => void = () => undefined;
  private readonly appended = new Signal();
  private readonly waiters = new Waiters();
  private readonly listeners = new Set<Listener>();

  constructor(private readonly setup: LogFollowerSetup) {}

  /** Up to where the listeners have been told. */
  get position(): string {
    return this.at;
  }

  /** @param after what the listeners know already */
  start(after: string): void {
    this.at = after;
    this.running = true;
    this.stopListening = this.setup.store.whenAppended(() => this.appended.raise());
    this.worker = this.work();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.stopListening();
    this.appended.raise();
    await this.worker;
    this.waiters.end();
  }

  /** Calls `listener` with each page, in order and without a gap. @returns how to stop */
  whenRead(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @returns false when the listeners had not been told of everything up to `position` in time */
  caughtUpTo(position: string, timeoutMs: number): Promise<boolean> {
    const held = this.waiters.until(() => comparePositions(this.at, position) >= 0, timeoutMs);
    this.appended.raise();
    return held;
  }

  private async work(): Promise<void> {
    const { store, pollEvery = 50, pageSize = 1000 } = this.setup;
    while (this.running) {
      try {
        const events = await store.readAll(this.at, pageSize);
        if (events.length > 0) this.tell(events);
        else await this.appended.wait(this.waiters.any ? pollWhileWaitedFor : pollEvery);
      } catch (error) {
        this.setup.report?.(asError(error));
        await delay(pollEvery * 4);
      }
    }
  }

  private tell(events: readonly RecordedEvent[]): void {
    const { position } = events.at(-1)!;
    this.at = position;
    for (const listener of this.listeners) {
      try {
        listener(events, position);
      } catch (error) {
        this.setup.report?.(asError(error));
      }
    }
    this.waiters.look();
  }
}
