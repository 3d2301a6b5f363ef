import type { Consumer } from 'kafkajs';
import type { Pool } from 'pg';
import { deliveryOf } from '@lib/platform/feed/consumer/delivery.js';
import { kafkaClient } from '@lib/platform/feed/kafka/kafka-client.js';
import { until } from '@lib/platform/processes/until.js';
import { applyEffects } from './effects.js';

/** A subscriber as many are written: it trusts the offsets of the broker and applies whatever comes. */
export class PlainConsumer {
  private readonly consumer: Consumer;
  private readonly reached = new Map<string, bigint>();

  constructor(
    private readonly pool: Pool,
    private readonly brokers: readonly string[],
    private readonly topics: readonly string[],
  ) {
    this.consumer = kafkaClient(brokers, 'plain').consumer({ groupId: 'plain', allowAutoTopicCreation: false });
  }

  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
    await this.consumer.run({
      eachBatch: async ({ batch }) => {
        const { topic, partition } = batch;
        const facts = batch.messages.flatMap(message => {
          const delivery = deliveryOf(topic, message);
          return delivery.kind === 'fact' ? [delivery.fact] : [];
        });
        const client = await this.pool.connect();
        await applyEffects(client, facts).finally(() => client.release());
        this.reached.set(`${topic}/${partition}`, BigInt(batch.lastOffset()));
      },
    });
  }

  async caughtUp(): Promise<boolean> {
    const admin = kafkaClient(this.brokers, 'plain-offsets').admin();
    await admin.connect();
    for (const topic of this.topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const last = BigInt(high) - 1n;
        await until('a consumer has read everything', () => (this.reached.get(`${topic}/${partition}`) ?? -1n) >= last);
      }
    }
    await admin.disconnect();
    return true;
  }

  stop(): Promise<void> {
    return this.consumer.disconnect();
  }
}
