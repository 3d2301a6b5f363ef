import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type EachBatchPayload, type Kafka, type Producer } from 'kafkajs';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { kafkaClient } from '../kafka/kafka-client.js';
import { subscriberTopic } from '../topics.js';
import { placeName, placeOf } from '../place.js';
import { deliveryOf, type DeliveredFact } from './delivery.js';
import { judgeRound, type PartitionMark, type Round } from './judge.js';
import type { Ledger } from './ledger.js';
import { Reading } from './reading.js';
import { reportKey, type SubscriberReport } from './report.js';

export interface SubscriberSetup<Transaction> {
  /** Permanent: the group under which several processes of one subscriber share the partitions. */
  readonly name: string;
  /** `host:port` of one broker or several. */
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly ledger: Ledger<Transaction>;
  /**
   * Takes effect in the given transaction, in which the ledger moves as well: so each fact counts exactly once, however often it
   * arrives. Facts of one stream come in order and without a gap. When it throws, nothing is kept and the batch comes again.
   */
  readonly apply: (transaction: Transaction, facts: readonly DeliveredFact[]) => Promise<void>;
  /** What in a fact should not be there, such as a personal field; undefined when it is clean. */
  readonly inspect?: (fact: DeliveredFact) => string | undefined;
  /** Told of gaps, disorder, personal fields, and of failures that will be tried again. */
  readonly report?: (finding: Finding) => void;
  /** Milliseconds between reports to the house of how far this subscriber is; 5,000 when left out, 0 for none. */
  readonly reportEvery?: number;
  /** Milliseconds before a partition that stopped at a gap is read again; 30,000 when left out. */
  readonly retryGapAfter?: number;
  /** Milliseconds without a sign of life of the broker after which reading is begun anew; 20,000 when left out. */
  readonly stillFor?: number;
  /** For its connections; of `brokers` when left out. */
  readonly client?: (id: string) => Kafka;
}

export interface Finding {
  readonly kind: 'gap' | 'disorder' | 'personal' | 'failure';
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly words: string;
}

/** What was met since the start of this process. */
export interface Figures {
  /** Facts that took effect. */
  records: number;
  duplicates: number;
  gaps: number;
  outOfOrder: number;
  personal: number;
}

/** A partition that is read again from its beginning, because something before an offset is missing. */
interface Refetch {
  readonly until: string;
  epoch: string;
}

/**
 * Subscribes to topics of the feed, with exactly one effect of each fact. It needs no offsets of the broker: where it is stands in
 * its own ledger. Duplicates are dropped; at a gap the partition stops, is read again from its beginning, and goes on when the missing
 * fact was found; else it stays where it is and tries again.
 */
export class Subscriber<Transaction> {
  readonly figures: Figures = { records: 0, duplicates: 0, gaps: 0, outOfOrder: 0, personal: 0 };
  private readonly client: (id: string) => Kafka;
  private readonly reading: Reading;
  private readonly producer: Producer;
  private readonly marks = new Map<string, PartitionMark>();
  private readonly met = new Map<string, { duplicates: number; gaps: number }>();
  private readonly refetches = new Map<string, Refetch>();
  private readonly stuckAt = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stopping = new AbortController();
  private reporting: Promise<void> = Promise.resolve();

  constructor(private readonly setup: SubscriberSetup<Transaction>) {
    this.client = setup.client ?? (id => kafkaClient(setup.brokers, id));
    const kafka = this.client(`yizhan-subscriber-${setup.name}`);
    this.reading = new Reading({
      kafka,
      group: setup.name,
      topics: setup.topics,
      take: batch => this.take(batch).catch((error: unknown) => this.failed(batch, error)),
      whenBegunAnew: words => {
        this.refetches.clear();
        setup.report?.({ kind: 'failure', topic: '', partition: 0, offset: '', words: `reading begins anew: ${words}` });
      },
      stillFor: setup.stillFor ?? 20_000,
    });
    this.producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  }

  async start(): Promise<void> {
    await this.setup.ledger.prepare();
    await this.reading.start();
    const every = this.setup.reportEvery ?? 5_000;
    if (every > 0) this.reporting = this.keepReporting(every);
  }

  /** Finishes the batch that is being applied. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await this.reading.stop();
    await this.reporting;
  }

  /** Up to where nothing is missing in any partition that was read; `0` before anything was. */
  get position(): string {
    const positions = [...this.marks.values()].map(({ position }) => position);
    return positions.reduce((least, position) => (comparePositions(position, least) < 0 ? position : least), positions[0] ?? '0');
  }

  /** The partitions that stand at a gap which reading again did not close. */
  get stuck(): readonly string[] {
    return [...this.stuckAt];
  }

  /**
   * Waits until everything that the topics hold now has been looked at.
   * @returns false when all that is left is stuck at a gap, or when the signal came first
   */
  async caughtUp(signal?: AbortSignal): Promise<boolean> {
    const wanted = await this.ends(signal);
    if (!wanted) return false;
    for (;;) {
      const open = [...wanted].filter(
        ([place, high]) => high !== '0' && comparePositions(this.marks.get(place)?.nextOffset ?? '0', high) < 0,
      );
      if (open.length === 0) return true;
      if (signal?.aborted || open.every(([place]) => this.stuckAt.has(place))) return false;
      await delay(25);
    }
  }

  /** Where each partition ends now; a broker that is away is asked again, until the signal comes. */
  private async ends(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string> | undefined> {
    while (!signal?.aborted) {
      const admin = this.client('yizhan-subscriber-offsets').admin();
      try {
        await admin.connect();
        const ends = new Map<string, string>();
        for (const topic of this.setup.topics) {
          for (const { partition, high } of await admin.fetchTopicOffsets(topic)) ends.set(placeName(topic, partition), high);
        }
        return ends;
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.setup.report?.({ kind: 'failure', topic: '', partition: 0, offset: '', words });
        await delay(500, undefined, { signal }).catch(() => undefined);
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    }
    return undefined;
  }

  private async take({ batch, heartbeat, resolveOffset, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    if (!isRunning() || isStale()) return;
    const place = placeName(topic, partition);
    const deliveries = batch.messages.map(message => deliveryOf(topic, message));
    const refetch = this.refetches.get(place);
    const streams = new Set(deliveries.flatMap(delivery => (delivery.kind === 'fact' ? [delivery.fact.stream] : [])));

    let judged: Round | undefined;
    await this.setup.ledger.within(topic, partition, async (transaction, { mark, revisions }) => {
      judged = judgeRound(deliveries, mark, await revisions([...streams]), refetch?.epoch ?? mark.epoch);
      if (judged.facts.length > 0) await this.setup.apply(transaction, judged.facts);
      return judged;
    });
    const round = judged!;
    this.marks.set(place, round.mark);
    this.count(topic, partition, round);
    if (refetch) refetch.epoch = round.epoch;
    if (round.gap) {
      this.stopAt(topic, partition, round.gap, refetch);
      return;
    }
    if (refetch && comparePositions(batch.lastOffset(), refetch.until) >= 0) {
      this.refetches.delete(place);
      this.stuckAt.delete(place);
    }
    resolveOffset(batch.lastOffset());
    await heartbeat();
  }

  /** Nothing was kept; the batch comes again. */
  private failed({ batch: { topic, partition, messages } }: EachBatchPayload, error: unknown): never {
    const words = error instanceof Error ? error.message : String(error);
    this.setup.report?.({ kind: 'failure', topic, partition, offset: messages[0]?.offset ?? '', words });
    throw error;
  }

  private count(topic: string, partition: number, { facts, duplicates, disorders }: Round): void {
    this.figures.records += facts.length;
    this.figures.duplicates += duplicates;
    this.figures.outOfOrder += disorders.length;
    this.metAt(placeName(topic, partition)).duplicates += duplicates;
    for (const { offset, words } of disorders) this.setup.report?.({ kind: 'disorder', topic, partition, offset, words });
    if (!this.setup.inspect) return;
    for (const fact of facts) {
      const words = this.setup.inspect(fact);
      if (words === undefined) continue;
      this.figures.personal += 1;
      this.setup.report?.({ kind: 'personal', topic, partition, offset: '', words: `${fact.type} ${fact.id}: ${words}` });
    }
  }

  private stopAt(
    topic: string,
    partition: number,
    { offset, words }: { offset: string; words: string },
    refetch?: Refetch,
  ): void {
    const place = placeName(topic, partition);
    if (!refetch) {
      this.refetches.set(place, { until: offset, epoch: '0' });
      this.reading.seek(topic, partition, '0');
      return;
    }
    // Read again from the beginning, and still missing.
    this.refetches.delete(place);
    if (!this.stuckAt.has(place)) {
      this.stuckAt.add(place);
      this.figures.gaps += 1;
      this.metAt(place).gaps += 1;
      this.setup.report?.({ kind: 'gap', topic, partition, offset, words });
    }
    this.reading.seek(topic, partition, offset);
    this.reading.pause(topic, partition);
    if (this.stopping.signal.aborted) return;
    const again = setTimeout(() => {
      this.timers.delete(again);
      this.resume(topic, partition);
    }, this.setup.retryGapAfter ?? 30_000);
    this.timers.add(again);
  }

  private resume(topic: string, partition: number): void {
    try {
      this.reading.resume(topic, partition);
    } catch (error) {
      // Between a crash of its group and the next join nothing is paused either.
      this.setup.report?.({ kind: 'failure', topic, partition, offset: '', words: String(error) });
    }
  }

  private metAt(place: string): { duplicates: number; gaps: number } {
    let met = this.met.get(place);
    if (!met) this.met.set(place, (met = { duplicates: 0, gaps: 0 }));
    return met;
  }

  private async keepReporting(every: number): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await delay(every, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      await this.reportNow().catch((error: unknown) =>
        this.setup.report?.({ kind: 'failure', topic: subscriberTopic, partition: 0, offset: '', words: String(error) }),
      );
    }
    await this.producer
      .disconnect()
      .catch((error: unknown) =>
        this.setup.report?.({ kind: 'failure', topic: subscriberTopic, partition: 0, offset: '', words: String(error) }),
      );
  }

  private async reportNow(): Promise<void> {
    const { name } = this.setup;
    const messages = [...this.marks].map(([place, { facts, position, recordedAt }]) => {
      const { topic, partition } = placeOf(place);
      const { duplicates, gaps } = this.metAt(place);
      const report: SubscriberReport = { subscriber: name, topic, partition, position, recordedAt, facts, duplicates, gaps };
      return { key: reportKey(name, place), value: JSON.stringify(report) };
    });
    if (messages.length === 0) return;
    await this.producer.connect();
    await this.producer.send({ topic: subscriberTopic, messages, acks: -1 });
  }
}
