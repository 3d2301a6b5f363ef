import type { PoolClient } from 'pg';
import type { SubscriptionFact } from '@lib/access/subscription/subscription.events.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { openReplay, stopReplays } from '@lib/platform/feed/replay-schema.js';
import { categoryOfStream, revive } from '@lib/platform/kernel/event.js';

/**
 * What the relay does when it comes by facts of a subscription, in the transaction that moves its checkpoint: a replay that was
 * requested is taken on, up to there; those of a subscriber who is suspended or revoked stop.
 */
export async function followSubscriptions(client: PoolClient, events: readonly RecordedEvent[]): Promise<void> {
  for (const { stream, type, metadata, data, recordedAt } of events) {
    if (categoryOfStream(stream) !== 'subscription') continue;
    const fact = revive(type, Number(metadata.version), data) as SubscriptionFact;
    if (fact.type === 'ReplayRequested') await openReplay(client, { ...fact.data, requestedAt: recordedAt });
    else if (fact.type === 'SubscriberSuspended') await stopReplays(client, fact.data.subscriptionId, 'suspended');
    else if (fact.type === 'SubscriberResumed') await stopReplays(client, fact.data.subscriptionId, undefined);
    else if (fact.type === 'SubscriberRevoked') await stopReplays(client, fact.data.subscriptionId, 'revoked');
  }
}
