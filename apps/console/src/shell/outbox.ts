import type { Command } from './command.ts';
import type { components } from './contract.ts';
import type { Refused } from './problem.ts';

export type Receipt = components['schemas']['Receipt'];

/** What came of one try to send a command. */
export type Outcome =
  | { readonly is: 'done'; readonly receipt: Receipt }
  | { readonly is: 'refused'; readonly because: Refused }
  /** Nobody knows whether it arrived, or the server asks for patience: the same key is sent again. */
  | { readonly is: 'again' }
  /** The token has expired; the command waits for somebody to sign in. */
  | { readonly is: 'signed-out' };

/** Sends a command under its key, once. Never throws. */
export type Post = (command: Command, key: string) => Promise<Outcome>;

export interface Entry {
  readonly key: string;
  readonly command: Command;
  readonly state: 'sending' | 'waiting' | 'signed-out';
  readonly tries: number;
}

interface Waiting extends Entry {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (because: Error) => void;
}

const patience = (tries: number) => Math.min(500 * 2 ** Math.min(tries, 10), 10_000);

/** The command was taken back before it was sent, as by signing out. */
export class TakenBack extends Error {}

/**
 * Commands on their way, in the order in which they were given. Each keeps its Idempotency-Key for as long as it takes, so that
 * a command whose answer was lost is not carried out twice. It lies in memory: nothing about a person is written to a disk.
 */
export class Outbox {
  private entries: readonly Waiting[] = [];
  private listeners = new Set<() => void>();
  private running = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly post: Post,
    private readonly newKey: () => string = () => crypto.randomUUID(),
    private readonly pause: (milliseconds: number, wake: Promise<void>) => Promise<void> = (milliseconds, wake) =>
      Promise.race([new Promise<void>(done => setTimeout(done, milliseconds)), wake]),
  ) {}

  /** @returns its receipt, however long the connection is away. @throws Refused, TakenBack */
  send(command: Command): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { key: this.newKey(), command, state: 'sending', tries: 0, resolve, reject };
      this.change([...this.entries, entry]);
      void this.run();
    });
  }

  /** What is still on its way; the same array until something changes. */
  readonly list = (): readonly Entry[] => this.entries;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Tries again at once: the connection is back, or somebody signed in. */
  readonly hurry = (): void => this.wake?.();

  /** Gives up whatever waits. */
  takeBack(): void {
    const dropped = this.entries;
    this.change([]);
    for (const entry of dropped) entry.reject(new TakenBack());
    this.hurry();
  }

  private change(entries: readonly Waiting[]): void {
    this.entries = entries;
    for (const listener of this.listeners) listener();
  }

  private mark(key: string, how: Partial<Pick<Waiting, 'state' | 'tries'>>): void {
    this.change(this.entries.map(entry => (entry.key === key ? { ...entry, ...how } : entry)));
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let first = this.entries[0]; first; first = this.entries[0]) await this.tryOnce(first);
    this.running = false;
  }

  private async tryOnce({ key, command, tries, resolve, reject }: Waiting): Promise<void> {
    const outcome = await this.post(command, key);
    const isStillWanted = this.entries.some(entry => entry.key === key);
    if (!isStillWanted) return;
    if (outcome.is === 'done' || outcome.is === 'refused') {
      this.change(this.entries.filter(entry => entry.key !== key));
      if (outcome.is === 'done') resolve(outcome.receipt);
      else reject(outcome.because);
      return;
    }
    this.mark(key, { state: outcome.is === 'again' ? 'waiting' : 'signed-out', tries: tries + 1 });
    const wake = new Promise<void>(done => (this.wake = done));
    // Signed out, nothing but a new session helps.
    await (outcome.is === 'again' ? this.pause(patience(tries), wake) : wake);
    this.wake = undefined;
  }
}
