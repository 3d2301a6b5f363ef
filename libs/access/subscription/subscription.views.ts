import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { auditor, oversight, registrar } from '../roles.js';
import {
  SubscriberRegistered,
  SubscriberResumed,
  SubscriberRevoked,
  SubscriberSuspended,
  TopicsGranted,
} from './subscription.events.js';

/** Subscribers, and what they may read. */
export const subscriptions = projection(
  {
    name: 'subscription',
    version: 1,
    columns: {
      subscriptionId: columns.uuid,
      name: columns.text,
      stage: columns.text,
      nouns: columns.texts,
      registeredAt: columns.text,
      endedOn: nullable(columns.date),
    },
    key: ['subscriptionId'],
    indexes: [{ columns: ['name'] }],
  },
  on => {
    const own = ({ subscriptionId }: { readonly subscriptionId: string }) => ({ subscriptionId });
    return [
      on(SubscriberRegistered, own, (_, { subscriptionId, name }, { recordedAt }) => ({
        subscriptionId,
        name,
        stage: 'ACTIVE',
        nouns: [],
        registeredAt: recordedAt,
        endedOn: null,
      })),
      on(TopicsGranted, own, (row, { nouns }) => row && { ...row, nouns: [...row.nouns, ...nouns] }),
      on(SubscriberSuspended, own, row => row && { ...row, stage: 'SUSPENDED' }),
      on(SubscriberResumed, own, row => row && { ...row, stage: 'ACTIVE' }),
      on(SubscriberRevoked, own, (row, { on: endedOn }) => row && { ...row, stage: 'REVOKED', endedOn }),
    ];
  },
);

const watchers = [oversight, auditor, registrar] as const;

/** A subscriber that said nothing for so long is silent. In seconds; by itself it reports every five. */
const silentAfter = 60;

/** How far one subscriber is on one topic. */
export class SubscriberOnTopic {
  /** The name under which it reports. @example "民政统计平台" */
  readonly subscriber!: string;
  /** Null when nobody registered a subscriber of that name. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c61" */
  readonly subscriptionId!: string | null;
  /** ACTIVE, SUSPENDED or REVOKED. @example "ACTIVE" */
  readonly stage!: string | null;
  /** @example "yizhan.service-station.v1" */
  readonly topic!: string;
  /** Nothing up to here is missing in any partition; null when it never reported. @example "13021" */
  readonly position!: string | null;
  /** Distinct facts that it has since the log began; null when that is not known. @example 412 */
  readonly facts!: number | null;
  /** Duplicates that its process met since it started. @example 0 */
  readonly duplicates!: number;
  /** Gaps that its process met since it started. @example 0 */
  readonly gaps!: number;
  /** Seconds: 0 when it has everything that was published; else how old the last fact is that it has. Null when it has none. @example 0 */
  readonly lag!: number | null;
  /** Its last report, ISO 8601 in UTC; null when it never reported. @example "2026-03-02T03:00:00.000Z" */
  readonly reportedAt!: string | null;
  /** Since when a subscriber who should report says nothing, ISO 8601 in UTC; null when it reports. @example null */
  readonly silentSince!: string | null;
}

/** Every subscriber on every topic that it was granted or reports of. */
export class SubscriberLag {
  readonly rows!: SubscriberOnTopic[];
}

/** Nothing need be said. */
export class SubscriberLagAsk {}

interface LagRow {
  readonly subscriber: string;
  readonly subscriptionId: string | null;
  readonly stage: string | null;
  readonly topic: string;
  readonly position: string | null;
  readonly facts: string | null;
  readonly duplicates: string | null;
  readonly gaps: string | null;
  readonly lag: number | null;
  readonly reportedAt: string | Date | null;
  readonly silent: boolean;
  readonly registeredAt: string | null;
}

const iso = (instant: string | Date | null) => instant && new Date(instant).toISOString();
const count = (value: string | null) => (value === null ? null : Number(value));

export const subscriberLag = view('subscriberLag', {
  at: 'subscriber-lag',
  by: watchers,
  asks: SubscriberLagAsk,
  answers: SubscriberLag,
  words: { zh: '订阅方进度', en: 'How far each subscriber is on each topic, and who is silent' },
  async answer(_: SubscriberLagAsk, { reader }: Looking<Reader>) {
    // Nobody knows how late somebody is who has said nothing of a partition that holds facts.
    // In a partition of which it has no fact yet, it is late since it was last heard.
    // A partition is read to its end when the subscriber has as many facts as were published there; one who does not know how many
    // it has, when it stands where the relay stands.
    const found = await sql<LagRow>`
      with heard as (
        select s.subscriber, s.topic, min(s.position) as position,
               case when count(s.facts) = count(*) then sum(s.facts) end as facts, sum(s.duplicates) as duplicates,
               sum(s.gaps) as gaps, max(s.reported_at) as reported_at,
               max(case when has_all then 0 else extract(epoch from clock_timestamp() - coalesce(s.recorded_at, s.reported_at)) end) as lag
        from feed.subscriber s
        left join feed.partition p on p.topic = s.topic and p.partition = s.partition
        left join feed.replay r on r.topic = s.topic
        cross join lateral (
          select coalesce(s.facts >= coalesce(p.facts, r.records, 0),
                          s.position >= coalesce(r.position, (select position from feed.relay where name = 'relay'), 0)) as has_all
        ) as read
        group by s.subscriber, s.topic
      ), granted as (
        select n.name as subscriber, 'yizhan.' || noun || '.v1' as topic
        from subscription n cross join unnest(n.nouns) as noun where n.stage = 'ACTIVE'
      )
      select subscriber, topic, n.subscription_id, n.stage, h.position::text as position, h.facts::text as facts,
             h.duplicates::text as duplicates, h.gaps::text as gaps, h.reported_at, n.registered_at,
             case when h.lag is null or exists (
               select from feed.partition p where p.topic = coalesce(h.topic, g.topic) and p.facts > 0 and not exists (
                 select from feed.subscriber o where o.subscriber = h.subscriber and o.topic = p.topic and o.partition = p.partition)
             ) then null else greatest(0, floor(h.lag))::int end as lag,
             h.reported_at is null or h.reported_at < clock_timestamp() - make_interval(secs => ${silentAfter}) as silent
      from heard h full join granted g using (subscriber, topic)
      left join lateral (
        select * from subscription s where s.name = subscriber order by s.stage = 'ACTIVE' desc, s.registered_at desc limit 1
      ) n on true
      order by subscriber, topic`.execute(reader.tables());
    const rows: SubscriberOnTopic[] = found.rows.map(row => {
      const reportedAt = iso(row.reportedAt);
      return {
        subscriber: row.subscriber,
        subscriptionId: row.subscriptionId,
        stage: row.stage,
        topic: row.topic,
        position: row.position,
        facts: count(row.facts),
        duplicates: Number(row.duplicates ?? 0),
        gaps: Number(row.gaps ?? 0),
        lag: row.lag,
        reportedAt,
        silentSince: row.silent ? (reportedAt ?? iso(row.registeredAt)) : null,
      };
    });
    return { body: { rows } };
  },
});

/** A replay that a subscriber asked for. */
export class ReplayOfSubscriber {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c62" */
  readonly replayId!: string;
  /** Where it goes. @example "yizhan.replay.0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c62" */
  readonly topic!: string;
  /** The nouns whose facts it holds. @example ["social-worker"] */
  readonly nouns!: string[];
  /** The personal fields that go out in clear. @example ["socialWorker.name"] */
  readonly fields!: string[];
  /** The position behind which it begins. @example "0" */
  readonly from!: string;
  /** The position at which it ends. @example "13021" */
  readonly until!: string;
  /** Up to here it is out. @example "13021" */
  readonly position!: string;
  /** Facts that are out. @example 412 */
  readonly facts!: number;
  /** RUNNING, FINISHED, or SUSPENDED or REVOKED with its subscriber. @example "FINISHED" */
  readonly stage!: string;
  /** What went wrong last; it is tried again. @example null */
  readonly failure!: string | null;
  /** ISO 8601 in UTC. @example "2026-03-02T03:00:00.000Z" */
  readonly requestedAt!: string;
  /** ISO 8601 in UTC; null while it runs. @example "2026-03-02T03:01:00.000Z" */
  readonly finishedAt!: string | null;
}

/** The replays of one subscriber, the latest first. */
export class ReplayProgress {
  readonly rows!: ReplayOfSubscriber[];
}

/** Of which subscriber. */
export class ReplayProgressAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c61" */
  @IsUUID() readonly subscriptionId!: string;
}

interface ReplayRow extends Omit<ReplayOfSubscriber, 'facts' | 'requestedAt' | 'finishedAt'> {
  readonly facts: string;
  readonly requestedAt: string | Date;
  readonly finishedAt: string | Date | null;
}

export const replayProgress = view('replayProgress', {
  at: 'subscriptions/{subscriptionId}/replays',
  by: watchers,
  asks: ReplayProgressAsk,
  answers: ReplayProgress,
  words: { zh: '重放进度', en: 'The replays of a subscriber and how far they are' },
  async answer({ subscriptionId }: ReplayProgressAsk, { reader }: Looking<Reader>) {
    const known = await sql`select from subscription where subscription_id = ${subscriptionId}`.execute(reader.tables());
    if (known.rows.length === 0) return undefined;
    const { rows } = await sql<ReplayRow>`
      select replay_id, topic, nouns, field_scope as fields, from_position::text as "from", until_position::text as until,
             position::text as position, records::text as facts, failure, requested_at, finished_at,
             case when finished_at is not null then 'FINISHED' when stopped is not null then upper(stopped) else 'RUNNING' end as stage
      from feed.replay where subscription_id = ${subscriptionId}
      order by requested_at desc, replay_id`.execute(reader.tables());
    return {
      body: {
        rows: rows.map(row => ({
          ...row,
          facts: Number(row.facts),
          requestedAt: iso(row.requestedAt)!,
          finishedAt: iso(row.finishedAt),
        })),
      },
    };
  },
});
