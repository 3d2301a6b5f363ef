import { after, given, today } from '@lib/platform/testing/given.js';
import '@lib/service-network/service-station/service-station.feed.js';
import '@lib/service-network/service-station/service-station.events.js';
import '@lib/workforce/social-worker/social-worker.feed.js';
import '@lib/workforce/social-worker/social-worker.events.js';
import '@lib/volunteering/volunteer/volunteer.feed.js';
import '@lib/volunteering/volunteer/volunteer.events.js';
import {
  grantTopics,
  registerSubscriber,
  reportGap,
  requestReplay,
  resumeSubscriber,
  revokeSubscriber,
  setFieldScope,
  suspendSubscriber,
} from './subscription.commands.js';
import {
  FieldScopeSet,
  GapReported,
  ReplayRequested,
  SubscriberRegistered,
  SubscriberResumed,
  SubscriberRevoked,
  SubscriberSuspended,
  TopicsGranted,
  type SubscriptionFact,
} from './subscription.events.js';
import { subscription } from './subscription.js';

const subscriptionId = '00000000-0000-4000-8000-000000000001';
const replayId = '00000000-0000-4000-8000-000000000002';
const stationId = '00000000-0000-4000-8000-000000000003';

const registered = new SubscriberRegistered({ subscriptionId, name: '民政统计平台', registeredOn: today });
const granted = new TopicsGranted({ subscriptionId, nouns: ['service-station', 'social-worker'] });
const scope = new FieldScopeSet({ subscriptionId, fields: ['socialWorker.name'] });
const suspended = new SubscriberSuspended({ subscriptionId, from: today, reason: '未按约定删除数据' });
const resumed = new SubscriberResumed({ subscriptionId, from: today });
const revoked = new SubscriberRevoked({ subscriptionId, on: today });
const replay = new ReplayRequested({
  subscriptionId,
  replayId,
  nouns: ['service-station', 'social-worker'],
  fields: ['socialWorker.name'],
  from: '0',
});

const nobody = { subscription: subscription.initial };
const subscriber = (...facts: SubscriptionFact[]) => ({ subscription: after(subscription, registered, ...facts) });

describe('a subscriber', () => {
  const named = { subscriptionId, name: '民政统计平台' };

  test('is registered', () => given(nobody).when(registerSubscriber, named).then(registered));
  test('is registered once', () => given(subscriber()).when(registerSubscriber, named).refused('subscriber-already-registered'));
  test('that nobody registered is granted nothing', () =>
    given(nobody)
      .when(grantTopics, { subscriptionId, nouns: ['service-station'] })
      .refused('subscriber-not-registered'));
});

describe('topics', () => {
  test('are granted by their nouns', () =>
    given(subscriber())
      .when(grantTopics, { subscriptionId, nouns: ['service-station', 'social-worker'] })
      .then(granted));
  test('that are granted already are nothing new', () =>
    given(subscriber(granted))
      .when(grantTopics, { subscriptionId, nouns: ['service-station'] })
      .nothing());
  test('come to those that are there', () =>
    given(subscriber(granted))
      .when(grantTopics, { subscriptionId, nouns: ['volunteer', 'service-station'] })
      .then(new TopicsGranted({ subscriptionId, nouns: ['volunteer'] })));
  test('that nothing is published on are not granted', () =>
    given(subscriber())
      .when(grantTopics, { subscriptionId, nouns: ['person-key'] })
      .refused('topic-unknown'));
  test('are not granted to a suspended subscriber', () =>
    given(subscriber(suspended))
      .when(grantTopics, { subscriptionId, nouns: ['volunteer'] })
      .refused('subscriber-suspended'));
});

describe('the field scope', () => {
  test('names personal fields of granted topics', () =>
    given(subscriber(granted))
      .when(setFieldScope, { subscriptionId, fields: ['socialWorker.name'] })
      .then(scope));
  test('may be emptied', () =>
    given(subscriber(granted, scope))
      .when(setFieldScope, { subscriptionId, fields: [] })
      .then(new FieldScopeSet({ subscriptionId, fields: [] })));
  test('is nothing new when it is the same', () =>
    given(subscriber(granted, scope))
      .when(setFieldScope, { subscriptionId, fields: ['socialWorker.name'] })
      .nothing());
  test.each(['socialWorker.status', 'socialWorker.shoeSize', 'spaceship.name', 'serviceStation.name'])(
    'does not name %s, which speaks of no person',
    field =>
      given(subscriber(granted))
        .when(setFieldScope, { subscriptionId, fields: [field] })
        .refused('field-not-personal'),
  );
  test('does not reach into topics that were not granted', () =>
    given(subscriber(granted))
      .when(setFieldScope, { subscriptionId, fields: ['volunteer.name'] })
      .refused('topic-not-granted'));
});

describe('a replay', () => {
  test('holds the topics and the field scope as they are when it is requested', () =>
    given(subscriber(granted, scope)).when(requestReplay, { subscriptionId, replayId }).then(replay));
  test('may begin behind a position', () =>
    given(subscriber(granted))
      .when(requestReplay, { subscriptionId, replayId, from: '81' })
      .then(
        new ReplayRequested({ subscriptionId, replayId, nouns: ['service-station', 'social-worker'], fields: [], from: '81' }),
      ));
  test('is requested once', () =>
    given(subscriber(granted, scope, replay))
      .when(requestReplay, { subscriptionId, replayId })
      .nothing());
  test('is of something', () =>
    given(subscriber()).when(requestReplay, { subscriptionId, replayId }).refused('topic-not-granted'));
  test('is not for a suspended subscriber', () =>
    given(subscriber(granted, suspended)).when(requestReplay, { subscriptionId, replayId }).refused('subscriber-suspended'));
  test('is not for one whose subscription was revoked', () =>
    given(subscriber(granted, revoked)).when(requestReplay, { subscriptionId, replayId }).refused('subscriber-revoked'));
});

describe('a gap', () => {
  const gap = { subscriptionId, topic: 'yizhan.service-station.v1', stream: `serviceStation-${stationId}`, expected: 3, met: 5 };

  test('is put on record', () => given(subscriber(granted)).when(reportGap, gap).then(new GapReported(gap)));
  test('may be on the topic of a replay', () => {
    const there = { ...gap, topic: `yizhan.replay.${replayId}` };
    given(subscriber(granted, replay)).when(reportGap, there).then(new GapReported(there));
  });
  test('is on a topic that the subscriber may read', () =>
    given(subscriber(granted))
      .when(reportGap, { ...gap, topic: 'yizhan.volunteer.v1' })
      .refused('topic-not-granted'));
  test('is a gap', () =>
    given(subscriber(granted))
      .when(reportGap, { ...gap, met: 3 })
      .refused('no-gap'));
});

describe('a subscription ends, for a time or for good', () => {
  const reason = '未按约定删除数据';

  test('it is suspended', () => given(subscriber()).when(suspendSubscriber, { subscriptionId, reason }).then(suspended));
  test('it is suspended once', () => given(subscriber(suspended)).when(suspendSubscriber, { subscriptionId, reason }).nothing());
  test('it is resumed', () => given(subscriber(suspended)).when(resumeSubscriber, { subscriptionId }).then(resumed));
  test('an active one has nothing to resume', () =>
    given(subscriber(suspended, resumed)).when(resumeSubscriber, { subscriptionId }).nothing());
  test('it is revoked, suspended or not', () => {
    given(subscriber()).when(revokeSubscriber, { subscriptionId }).then(revoked);
    given(subscriber(suspended)).when(revokeSubscriber, { subscriptionId }).then(revoked);
  });
  test('it is revoked once', () => given(subscriber(revoked)).when(revokeSubscriber, { subscriptionId }).nothing());
  test('a revoked one is not resumed', () =>
    given(subscriber(revoked)).when(resumeSubscriber, { subscriptionId }).refused('subscriber-revoked'));
});
