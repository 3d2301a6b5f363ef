import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { TopicsUnfit } from '@lib/platform/feed/broker.js';
import { KafkaBroker } from '@lib/platform/feed/kafka/kafka-broker.js';
import { byCategory } from '@lib/platform/feed/page.js';
import { Relay, type RelayState } from '@lib/platform/feed/relay.js';
import { parkedFacts } from '@lib/platform/feed/relay-schema.js';
import { Replays } from '@lib/platform/feed/replay.js';
import { SubscriberReports } from '@lib/platform/feed/subscriber-reports.js';
import { topicsOf } from '@lib/platform/feed/topics.js';
import { Lease, type Grant } from '@lib/platform/lease/lease.js';
import type { Foundation } from './foundation.js';
import { publications } from './publications.js';
import { followSubscriptions } from './subscriptions.js';

export interface FeedSetup {
  /** `host:port` of one broker or several. */
  readonly brokers: readonly string[];
  /** Whether topics that are missing are made; otherwise they are a fault. */
  readonly makeTopics: boolean;
}

export interface FeedState extends Omit<RelayState, 'state'> {
  /** `connecting`: no broker answers yet. `refused`: broker or topics are not what the feed needs; `error` says why. */
  readonly state: RelayState['state'] | 'connecting' | 'refused';
  /** Facts that wait for somebody to look at them; the dead-letter topic says why. */
  readonly parked: number;
}

export interface Feed {
  readonly lease: Lease;
  state(): Promise<FeedState>;
  /** Resolves when the topics were found to be right, or when it is closed before. @throws TopicsUnfit */
  readonly fit: Promise<void>;
  /** Finishes the page that is on its way. */
  close(): Promise<void>;
}

/**
 * The relay of this process: it waits until a broker answers, until its topics are right and until no other relay works; from then on it
 * publishes, carries out replays, and listens to what subscribers say of how far they are. Commands never wait for any of it.
 */
export function openFeed({ pool, workPool, store, keyRing, log, clock }: Foundation, { brokers, makeTopics }: FeedSetup): Feed {
  const stopping = new AbortController();
  const report = (error: unknown) =>
    log.warn({ error: error instanceof Error ? error.message : String(error) }, 'the relay tries again');
  const broker = new KafkaBroker(brokers);
  const told = byCategory(publications);
  const relay = new Relay({ publications: told, store, pool: workPool, broker, report, clock, alongside: followSubscriptions });
  const replays = new Replays({ publications: told, store, keyRing, pool: workPool, broker, report, clock });
  const reports = new SubscriberReports({ brokers, pool, report });
  const lease = new Lease({ pool, name: 'relay', holder: `${hostname()} ${process.pid}`, report });
  let preparing: 'connecting' | 'refused' | undefined = 'connecting';
  let trouble: string | undefined;

  const prepare = async () => {
    const topics = topicsOf(publications);
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        if (makeTopics) await broker.makeTopics(topics);
        await broker.verifyTopics(topics);
        preparing = undefined;
        trouble = undefined;
        return;
      } catch (error) {
        trouble = (error as Error).message;
        if (error instanceof TopicsUnfit) {
          preparing = 'refused';
          throw error;
        }
        report(error);
        await delay(Math.min(5_000, 250 * 2 ** failures), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const fit = prepare();
  const work = async (grant: Grant) => {
    const ended = await Promise.allSettled([relay.run(grant), replays.run(grant), reports.run(grant)]);
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  };
  const working = fit
    .then(() => lease.held(work, stopping.signal))
    .catch((error: unknown) => {
      // Topics that are not right are not tried again; whoever waits for `fit` says so.
      if (!(error instanceof TopicsUnfit)) report(error);
    });

  return {
    lease,
    fit,
    state: async () => ({
      ...relay.state,
      ...(preparing ? { state: preparing } : {}),
      ...(trouble === undefined ? {} : { error: trouble }),
      parked: await parkedFacts(pool),
    }),
    async close() {
      stopping.abort();
      await working;
    },
  };
}
