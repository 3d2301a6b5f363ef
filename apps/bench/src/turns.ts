import pg from 'pg';
import { everywhere, type Gatekeeper } from '@lib/platform/kernel/access.js';
import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { eventsOf } from '@lib/platform/kernel/event.js';
import { id, integer } from '@lib/platform/kernel/shape.js';
import { CommandDesk } from '@lib/platform/cqrs/command-desk.js';
import { ask, sentWith } from '@lib/platform/cqrs/envelope.js';
import { acts, aggregateModule } from '@lib/platform/cqrs/module-table.js';
import { StreamFolds } from '@lib/platform/cqrs/stream-folds.js';
import { appendOf, type EventStore } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { randomUUID } from 'node:crypto';
import { line, median, type Outcome } from './outcome.js';

const lengths = { long: 5_000, short: 10 } as const;
const commandsPerRun = 100;
const pairs = 7;

class PageTurned extends eventsOf('measuredBook', 'bookId')('PageTurned', 1, { bookId: id, page: integer }, { zh: '', en: '' }) {}

interface Book {
  readonly page: number;
}
const book: Aggregate<Book, PageTurned> = {
  category: 'measuredBook',
  initial: { page: 0 },
  evolve: (_, { data: { page } }) => ({ page }),
};

class TurnPage {
  readonly bookId!: string;
}
const { commands } = aggregateModule(book, {
  as: 'book',
  at: 'measured-books',
  id: 'bookId',
  commands: [
    acts(TurnPage, ({ bookId }: TurnPage, { book: { page } }: { book: Book }) => [new PageTurned({ bookId, page: page + 1 })], {
      words: { zh: '', en: '' },
      by: [{ role: 'reader' }],
      within: () => everywhere,
      reads: {},
    }),
  ],
});
const turning = commands[0]!;

const anybody: Gatekeeper = {
  holdsAny: () => true,
  permit: () => ({ role: 'reader', unit: 'here' }),
  reach: () => ({ all: true, divisionIds: [], centerIds: [], stationIds: [] }),
  under: () => undefined,
  sight: () => ({ name: 'none', phone: 'none', idNumber: 'none', address: 'none', notes: 'none' }),
};

const deskOn = (store: EventStore) =>
  new CommandDesk({
    store,
    folds: new StreamFolds(store),
    gatekeeper: anybody,
    gatekeeperCaughtUp: async () => true,
    lookUps: { personKey: async value => value, certificateKey: async value => value },
    seal: async facts => facts.map(({ data }) => data),
    clock: Date.now,
  });

/**
 * Commands on one stream that two doors write in turn, so that each finds that the other has written there: on a long stream, to a short one.
 * And the same from one door, which has everything in memory.
 */
export async function benchTurns({
  database,
  say,
}: {
  readonly database: () => Promise<string>;
  readonly say: (text: string) => void;
}): Promise<readonly Outcome[]> {
  const connectionString = await database();
  const client = new pg.Client({ connectionString });
  await client.connect();
  await createLogSchema(client);
  await client.end();
  const stores = [new PostgresEventStore({ connectionString }), new PostgresEventStore({ connectionString })] as const;
  const desks = stores.map(deskOn);
  try {
    const books = { long: await aBook(stores[0], lengths.long), short: await aBook(stores[0], lengths.short) };
    const outcomes: Outcome[] = [];
    for (const [doors, among] of [
      ['two doors in turn', desks],
      ['one door', desks.slice(0, 1)],
    ] as const) {
      const turn = (which: keyof typeof books) => millisecondsPerCommand(among, books[which]);
      for (const which of ['long', 'short'] as const) await turn(which);
      const runs: { readonly long: number; readonly short: number }[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        const first = pair % 2 === 0 ? await turn('short') : undefined;
        const long = await turn('long');
        runs.push({ long, short: first ?? (await turn('short')) });
      }
      const of = (which: 'long' | 'short') => median(runs.map(run => run[which])).toFixed(2);
      const ratio = median(runs.map(({ long, short }) => short / long));
      say(`a command on ${lengths.long} facts, ${doors}: ${of('long')} ms, on ${lengths.short} facts ${of('short')} ms`);
      const outcome = {
        measure: `commands a second on a stream of ${lengths.long.toLocaleString('en')} facts to one of ${lengths.short}, ${doors}`,
        figure: ratio.toFixed(2),
        bar: 'none',
      };
      say(line(outcome));
      outcomes.push(outcome);
    }
    return outcomes;
  } finally {
    for (const store of stores) await store.close();
  }
}

async function aBook(store: EventStore, length: number): Promise<string> {
  const bookId = randomUUID();
  for (let page = 0; page < length;) {
    const events = Array.from({ length: Math.min(100, length - page) }, (_, nth) => ({
      id: randomUUID(),
      type: 'PageTurned',
      metadata: { actor: 'somebody', commandId: randomUUID(), effectiveOn: '2026-03-02', version: '1' },
      data: { bookId, page: page + nth + 1 },
    }));
    await store.append(appendOf([{ stream: `${book.category}-${bookId}`, expected: page - 1, events }], []));
    page += events.length;
  }
  return bookId;
}

async function millisecondsPerCommand(desks: readonly CommandDesk[], bookId: string): Promise<number> {
  const start = performance.now();
  for (let nth = 0; nth < commandsPerRun; nth += 1) {
    const envelope = { principal: { id: 'somebody', name: 'somebody' }, key: randomUUID() };
    await desks[nth % desks.length]!.carryOut(turning, sentWith(ask(TurnPage, { bookId }), envelope));
  }
  return (performance.now() - start) / commandsPerRun;
}
