import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '@lib/platform/processes/until.js';

const living = new Set<ChildProcess>();

/** Ends by SIGKILL whatever still runs, paused or not. */
export async function endAll(): Promise<void> {
  for (const process of living) {
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }
}

/** A process of this program that can be told things, and killed. */
export abstract class Child<Told extends object, Said extends { readonly said: string }> {
  private readonly process: ChildProcess;
  private expected = false;
  private died: string | undefined;

  protected constructor(file: string, setup: object, options: readonly string[] = []) {
    this.process = fork(join(import.meta.dirname, file), [JSON.stringify(setup)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...options],
    });
    this.process.on('message', (said: Said) => this.hear(said));
    // A message to one that was just killed.
    this.process.on('error', () => undefined);
    living.add(this.process);
    this.process.once('exit', (code, signal) => {
      living.delete(this.process);
      if (!this.expected) this.died = `${file} ended by itself with ${code ?? signal}`;
    });
  }

  protected abstract hear(said: Said): void;

  tell(told: Told): void {
    this.process.send(told);
  }

  /** @throws at once when the process has ended by itself */
  until(what: string, holds: () => boolean | Promise<boolean>, within?: number): Promise<void> {
    return until(
      what,
      () => {
        if (this.died !== undefined) throw new Error(this.died);
        return holds();
      },
      within,
    );
  }

  pause(): void {
    this.process.kill('SIGSTOP');
  }

  wake(): void {
    this.process.kill('SIGCONT');
  }

  /** Ends it where it stands. */
  async kill(): Promise<void> {
    await this.end(() => this.process.kill('SIGKILL'));
  }

  protected async end(how: () => void): Promise<void> {
    this.expected = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    how();
    await ended;
  }
}
