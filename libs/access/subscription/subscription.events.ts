import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, integer, listOf, sensitive, text } from '@lib/platform/kernel/shape.js';

const event = eventsOf('subscription', 'subscriptionId');

/** An organisation, or a system of its, was taken on as a subscriber of the feed. It may read nothing yet. */
export class SubscriberRegistered extends event(
  'SubscriberRegistered',
  1,
  { subscriptionId: id, name: text, registeredOn: date },
  { zh: '登记订阅方“{name}”({registeredOn})', en: '“{name}” was registered as a subscriber ({registeredOn})' },
) {}

/** The subscriber may read the facts of these nouns as well. */
export class TopicsGranted extends event(
  'TopicsGranted',
  1,
  { subscriptionId: id, nouns: listOf(text) },
  { zh: '准许订阅:{nouns}', en: 'Granted topics: {nouns}' },
) {}

/** These personal fields, and no others, go to the subscriber in clear, on topics of its own. */
export class FieldScopeSet extends event(
  'FieldScopeSet',
  1,
  { subscriptionId: id, fields: listOf(text) },
  { zh: '个人信息字段范围定为:{fields}', en: 'The field scope was set to: {fields}' },
) {}

/** The subscriber gets the facts of the log behind a position once more, on a topic of its own, with the fields named here in clear. */
export class ReplayRequested extends event(
  'ReplayRequested',
  1,
  { subscriptionId: id, replayId: id, nouns: listOf(text), fields: listOf(text), from: text },
  { zh: '申请自位置 {from} 起重放:{nouns}', en: 'A replay from position {from} was requested: {nouns}' },
) {}

/** The subscriber met a fact that does not follow the one before: `expected` is the revision that it had, `met` the one that came. */
export class GapReported extends event(
  'GapReported',
  1,
  { subscriptionId: id, topic: text, stream: text, expected: integer, met: integer },
  {
    zh: '{topic} 上有缺失:{stream} 应接 {expected},遇到 {met}',
    en: 'A gap on {topic}: {stream} should follow {expected}, met {met}',
  },
) {}

/** The subscriber gets no more replays for a time; those under way stop. */
export class SubscriberSuspended extends event(
  'SubscriberSuspended',
  1,
  { subscriptionId: id, from: date, reason: sensitive('subscriptionId', text) },
  { zh: '订阅暂停(自 {from}):{reason}', en: 'The subscription was suspended (from {from}): {reason}' },
) {}

/** A suspended subscriber may go on; replays that stopped go on where they were. */
export class SubscriberResumed extends event(
  'SubscriberResumed',
  1,
  { subscriptionId: id, from: date },
  { zh: '订阅恢复(自 {from})', en: 'The subscription resumed (from {from})' },
) {}

/** The subscriber is one no longer; replays under way end. */
export class SubscriberRevoked extends event(
  'SubscriberRevoked',
  1,
  { subscriptionId: id, on: date },
  { zh: '订阅撤销({on})', en: 'The subscription was revoked ({on})' },
) {}

export type SubscriptionFact =
  | SubscriberRegistered
  | TopicsGranted
  | FieldScopeSet
  | ReplayRequested
  | GapReported
  | SubscriberSuspended
  | SubscriberResumed
  | SubscriberRevoked;
