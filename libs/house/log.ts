import { type Pool } from 'pg';
import type { Words } from '@lib/platform/kernel/event.js';
import { beforeEverything, type EventStore } from '@lib/platform/event-store/event-store.js';
import { KurrentUnusable } from '@lib/platform/event-store/kurrentdb/kurrent-unusable.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { makeTables } from '@lib/platform/schema/make-tables.js';

/** Where the facts are kept. Read models, keys and sessions stay in PostgreSQL in either case. */
export type LogChoice = { readonly kind: 'postgres' } | { readonly kind: 'kurrentdb'; readonly url: string };

export interface OpenLog {
  readonly store: EventStore & { close(): Promise<void> };
  /** How an acknowledged fact is kept: on the disk of one server, or on those of most of a cluster. */
  readonly durability: 'postgres-sync' | 'kurrent-quorum';
}

/** The log cannot be used; a sentence for the person who starts the system. */
export class LogUnusable extends Error {
  constructor(
    readonly words: Words,
    cause?: unknown,
  ) {
    super(words.en, { cause });
  }
}

/**
 * @param pool the database that the read models are in
 * @throws LogUnusable when it does not answer, is too old, or is not the log that the read models follow
 */
export async function openLog(choice: LogChoice, pool: Pool, databaseUrl: string): Promise<OpenLog> {
  if (choice.kind === 'postgres') {
    await createLogSchema(pool as never);
    const store = new PostgresEventStore({ connectionString: databaseUrl });
    await followOnly(choice, store, pool);
    return { store, durability: 'postgres-sync' };
  }
  // Its client has a native part, which nobody else needs; the builder leaves an alias in here as it is.
  const { KurrentEventStore } = await import('../platform/event-store/kurrentdb/kurrent-event-store.js');
  try {
    const store = await KurrentEventStore.open(choice.url);
    await followOnly(choice, store, pool);
    return { store, durability: 'kurrent-quorum' };
  } catch (error) {
    throw error instanceof KurrentUnusable ? new LogUnusable(error.words, error) : error;
  }
}

/** Where the database remembers which log its read models follow. */
export const createFollowedLogTable = (pool: Pool): Promise<void> =>
  makeTables(
    pool,
    'house',
    `
    create schema if not exists house;
    create table if not exists house.followed_log (
      id boolean primary key default true check (id), kind text not null, first_event uuid)`,
  );

/**
 * Read models of one log know nothing of another, and positions of both look alike: so the database remembers which one it follows,
 * by its kind and its first event.
 * @throws LogUnusable
 */
async function followOnly({ kind }: LogChoice, store: OpenLog['store'], pool: Pool): Promise<void> {
  try {
    await createFollowedLogTable(pool);
    const first = await firstEvent(store);
    const follows = kind === 'kurrentdb' && (await hasOwnLog(pool)) ? 'postgres' : kind;
    const { rows } = await pool.query<{ kind: string; first: string | null }>(
      `insert into house.followed_log (kind, first_event) values ($1, $2)
       on conflict (id) do update set first_event = coalesce(followed_log.first_event, excluded.first_event)
       returning kind, first_event as first`,
      [follows, follows === kind ? first : null],
    );
    if (rows[0]!.kind !== kind || rows[0]!.first !== first) throw anotherLog();
    if (first === null) rememberFirstEvent(store, pool);
  } catch (error) {
    await store.close();
    throw error;
  }
}

const anotherLog = () =>
  new LogUnusable({
    zh: '这个数据库里的查询数据属于另一个日志(YIZHAN_LOG、KURRENTDB_URL):请改回原来的日志,或换一个空的数据库。',
    en: 'What can be looked at in this database belongs to another log (YIZHAN_LOG, KURRENTDB_URL): go back to that one, or take an empty database.',
  });

const firstEvent = async (store: EventStore) => (await store.readAll(beforeEverything, 1))[0]?.id ?? null;

/** An empty log is known as soon as something is in it. */
function rememberFirstEvent(store: EventStore, pool: Pool): void {
  let asking = false;
  const remember = async () => {
    if (asking) return;
    asking = true;
    const first = await firstEvent(store).finally(() => (asking = false));
    if (first === null) return;
    stop();
    await pool.query('update house.followed_log set first_event = coalesce(first_event, $1)', [first]);
  };
  // What fails is done at the next start.
  const stop = store.whenAppended(() => void remember().catch(() => undefined));
}

async function hasOwnLog(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>(`select to_regclass('log.events') is not null as there`);
  if (!rows[0]!.there) return false;
  const { rowCount } = await pool.query('select from log.events limit 1');
  return rowCount === 1;
}
