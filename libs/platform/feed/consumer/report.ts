import type { JsonSchema } from '@lib/platform/kernel/shape.js';

/** How far a subscriber is in one partition, as it tells the house on the topic of subscribers. */
export interface SubscriberReport {
  readonly subscriber: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly recordedAt: string | undefined;
  readonly facts: number | undefined;
  readonly duplicates: number;
  readonly gaps: number;
}

const count = (description: string) => ({ type: 'integer', minimum: 0, description });

export const subscriberReportSchema: JsonSchema & { readonly properties: Record<keyof SubscriberReport, JsonSchema> } = {
  type: 'object',
  properties: {
    subscriber: { type: 'string', description: '订阅方名称 · The name of the subscriber, which is its group' },
    topic: { type: 'string', description: '主题 · The topic that is read' },
    partition: count('分区 · The partition'),
    position: {
      type: 'string',
      pattern: '^\\d+$',
      description: '至此无缺失的位置 · Nothing up to this position is missing in this partition',
    },
    recordedAt: { type: 'string', format: 'date-time', description: '最近事实记入的时刻 · When the last fact was recorded' },
    facts: count('自始以来的不同事实数 · Distinct facts of this partition since the log began'),
    duplicates: count('本进程遇到的重复数 · Duplicates met since the process started'),
    gaps: count('本进程遇到的缺失数 · Gaps met since the process started'),
  },
  required: ['subscriber', 'topic', 'partition', 'position', 'duplicates', 'gaps'],
  additionalProperties: true,
};

/** The key of a report: the last word of each subscriber about each partition is kept. @param place `topic/partition` */
export const reportKey = (subscriber: string, place: string) => `${subscriber}/${place}`;
