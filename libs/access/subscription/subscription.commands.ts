import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  Min,
} from 'class-validator';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import { factCatalogue } from '@lib/platform/kernel/event.js';
import { publicationCatalogue } from '@lib/platform/kernel/publication.js';
import {
  FieldScopeSet,
  GapReported,
  ReplayRequested,
  SubscriberRegistered,
  SubscriberResumed,
  SubscriberRevoked,
  SubscriberSuspended,
  TopicsGranted,
} from './subscription.events.js';
import type { Subscription } from './subscription.js';

const noun = /^[a-z]+(-[a-z]+)*$/;
/** `socialWorker.name`: the kind of stream, and a field of its facts. */
const personalField = /^[a-z][A-Za-z]+\.[a-z][A-Za-z]+$/;
const topicName = /^yizhan\.[a-z0-9][a-z0-9.-]{0,120}$/;
const streamName = /^[a-z][A-Za-z]*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const position = /^(0|[1-9]\d{0,17})$/;

interface Own {
  readonly subscription: Subscription;
}

/** @throws Refusal when there is no such subscriber, or none any more */
function existing(subscription: Subscription) {
  if (subscription.stage === 'unregistered') {
    throw new Refusal('subscriber-not-registered', { zh: '该订阅方未登记', en: 'There is no such subscriber' });
  }
  if (subscription.stage === 'revoked') {
    throw new Refusal('subscriber-revoked', { zh: '该订阅已撤销', en: 'The subscription was revoked' });
  }
  return subscription;
}

/** @throws Refusal unless the subscriber may receive something now */
function active(subscription: Subscription) {
  const found = existing(subscription);
  if (found.stage === 'suspended') {
    throw new Refusal('subscriber-suspended', { zh: '该订阅暂停中', en: 'The subscription is suspended' });
  }
  return found;
}

const notGranted = (wanted: string) =>
  new Refusal(
    'topic-not-granted',
    { zh: '未准许该订阅方读取此主题', en: 'The subscriber was not granted this topic' },
    { wanted },
  );

const isPersonal = (category: string, field: string) =>
  [...factCatalogue.values()].some(fact => fact.category === category && fact.personalFields.some(({ name }) => name === field));

const sameSet = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every(each => other.includes(each));

/** Take on an organisation, or a system of its, as a subscriber of the feed. */
export class RegisterSubscriber {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c61" */
  @IsUUID() readonly subscriptionId!: string;
  /** The organisation or system, no person; also the name under which its program subscribes and reports. @example "民政统计平台" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
}

export function registerSubscriber({ subscriptionId, name }: RegisterSubscriber, { subscription }: Own, { on }: Circumstances) {
  if (subscription.stage !== 'unregistered') {
    throw new Refusal('subscriber-already-registered', { zh: '该订阅方已登记', en: 'The subscriber was registered already' });
  }
  return [new SubscriberRegistered({ subscriptionId, name, registeredOn: on })];
}

/** Let a subscriber read the facts of more nouns. */
export class GrantTopics {
  @IsUUID() readonly subscriptionId!: string;
  /** Nouns as the topics have them: `service-station` stands for `yizhan.service-station.v1`. @example ["service-station", "social-worker"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(noun, { each: true })
  readonly nouns!: string[];
}

export function grantTopics({ subscriptionId, nouns }: GrantTopics, { subscription }: Own) {
  const { nouns: granted } = active(subscription);
  const news = nouns.filter(each => !granted.includes(each));
  const unknown = news.filter(each => !publicationCatalogue.has(each));
  if (unknown.length > 0) {
    const listed = unknown.join(', ');
    throw new Refusal(
      'topic-unknown',
      { zh: `没有这样的主题:${listed}`, en: `There is no such topic: ${listed}` },
      { nouns: unknown },
    );
  }
  return news.length === 0 ? [] : [new TopicsGranted({ subscriptionId, nouns: news })];
}

/** Say which personal fields a subscriber gets in clear, in replays that are requested from now on. */
export class SetFieldScope {
  @IsUUID() readonly subscriptionId!: string;
  /** Fields of granted topics that speak of a person; an empty list: none. @example ["socialWorker.name"] */
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(personalField, { each: true })
  readonly fields!: string[];
}

export function setFieldScope({ subscriptionId, fields }: SetFieldScope, { subscription }: Own) {
  const { nouns, fields: before } = active(subscription);
  if (sameSet(fields, before)) return [];
  const granted = new Set(nouns.map(each => publicationCatalogue.get(each)?.category));
  for (const named of fields) {
    const [category = '', field = ''] = named.split('.');
    if (!isPersonal(category, field)) {
      throw new Refusal(
        'field-not-personal',
        { zh: `“${named}”不是个人信息字段`, en: `“${named}” is no field that speaks of a person` },
        { field: named },
      );
    }
    if (!granted.has(category)) throw notGranted(named);
  }
  return [new FieldScopeSet({ subscriptionId, fields })];
}

/** Have the facts of the granted topics published once more, on a topic of the subscriber's own, with the fields of its field scope. */
export class RequestReplay {
  @IsUUID() readonly subscriptionId!: string;
  /** Made by the caller; names the topic `yizhan.replay.<replayId>`. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c62" */
  @IsUUID() readonly replayId!: string;
  /** The last position that is not wanted any more; everything when left out. @example "0" */
  @IsOptional() @Matches(position) readonly from?: string;
}

export function requestReplay({ subscriptionId, replayId, from = '0' }: RequestReplay, { subscription }: Own) {
  const { nouns, fields, replays } = active(subscription);
  if (replays.includes(replayId)) return [];
  if (nouns.length === 0) throw notGranted(replayId);
  return [new ReplayRequested({ subscriptionId, replayId, nouns, fields, from })];
}

/** Put on record that a subscriber misses facts. */
export class ReportGap {
  @IsUUID() readonly subscriptionId!: string;
  /** @example "yizhan.service-station.v1" */
  @Matches(topicName) readonly topic!: string;
  /** The stream whose facts do not follow each other. @example "serviceStation-0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @Matches(streamName) readonly stream!: string;
  /** The revision of the last fact of the stream that the subscriber has; -1 for none. @example 3 */
  @IsInt() @Min(-1) readonly expected!: number;
  /** What the fact that came says it follows. @example 5 */
  @IsInt() @Min(-1) readonly met!: number;
}

export function reportGap({ subscriptionId, topic, stream, expected, met }: ReportGap, { subscription }: Own) {
  const { nouns, replays } = active(subscription);
  const readable = [
    ...nouns.flatMap(each => [`yizhan.${each}.v1`, `yizhan.state.${each}`]),
    ...replays.map(each => `yizhan.replay.${each}`),
  ];
  if (!readable.includes(topic)) throw notGranted(topic);
  if (met <= expected) {
    throw new Refusal('no-gap', { zh: '所报并非缺失', en: 'What is reported is no gap' });
  }
  return [new GapReported({ subscriptionId, topic, stream, expected, met })];
}

/** Let a subscriber receive no replays for a time; those under way stop. */
export class SuspendSubscriber {
  @IsUUID() readonly subscriptionId!: string;
  /** @example "未按约定删除数据" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function suspendSubscriber({ subscriptionId, reason }: SuspendSubscriber, { subscription }: Own, { on }: Circumstances) {
  if (existing(subscription).stage === 'suspended') return [];
  return [new SubscriberSuspended({ subscriptionId, from: on, reason })];
}

/** Let a suspended subscriber go on; its replays go on where they stopped. */
export class ResumeSubscriber {
  @IsUUID() readonly subscriptionId!: string;
}

export function resumeSubscriber({ subscriptionId }: ResumeSubscriber, { subscription }: Own, { on }: Circumstances) {
  if (existing(subscription).stage === 'active') return [];
  return [new SubscriberResumed({ subscriptionId, from: on })];
}

/** End a subscription for good. */
export class RevokeSubscriber {
  @IsUUID() readonly subscriptionId!: string;
}

export function revokeSubscriber({ subscriptionId }: RevokeSubscriber, { subscription }: Own, { on }: Circumstances) {
  if (subscription.stage === 'revoked') return [];
  existing(subscription);
  return [new SubscriberRevoked({ subscriptionId, on })];
}
