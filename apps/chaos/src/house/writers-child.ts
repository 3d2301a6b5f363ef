import { Child } from '../child.js';
import type { SaidByWriters, Tally, ToldToWriters, WritersSetup } from './said.js';
import type { Violations } from '../violations.js';

/** The people of a run, in a process of their own: neither what is killed nor what kills. */
export class WritersChild extends Child<ToldToWriters, SaidByWriters> {
  tally: Tally = { ok: 0, fail: 0, unknown: 0, lost: 0, turnedAway: 0, statuses: {} };
  private ready = false;
  private turns = 0;
  private stopped = false;

  private constructor(
    setup: WritersSetup,
    private readonly violations: Violations,
  ) {
    super('house/writers-process.js', setup);
  }

  /** They have founded what they will quarrel over, and wait for `go`. */
  static async start(setup: WritersSetup, violations: Violations): Promise<WritersChild> {
    const child = new WritersChild(setup, violations);
    await child.until('the writers have founded their town', () => child.ready);
    return child;
  }

  protected override hear(said: SaidByWriters): void {
    if (said.said === 'tally') this.tally = said;
    else if (said.said === 'ready') this.ready = true;
    else if (said.said === 'turned') this.turns += 1;
    else if (said.said === 'stopped') this.stopped = true;
    else if (said.said === 'trouble') this.violations.add('the writers have trouble', said.words);
  }

  /** When this has come to pass, nobody begins a request anywhere else. */
  async turnTo(urls: readonly string[]): Promise<void> {
    const turns = this.turns;
    this.tell({ do: 'turn-to', urls });
    await this.until('the writers have turned', () => this.turns > turns);
  }

  /** Each ends what it is at; their ledger is complete then. */
  async stop(): Promise<void> {
    this.tell({ do: 'stop' });
    await this.until('the writers have stopped', () => this.stopped);
    await this.kill();
  }
}
