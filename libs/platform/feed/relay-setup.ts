import type { Pool, PoolClient } from 'pg';
import type { EventStore, RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { FeedBroker } from './broker.js';
import type { Publications } from './page.js';

export const controlPace = {
  /** While facts flow. */
  flowing: 5_000,
  /** After the last fact, when nothing follows. */
  settled: 1_000,
  /** While nothing moves at all. */
  resting: 60_000,
};

export interface RelaySetup {
  readonly publications: Publications;
  readonly store: Pick<EventStore, 'readAll' | 'readAt' | 'head' | 'whenAppended'>;
  /** Of the database that has `createFeedSchema`. */
  readonly pool: Pool;
  readonly broker: FeedBroker;
  /** Runs in the transaction that moves the checkpoint, with everything that the page holds. */
  readonly alongside?: (client: PoolClient, events: readonly RecordedEvent[]) => Promise<void>;
  /** Told of what went wrong and will be tried again. */
  readonly report?: (error: Error) => void;
  readonly clock?: () => number;
  /** Events read at once; 2,000 when left out. */
  readonly pageSize?: number;
  /** How long an append of another process may go unnoticed, in milliseconds; 50 when left out. */
  readonly pollEvery?: number;
  /** Milliseconds between control records; what is left out is as in `controlPace`. */
  readonly controls?: Partial<typeof controlPace>;
}
