import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { KafkaBroker } from '@lib/platform/feed/kafka/kafka-broker.js';
import { createFeedSchema, relayCheckpoint } from '@lib/platform/feed/relay-schema.js';
import { topicsOf } from '@lib/platform/feed/topics.js';
import { createLeaseSchema } from '@lib/platform/lease/lease.js';
import { publications } from '@lib/house/publications.js';
import type { Broker, startBroker as StartBroker } from '../../../../infra/kafka/broker.mjs';

interface Launcher {
  readonly startBroker: typeof StartBroker;
}

/** A database with an empty log, another one for a subscriber, and a broker: made for one run, and gone after it. */
export interface Stage {
  readonly store: PostgresEventStore;
  readonly broker: Broker;
  /** Of the log, the lease and the relay. */
  readonly houseUrl: string;
  /** Of somebody else, who subscribes. */
  readonly subscriberUrl: string;
  /** Up to where the relay has published, as a number: positions of a run are small. */
  checkpoint(): Promise<number>;
  head(): Promise<number>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const closings: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closing of closings.toReversed()) await closing();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), 'yizhan-chaos-'));
    closings.push(async () => rmSync(folder, { recursive: true, force: true }));
    const server = await startEmbeddedPostgres({ dataFolder: folder });
    closings.push(async () => {
      await server.stop();
      // Root's server keeps its files elsewhere; here is a link to them.
      const cluster = join(folder, 'postgres');
      if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true, force: true });
    });
    // Of the tool's own: it is no part of what is built.
    const launcher: unknown = await import(
      pathToFileURL(join(import.meta.dirname, '../../../../../infra/kafka/broker.mjs')).href
    );
    const { startBroker } = launcher as Launcher;
    // A broker that was killed is taken back when its old session has ended.
    const broker = await startBroker({
      overrides: { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' },
    });
    closings.push(() => broker.stop());

    const admin = new pg.Client(server.config);
    await admin.connect();
    for (const name of ['house', 'subscriber']) await admin.query(`create database ${name}`);
    await admin.end();
    const houseUrl = server.url('house');
    const pool = new pg.Pool({ connectionString: houseUrl, max: 2 });
    closings.push(() => pool.end());
    for (const create of [createLogSchema, createFeedSchema, createLeaseSchema]) await create(pool);
    await new KafkaBroker([broker.bootstrap]).makeTopics(topicsOf(publications));
    const store = new PostgresEventStore({ connectionString: houseUrl });
    closings.push(() => store.close());
    return {
      store,
      broker,
      houseUrl,
      subscriberUrl: server.url('subscriber'),
      checkpoint: async () => Number(await relayCheckpoint(pool)),
      head: async () => Number(await store.head()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
