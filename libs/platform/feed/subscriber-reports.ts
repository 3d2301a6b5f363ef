import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Grant } from '@lib/platform/lease/lease.js';
import { subscriberReportSchema, type SubscriberReport } from './consumer/report.js';
import { Validator } from './contract/validator.js';
import { kafkaClient } from './kafka/kafka-client.js';
import { subscriberTopic } from './topics.js';

export interface SubscriberReportsSetup {
  /** `host:port` of one broker or several. */
  readonly brokers: readonly string[];
  /** Of the database that has `createFeedSchema`. */
  readonly pool: Pick<Pool, 'query'>;
  /** The consumer group; permanent. */
  readonly group?: string;
  /** Told of what went wrong and will be tried again, and of reports that cannot be read. */
  readonly report?: (error: Error) => void;
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const longestPause = 5_000;

/** @returns undefined for what is no report */
export function readReport(value: string): SubscriberReport | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  return isReport(parsed) ? parsed : undefined;
}

const validate = new Validator().compile(subscriberReportSchema);
const isReport = (value: unknown): value is SubscriberReport =>
  typeof value === 'object' && value !== null && validate(value) === undefined;

/** A number that is too large, or a text that no column takes. */
const isUnstorable = (error: unknown) => String((error as { code?: unknown }).code).startsWith('22');

/**
 * Keeps the last word of each subscriber about each partition; an older one that comes later changes nothing.
 * @returns false when the report holds what cannot be stored
 */
export async function keepReport(pool: Pick<Pool, 'query'>, report: SubscriberReport, reportedAt: Date): Promise<boolean> {
  const { subscriber, topic, partition, position, recordedAt, facts, duplicates, gaps } = report;
  const query = {
    name: 'feed-keep-report',
    text: `insert into feed.subscriber (subscriber, topic, partition, position, recorded_at, facts, duplicates, gaps, reported_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (subscriber, topic, partition) do update set position = excluded.position, recorded_at = excluded.recorded_at,
             facts = excluded.facts, duplicates = excluded.duplicates, gaps = excluded.gaps, reported_at = excluded.reported_at
            where feed.subscriber.reported_at <= excluded.reported_at`,
    values: [subscriber, topic, partition, position, recordedAt ?? null, facts ?? null, duplicates, gaps, reportedAt],
  };
  try {
    await pool.query(query);
    return true;
  } catch (error) {
    if (isUnstorable(error)) return false;
    throw error;
  }
}

/** Listens to what subscribers say of how far they are. */
export class SubscriberReports {
  constructor(private readonly setup: SubscriberReportsSetup) {}

  /** Listens until the grant ends; when the broker or the database fails, it begins again behind the last report that was kept. */
  async run({ signal }: Pick<Grant, 'signal'>): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.listen(signal);
      } catch (error) {
        if (!signal.aborted) this.setup.report?.(asError(error));
        await delay(Math.min(longestPause, 250 * 2 ** failures), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async listen(signal: AbortSignal): Promise<void> {
    const consumer = kafkaClient(this.setup.brokers, 'yizhan-subscriber-reports').consumer({
      groupId: this.setup.group ?? 'yizhan-subscriber-reports',
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 10, restartOnFailure: async () => !signal.aborted },
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [subscriberTopic], fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message: { value, timestamp, offset } }) => {
          if (value === null) return;
          const report = readReport(String(value));
          const kept = report && (await keepReport(this.setup.pool, report, new Date(Number(timestamp))));
          if (!kept) this.setup.report?.(new Error(`${subscriberTopic} ${offset} is no report of a subscriber`));
        },
      });
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await consumer.disconnect();
    }
  }
}
