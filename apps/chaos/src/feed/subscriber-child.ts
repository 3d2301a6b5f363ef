import { publications } from '@lib/house/publications.js';
import { Child } from '../child.js';
import type { History } from '../history.js';
import type { SaidBySubscriber, SubscriberProcessSetup, ToldToSubscriber } from './said.js';
import type { Stage } from './stage.js';

const topics = publications.map(({ topic }) => topic);

export class SubscriberChild extends Child<ToldToSubscriber, SaidBySubscriber> {
  private ready = false;
  private caught: Extract<SaidBySubscriber, { said: 'caught-up' }> | undefined;

  private constructor(
    setup: SubscriberProcessSetup,
    private readonly history: History,
  ) {
    super('feed/subscriber-process.js', setup);
  }

  static async start(
    { subscriberUrl: url, broker }: Stage,
    history: History,
    twin?: SubscriberProcessSetup['twin'],
  ): Promise<SubscriberChild> {
    const setup = { url, brokers: [broker.bootstrap], topics };
    const child = new SubscriberChild(twin === undefined ? setup : { ...setup, twin }, history);
    await child.until('the subscriber has started', () => child.ready);
    return child;
  }

  protected override hear(said: SaidBySubscriber): void {
    if (said.said === 'ready') this.ready = true;
    else if (said.said === 'caught-up') this.caught = said;
    else this.history.write('trouble of the subscriber', { words: said.words });
  }

  /** @param within milliseconds @returns undefined when it was not done by then */
  async catchUp(within: number): Promise<Extract<SaidBySubscriber, { said: 'caught-up' }> | undefined> {
    this.caught = undefined;
    this.tell({ do: 'catch-up' });
    await this.until('the subscriber has caught up', () => this.caught !== undefined, within).catch((error: unknown) =>
      this.history.write('not caught up', { words: String(error) }),
    );
    return this.caught;
  }

  stop(): Promise<void> {
    return this.end(() => this.tell({ do: 'stop' }));
  }
}
