import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { SubscriptionFact } from './subscription.events.js';

interface Registered {
  readonly nouns: readonly string[];
  readonly fields: readonly string[];
  /** The ids of the replays that were ever asked for. */
  readonly replays: readonly string[];
}

export type Subscription =
  { readonly stage: 'unregistered' } | ({ readonly stage: 'active' | 'suspended' | 'revoked' } & Registered);

type Living = Extract<Subscription, Registered>;

const amended = (subscription: Subscription, change: (was: Living) => Partial<Living>): Subscription =>
  subscription.stage === 'unregistered' ? subscription : { ...subscription, ...change(subscription) };

export const subscription: Aggregate<Subscription, SubscriptionFact> = {
  category: 'subscription',
  initial: { stage: 'unregistered' },
  evolve(subscription, { type, data }): Subscription {
    switch (type) {
      case 'SubscriberRegistered':
        return { stage: 'active', nouns: [], fields: [], replays: [] };
      case 'TopicsGranted':
        return amended(subscription, ({ nouns }) => ({ nouns: [...nouns, ...data.nouns] }));
      case 'FieldScopeSet':
        return amended(subscription, () => ({ fields: data.fields }));
      case 'ReplayRequested':
        return amended(subscription, ({ replays }) => ({ replays: [...replays, data.replayId] }));
      case 'GapReported':
        return subscription;
      case 'SubscriberSuspended':
        return amended(subscription, () => ({ stage: 'suspended' }));
      case 'SubscriberResumed':
        return amended(subscription, () => ({ stage: 'active' }));
      case 'SubscriberRevoked':
        return amended(subscription, () => ({ stage: 'revoked' }));
    }
  },
};
