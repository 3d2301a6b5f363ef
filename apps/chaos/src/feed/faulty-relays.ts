import type { FeedProducer } from '@lib/platform/feed/broker.js';
import { Relay } from '@lib/platform/feed/relay.js';
import type { Batch, RelaySession } from '@lib/platform/feed/relay-session.js';
import type { RelaySetup } from '@lib/platform/feed/relay-setup.js';
import type { Grant } from '@lib/platform/lease/lease.js';
import type { RelayTwin } from './said.js';

// Relays that are wrong on purpose: a run that finds nothing in them has proved nothing about the right one.

/** Knows that a page is out before it is. */
class CheckpointFirstRelay extends Relay {
  protected override async deliver(session: RelaySession, producer: FeedProducer, batch: Batch): Promise<void> {
    await session.commit(batch);
    if (batch.records.length > 0) await producer.send(batch.records);
  }
}

/** Would rather go on than try again. */
class SkippingRelay extends Relay {
  protected override async deliver(session: RelaySession, producer: FeedProducer, batch: Batch): Promise<void> {
    if (batch.records.length > 0) await producer.send(batch.records).catch(() => undefined);
    await session.commit(batch);
  }
}

/** Sends the later half of a page before the earlier one. */
class LaterFirstRelay extends Relay {
  protected override async deliver(session: RelaySession, producer: FeedProducer, batch: Batch): Promise<void> {
    const middle = Math.floor(batch.records.length / 2);
    for (const half of [batch.records.slice(middle), batch.records.slice(0, middle)])
      if (half.length > 0) await producer.send(half);
    await session.commit(batch);
  }
}

/** Believes that nothing has changed since it last looked: asks for no token, and puts the checkpoint where it thinks that it is. */
class UnfencedRelay extends Relay {
  private from = '0';

  override run(grant: Grant): Promise<void> {
    return super.run({
      ...grant,
      fence: async client => {
        await client.query(`update feed.relay set position = $1 where name = 'relay'`, [this.from]);
      },
    });
  }

  protected override async deliver(session: RelaySession, producer: FeedProducer, batch: Batch): Promise<void> {
    this.from = batch.from;
    await super.deliver(session, producer, batch);
  }
}

const twins: Readonly<Record<RelayTwin, new (setup: RelaySetup) => Relay>> = {
  'checkpoint-first': CheckpointFirstRelay,
  'skip-on-error': SkippingRelay,
  'later-first': LaterFirstRelay,
  unfenced: UnfencedRelay,
};

export const relayOf = (twin: RelayTwin | undefined, setup: RelaySetup): Relay =>
  twin === undefined ? new Relay(setup) : new twins[twin](setup);
