import type { FeedBroker, FeedProducer } from '@lib/platform/feed/broker.js';
import { header, type FeedRecord } from '@lib/platform/feed/record.js';
import type { Hold } from './hold.js';
import type { SaidByRelay } from './said.js';

const positionsOf = (records: readonly FeedRecord[]) => records.map(({ headers }) => Number(headers[header.position] ?? 0));

/** A broker that says what passes, and can be held before, during and after a send. */
export class WatchedBroker implements FeedBroker {
  constructor(
    private readonly broker: FeedBroker,
    private readonly hold: Hold,
    private readonly say: (said: SaidByRelay) => void,
  ) {}

  makeTopics: FeedBroker['makeTopics'] = wanted => this.broker.makeTopics(wanted);
  verifyTopics: FeedBroker['verifyTopics'] = wanted => this.broker.verifyTopics(wanted);

  async producer(): Promise<FeedProducer> {
    const producer = await this.broker.producer();
    return {
      send: records => this.send(producer, records),
      close: () => producer.close(),
    };
  }

  private async send(producer: FeedProducer, records: readonly FeedRecord[]): Promise<void> {
    const position = Math.max(...positionsOf(records));
    if (records.every(({ key }) => key === null)) {
      await producer.send(records);
      this.say({ said: 'controls', position });
      return;
    }
    await this.hold.reach('unsent', position);
    this.say({ said: 'sending' });
    const sent = producer.send(records);
    sent.catch(() => undefined);
    await this.hold.reach('sending', position);
    await sent;
    this.say({ said: 'sent' });
    await this.hold.reach('acknowledged', position);
  }
}
