import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';

export interface ReadingSetup {
  readonly kafka: Kafka;
  /** The group under which several processes share the partitions. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly take: (batch: EachBatchPayload) => Promise<void>;
  /** The partitions are read on from where the group was, as at the start. */
  readonly whenBegunAnew: (why: string) => void;
  /** Milliseconds without a sign of life after which it is begun anew. */
  readonly stillFor: number;
}

const silence = 'nothing was heard of the broker';

/**
 * Reads topics for as long as it is wanted. The client of the broker crashes when a broker is killed, and can stop without a word,
 * most easily while a group forms: then its consumer is left for good and another one begins. A consumer that is left must never
 * come back by itself: as one more member of the group it would be given partitions that nobody reads.
 */
export class Reading {
  private consumer: Consumer | undefined;
  private heardAt = performance.now();
  private crash: string | undefined;
  private taking = 0;
  private watching: Promise<void> = Promise.resolve();
  private readonly leaving = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(private readonly setup: ReadingSetup) {}

  async start(): Promise<void> {
    await this.run(this.open());
    this.watching = this.watch();
  }

  /** Finishes the batch that is being taken. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
    const last = this.consumer;
    this.consumer = undefined;
    if (last) await last.disconnect();
    await Promise.race([Promise.all(this.leaving), delay(1_000)]);
  }

  seek(topic: string, partition: number, offset: string): void {
    this.consumer?.seek({ topic, partition, offset });
  }

  pause(topic: string, partition: number): void {
    this.consumer?.pause([{ topic, partitions: [partition] }]);
  }

  resume(topic: string, partition: number): void {
    this.consumer?.resume([{ topic, partitions: [partition] }]);
  }

  private open(): Consumer {
    const { kafka, group: groupId } = this.setup;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: 6_000,
      heartbeatInterval: 1_500,
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 10, restartOnFailure: async () => false },
    });
    const heard = () => this.heard(consumer);
    this.consumer = consumer;
    this.crash = undefined;
    heard();
    consumer.on(consumer.events.GROUP_JOIN, heard);
    consumer.on(consumer.events.FETCH, heard);
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      if (consumer === this.consumer) this.crash = error.message;
    });
    return consumer;
  }

  private heard(consumer: Consumer): void {
    if (consumer === this.consumer) this.heardAt = performance.now();
  }

  private async run(consumer: Consumer): Promise<void> {
    const { topics, take } = this.setup;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async batch => {
        if (consumer !== this.consumer) return;
        this.taking += 1;
        try {
          await take(batch);
        } finally {
          this.taking -= 1;
          this.heard(consumer);
        }
      },
    });
    // It could not be stopped while it was still joining.
    if (consumer !== this.consumer) await consumer.disconnect();
  }

  private async watch(): Promise<void> {
    const { stillFor, whenBegunAnew } = this.setup;
    const { signal } = this.stopping;
    for (;;) {
      await delay(Math.min(500, stillFor / 4), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const why = this.crash ?? (performance.now() - this.heardAt < stillFor ? undefined : silence);
      if (why === undefined || this.taking > 0) continue;
      const left = this.consumer;
      if (left) this.leave(left);
      whenBegunAnew(why);
      const next = this.open();
      this.run(next).catch((error: unknown) => {
        if (next === this.consumer) this.crash ??= error instanceof Error ? error.message : String(error);
      });
    }
  }

  private leave(consumer: Consumer): void {
    const left: Promise<void> = consumer
      .disconnect()
      .catch(() => undefined)
      .finally(() => this.leaving.delete(left));
    this.leaving.add(left);
  }
}
