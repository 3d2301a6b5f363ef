import { setTimeout as delay } from 'node:timers/promises';
import { LeaseLost, type Grant } from '@lib/platform/lease/lease.js';
import type { FeedProducer } from './broker.js';
import { RelaySession, type Batch } from './relay-session.js';
import type { RelaySetup } from './relay-setup.js';

export interface RelayState {
  /** `waiting`: another relay holds the lease. `retrying`: the broker or the database failed, and it is tried again. */
  readonly state: 'waiting' | 'publishing' | 'retrying';
  readonly position: string;
  /** When the fact that is next to go out was recorded; undefined when everything is out. */
  readonly oldest: string | undefined;
  readonly epoch: string | undefined;
  /** Facts handed to the broker by this process. */
  readonly published: number;
  readonly failures: number;
  readonly error?: string;
}

const longestPause = 5_000;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/**
 * Follows the log and publishes what is told of it. A page goes to the broker first; when every in-sync replica has it, the
 * checkpoint moves, together with the last published revision of each stream and the number of facts in each partition. So nothing
 * is ever skipped; what is sent again after a crash carries the same ids, revisions and previous revisions as before.
 */
export class Relay {
  private readonly pageSize: number;
  private readonly pollEvery: number;
  private readonly clock: () => number;
  private position = '0';
  private oldest: string | undefined;
  private current: RelayState['state'] = 'waiting';
  private epoch: string | undefined;
  private published = 0;
  private failures = 0;
  private error: string | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly setup: RelaySetup) {
    this.pageSize = setup.pageSize ?? 2_000;
    this.pollEvery = setup.pollEvery ?? 50;
    this.clock = setup.clock ?? Date.now;
  }

  get state(): RelayState {
    const { current: state, position, oldest, epoch, published, failures, error } = this;
    return { state, position, oldest, epoch, published, failures, ...(error === undefined ? {} : { error }) };
  }

  /**
   * Publishes until the grant ends. A failure of the broker or the database ends the session; a new one begins at the checkpoint.
   * @throws LeaseLost
   */
  async run(grant: Grant): Promise<void> {
    this.epoch = String(grant.token);
    let inARow = 0;
    const stopListening = this.setup.store.whenAppended(() => this.wake());
    const onAbort = () => this.wake();
    grant.signal.addEventListener('abort', onAbort);
    try {
      while (!grant.signal.aborted) {
        const before = this.published;
        try {
          await this.session(grant);
        } catch (error) {
          if (error instanceof LeaseLost) throw error;
          if (grant.signal.aborted) return;
          inARow = this.published > before ? 1 : inARow + 1;
          this.failed(error);
          await delay(Math.min(longestPause, 50 * 2 ** inARow), undefined, { signal: grant.signal }).catch(() => undefined);
        }
      }
    } finally {
      stopListening();
      grant.signal.removeEventListener('abort', onAbort);
      this.current = 'waiting';
    }
  }

  private failed(error: unknown): void {
    const failure = asError(error);
    this.failures += 1;
    this.current = 'retrying';
    this.error = failure.message;
    this.setup.report?.(failure);
  }

  private async session(grant: Grant): Promise<void> {
    const session = await RelaySession.open(this.setup, grant, this.pageSize);
    this.position = session.position;
    const producer = await this.setup.broker.producer();
    let coming: Promise<Batch | undefined> | undefined;
    try {
      while (!grant.signal.aborted) {
        const batch = await (coming ?? session.next());
        coming = undefined;
        this.oldest = batch?.events[0]?.recordedAt;
        this.current = 'publishing';
        this.error = undefined;
        if (!batch) {
          await this.rest(session, producer, grant);
          continue;
        }
        if (batch.full) {
          coming = session.next();
          // Its failure is met when it is its turn.
          coming.catch(() => undefined);
        }
        await this.publish(session, producer, grant, batch);
        if (session.controlDue(this.clock(), 'flowing')) await this.control(session, producer);
      }
    } finally {
      await coming?.catch(() => undefined);
      await producer.close().catch((error: unknown) => this.setup.report?.(asError(error)));
    }
  }

  private async publish(session: RelaySession, producer: FeedProducer, grant: Grant, batch: Batch): Promise<void> {
    if (grant.signal.aborted) return;
    await this.deliver(session, producer, batch);
    this.position = batch.end;
    for (const facts of batch.facts.values()) this.published += facts;
  }

  /** In this order, or a crash between the two would lose the page. */
  protected async deliver(session: RelaySession, producer: FeedProducer, batch: Batch): Promise<void> {
    if (batch.records.length > 0) await producer.send(batch.records);
    await session.commit(batch);
  }

  /** Everything is out: say so, look after what was parked, and wait for more. */
  private async rest(session: RelaySession, producer: FeedProducer, grant: Grant): Promise<void> {
    this.oldest = undefined;
    if (session.controlDue(this.clock(), 'settled')) await this.control(session, producer);
    const again = await session.parkedAgain();
    if (again) {
      await this.publish(session, producer, grant, again);
      return;
    }
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.pollEvery);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (grant.signal.aborted) this.wake();
    });
  }

  private async control(session: RelaySession, producer: FeedProducer): Promise<void> {
    await producer.send(session.controls(new Date(this.clock()).toISOString()));
    session.said(this.clock());
  }
}
