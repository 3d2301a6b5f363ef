import { acts, aggregateModule, births } from '@lib/platform/cqrs/module-table.js';
import { everywhere, type Within } from '@lib/platform/kernel/access.js';
import { oversight, registrar } from '../roles.js';
import {
  GrantTopics,
  grantTopics,
  RegisterSubscriber,
  registerSubscriber,
  ReportGap,
  reportGap,
  RequestReplay,
  requestReplay,
  ResumeSubscriber,
  resumeSubscriber,
  RevokeSubscriber,
  revokeSubscriber,
  SetFieldScope,
  setFieldScope,
  SuspendSubscriber,
  suspendSubscriber,
} from './subscription.commands.js';
import { subscription } from './subscription.js';
import { replayProgress, subscriberLag, subscriptions } from './subscription.views.js';

/** What goes to a subscriber is of the whole province. */
const rules = { by: [oversight], within: (): Within => everywhere, reads: {} } as const;

export const SubscriptionModule = aggregateModule(subscription, {
  as: 'subscription',
  at: 'subscriptions',
  id: 'subscriptionId',
  commands: [
    births(RegisterSubscriber, registerSubscriber, { ...rules, words: { zh: '登记订阅方', en: 'Register a subscriber' } }),
    acts(GrantTopics, grantTopics, { ...rules, words: { zh: '准许订阅主题', en: 'Grant topics to a subscriber' } }),
    acts(SetFieldScope, setFieldScope, { ...rules, words: { zh: '确定个人信息字段范围', en: 'Set the field scope' } }),
    acts(RequestReplay, requestReplay, { ...rules, words: { zh: '申请重放', en: 'Request a replay' } }),
    acts(ReportGap, reportGap, { ...rules, by: [oversight, registrar], words: { zh: '报告缺失', en: 'Report a gap' } }),
    acts(SuspendSubscriber, suspendSubscriber, { ...rules, words: { zh: '暂停订阅', en: 'Suspend a subscriber' } }),
    acts(ResumeSubscriber, resumeSubscriber, { ...rules, words: { zh: '恢复订阅', en: 'Resume a subscriber' } }),
    acts(RevokeSubscriber, revokeSubscriber, { ...rules, words: { zh: '撤销订阅', en: 'Revoke a subscription' } }),
  ],
  views: [subscriberLag, replayProgress],
  projections: [subscriptions],
});
