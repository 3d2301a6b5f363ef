import { setTimeout as pause } from 'node:timers/promises';
import { type AllStreamSubscription, END, excludeSystemEvents } from '@kurrent/kurrentdb-client';
import { backoff, type Connection } from './connection.js';

/**
 * Hears of appends, also of other processes, by a catch-up subscription at the end of `$all`. It only ever gives a hint: what was
 * appended is read from the log. A subscription that is silent for `silence` milliseconds is replaced, whether the log is quiet or the
 * line is dead; each one begins with a hint, so nothing that fell between two of them stays unnoticed.
 */
export class AppendWatch {
  private subscription: AllStreamSubscription | undefined;
  private watching = false;
  private failures = 0;
  private heard: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly hint: () => void,
    private readonly silence: number,
  ) {}

  start(): void {
    if (this.watching) return;
    this.watching = true;
    void this.watch();
  }

  stop(): void {
    this.watching = false;
    this.heard();
    this.leave();
  }

  private async watch(): Promise<void> {
    while (this.watching) {
      const over = await this.listen();
      if (!this.watching) return;
      if (over === 'silent') {
        this.failures = 0;
        continue;
      }
      this.failures += 1;
      await pause(backoff(this.failures), undefined, { ref: false });
    }
  }

  /** @returns why it is over */
  private listen(): Promise<'silent' | 'broken'> {
    return new Promise(resolve => {
      const { client } = this.connection;
      const subscription = client.subscribeToAll({
        fromPosition: END,
        requiresLeader: true,
        filter: excludeSystemEvents({ checkpointInterval: 32, checkpointReached: () => heard() }),
      });
      this.subscription = subscription;
      let ended = false;
      const end = (reason: 'silent' | 'broken') => {
        if (ended) return;
        ended = true;
        clearTimeout(watchdog);
        this.leave();
        resolve(reason);
      };
      const giveUp = () => {
        this.connection.renew(client);
        end('broken');
      };
      // First it must come about at all.
      let watchdog = setTimeout(giveUp, this.connection.patience).unref();
      const heard = () => {
        if (ended) return;
        if (!this.watching) return end('broken');
        clearTimeout(watchdog);
        watchdog = setTimeout(() => end('silent'), this.silence).unref();
        this.failures = 0;
        this.hint();
      };
      this.heard = heard;
      subscription
        .on('confirmation', heard)
        .on('caughtUp', heard)
        .on('data', heard)
        .on('end', () => end('broken'))
        .on('close', () => end('broken'))
        .on('error', giveUp);
    });
  }

  private leave(): void {
    const { subscription } = this;
    this.subscription = undefined;
    // It never came about when the server could not be reached.
    subscription?.unsubscribe().catch(() => undefined);
  }
}
