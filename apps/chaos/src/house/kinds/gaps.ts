import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { appendOf, StreamMoved, type EventStore, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { SequenceColumnStore } from '@lib/platform/event-store/twins/sequence-column-store.js';
import type { Kind, Run } from '../../kind.js';
import { Random } from '../../random.js';
import { SyntheticOffice } from '../../synthetic-office.js';
import { checkLog } from '../log-check.js';
import { StoreServer } from '../store-server.js';

type Store = Pick<EventStore, 'append' | 'readAll'>;

/** Several processes of a house write at the same time; each has a connection of its own. */
const stores = 4;
const rolledBack = 0.05;
const readers = 3;
const pageSize = 500;

/** Follows a log by what is behind the last position that it saw, and remembers what came. */
class Reader {
  readonly seen = new Set<string>();
  inversions = 0;
  private readonly revisions = new Map<string, number>();
  private at = '0';

  constructor(private readonly store: Store) {}

  /** @param all says when nothing further will come */
  async follow(all: () => boolean): Promise<void> {
    for (;;) {
      const last = all();
      const page = await this.store.readAll(this.at, pageSize);
      for (const event of page) this.take(event);
      if (page.length === 0) {
        if (last) return;
        await delay(2);
      }
    }
  }

  private take({ id, stream, revision, position }: RecordedEvent): void {
    this.at = position;
    this.seen.add(id);
    if (revision < (this.revisions.get(stream) ?? -1)) this.inversions += 1;
    this.revisions.set(stream, Math.max(revision, this.revisions.get(stream) ?? -1));
  }
}

async function openStores(
  server: StoreServer,
  twin: string | undefined,
): Promise<readonly (Store & { close(): Promise<void> })[]> {
  if (twin === 'sequence') {
    const store = await new SequenceColumnStore(server.url('log')).prepare();
    return Array.from({ length: stores }, () => store);
  }
  const client = new pg.Client({ connectionString: server.url('log') });
  await client.connect();
  await createLogSchema(client);
  await client.end();
  return Array.from({ length: stores }, () => new PostgresEventStore({ connectionString: server.url('log') }));
}

async function* everythingIn(store: Store): AsyncGenerator<RecordedEvent> {
  for (let after = '0'; ;) {
    const page = await store.readAll(after, 5_000);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.position;
  }
}

async function run({ seed, options, violations, history, twin, say, turns }: Run) {
  const goal = options.events ?? 200_000;
  const server = await StoreServer.start();
  try {
    const client = new pg.Client(server.config);
    await client.connect();
    await client.query('create database log');
    await client.end();
    const opened = await openStores(server, twin);
    const acknowledged = new Set<string>();
    let [refused, rounds, over] = [0, 0, false];
    for (const round of turns) rounds = round;

    const write = async (nth: number) => {
      const random = new Random(seed * 1_000 + nth);
      const office = new SyntheticOffice(random);
      const store = opened[nth % stores]!;
      while (acknowledged.size < goal) {
        const { stream, expected, events } = office.next();
        if (random.next() < rolledBack) {
          // As a rival would who has decided on an older state: nothing of it may stay, and no position be lost.
          const ids = events.map(event => ({ ...event, id: random.uuid() }));
          const stale = appendOf([{ stream, expected: expected + 1_000, events: ids }], []);
          const moved = await store.append(stale).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (moved instanceof StreamMoved) refused += 1;
          else if (twin === undefined) violations.add('a stale append was taken', String(moved));
        }
        await store.append(appendOf([{ stream, expected, events }], []));
        for (const { id } of events) acknowledged.add(id);
      }
    };
    const late = async (nth: number) => {
      const reader = new Reader(opened[nth % stores]!);
      // The later ones begin where a good part is there already.
      while (acknowledged.size < (goal * nth) / readers) await delay(5);
      await reader.follow(() => over);
      return reader;
    };
    const reading = Promise.all(Array.from({ length: readers }, (_, nth) => late(nth)));
    await Promise.all(Array.from({ length: options.writers }, (_, nth) => write(nth)));
    over = true;
    for (const [nth, { seen, inversions }] of (await reading).entries()) {
      const missed = [...acknowledged].filter(id => !seen.has(id)).length;
      history.write('read', { nth, seen: seen.size, missed, inversions });
      say(`reader ${nth + 1}: ${seen.size} events, ${missed} missed, ${inversions} inversions`);
      if (missed > 0) violations.add('an event that a reader never saw', `${missed} of reader ${nth + 1}`, missed);
      if (inversions > 0) violations.add('an event that a reader saw before an earlier one', `reader ${nth + 1}`, inversions);
    }
    if (twin === undefined) await checkLog(everythingIn(opened[0]!), [], violations, undefined, false);
    say(`${acknowledged.size} events by ${options.writers} writers, ${refused} appends were rolled back`);
    for (const store of new Set(opened)) await store.close();
    // A sequence hands out numbers in another order by itself; of a log with a head something must have been rolled back.
    return { rounds, interrupted: refused > 0 || twin !== undefined ? rounds : 0 };
  } finally {
    await server.stop();
  }
}

/** Many writers and readers that join late, at the log itself. */
export const gaps: Kind = {
  does: 'appends --events by --writers, some of them rolled back, while three readers follow; two of these join late',
  rounds: 1,
  eachRoundInterrupts: true,
  twins: { sequence: 'an event that a reader never saw' },
  run,
};
