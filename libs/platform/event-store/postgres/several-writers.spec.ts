import { Client } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { append, aStream, describeEventStore, outcome, write } from '../event-store.contract.js';
import { endsAppend, type EventStore, type RecordedEvent, StreamMoved } from '../event-store.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { createLogSchema } from './schema.js';

const writers = 3;

/** Each question goes to another one of several stores, as requests go to several api processes. */
function takingTurns(stores: readonly PostgresEventStore[]): EventStore {
  let turn = 0;
  const next = () => stores[(turn += 1) % stores.length]!;
  return {
    append: (...asked) => next().append(...asked),
    read: (...asked) => next().read(...asked),
    readAt: positions => next().readAt(positions),
    readAppend: event => next().readAppend(event),
    readAll: (after, limit) => next().readAll(after, limit),
    head: () => next().head(),
    positionAsOf: instant => next().positionAsOf(instant),
    whenAppended(listener) {
      const stops = stores.map(store => store.whenAppended(listener));
      return () => stops.forEach(stop => stop());
    },
  };
}

async function several() {
  const { url, drop } = await createTestDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  await createLogSchema(client);
  await client.end();
  const stores = Array.from({ length: writers }, () => new PostgresEventStore({ connectionString: url }));
  return {
    stores,
    store: takingTurns(stores),
    async close() {
      await Promise.all(stores.map(store => store.close()));
      await drop();
    },
  };
}

(hasPostgres ? describe : describe.skip)('the log in PostgreSQL with several processes that append', () => {
  describeEventStore(`PostgreSQL, ${writers} writers in turn`, several, { densePositions: true, losesAnswers: false });

  test('stays dense and whole while each of them groups appends of its own, and rivals for a stream have one winner', async () => {
    const { stores, store, close } = await several();
    const rounds = 40;
    const contested = Array.from({ length: rounds }, aStream);
    const winners = await Promise.all(
      contested.map(async stream => {
        const outcomes = await Promise.all(
          stores.flatMap(rival => [
            outcome(append(rival, [write(stream, -1), write(aStream(), -1), write(aStream(), -1)])),
            outcome(append(rival, [write(aStream(), -1)], [{ stream, expected: -1 }])),
          ]),
        );
        return outcomes.filter((each, nth) => nth % 2 === 0 && !(each instanceof StreamMoved)).length;
      }),
    );
    expect(winners).toEqual(contested.map(() => 1));

    const events: RecordedEvent[] = [];
    for (let page; (page = await store.readAll(events.at(-1)?.position ?? '0', 50)).length > 0;) events.push(...page);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, nth) => String(nth + 1)));
    expect(await store.head()).toBe(String(events.length));
    // Appends lie one behind the other, never mixed.
    let index = 0;
    for (const event of events) {
      expect(event.metadata.index).toBe(String(index));
      index = endsAppend(event) ? 0 : index + 1;
    }
    expect(index).toBe(0);
    await close();
  });
});
