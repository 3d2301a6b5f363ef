import { Child } from '../child.js';
import type { History } from '../history.js';
import type { Point, RelayProcessSetup, RelayTwin, SaidByRelay, ToldToRelay } from './said.js';
import type { Stage } from './stage.js';

/** A fifth of what a house uses: rounds are short then. */
const shortLease = { timeToLive: 1_000, renewEvery: 300, askEvery: 100 };
/** Of a house: a busy machine does not lose it by the way. */
export const usualLease = { timeToLive: 5_000, renewEvery: 1_500, askEvery: 1_000 };

export class RelayChild extends Child<ToldToRelay, SaidByRelay> {
  /** Of the lease that it believes to have. */
  token: bigint | undefined;
  /** Pages that were sent and not answered; a page whose send failed counts until the next is answered. */
  outstanding = false;
  holding: { readonly at: Point; readonly position: number } | undefined;
  controlsAt = 0;
  troubles = 0;
  losses = 0;
  private weighed: { readonly heap: number; readonly resident: number } | undefined;

  constructor(
    setup: RelayProcessSetup,
    private readonly history: History,
  ) {
    super('feed/relay-process.js', setup, ['--expose-gc']);
  }

  static async start(
    { houseUrl, broker }: Stage,
    history: History,
    {
      twin,
      pageSize = 50,
      lease = shortLease,
    }: { readonly twin?: RelayTwin | undefined; readonly pageSize?: number; readonly lease?: RelayProcessSetup['lease'] } = {},
  ): Promise<RelayChild> {
    const setup = { houseUrl, brokers: [broker.bootstrap], lease, pageSize };
    return new RelayChild(twin === undefined ? setup : { ...setup, twin }, history);
  }

  protected override hear(said: SaidByRelay): void {
    switch (said.said) {
      case 'granted':
        this.token = BigInt(said.token);
        this.history.write('granted', { token: said.token });
        break;
      case 'over':
        this.token = undefined;
        this.losses += 1;
        this.history.write('over', { why: said.why });
        break;
      case 'sending':
        this.outstanding = true;
        break;
      case 'sent':
        this.outstanding = false;
        break;
      case 'holding':
        this.holding = said;
        break;
      case 'controls':
        this.controlsAt = said.position;
        break;
      case 'trouble':
        this.troubles += 1;
        this.history.write('trouble of the relay', { words: said.words });
        break;
      case 'weight':
        this.weighed = said;
        break;
      case 'ready':
        break;
    }
  }

  /** Holds it at that point of a page, when so many were let pass. */
  async hold(at: Point, after: number): Promise<{ readonly at: Point; readonly position: number }> {
    this.holding = undefined;
    this.tell({ do: 'hold', at, after });
    await this.until(`a relay is held where a page is ${at}`, () => this.holding !== undefined);
    return this.holding!;
  }

  /** @returns bytes */
  async weigh(): Promise<{ readonly heap: number; readonly resident: number }> {
    this.weighed = undefined;
    this.tell({ do: 'weigh' });
    await this.until('the relay says how much memory it uses', () => this.weighed !== undefined);
    return this.weighed!;
  }

  stop(): Promise<void> {
    return this.end(() => this.tell({ do: 'stop' }));
  }
}
