import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg';
import { appendOf, type NewEvent, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { type AnyFact, eventsOf, revive, streamOfFact } from '@lib/platform/kernel/event.js';
import { type AnyProjection, columns, nullable, type OpenFact, projection } from '@lib/platform/kernel/projection.js';
import { id, integer, listOf, optional, text } from '@lib/platform/kernel/shape.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { type Moment, holds } from './moment.js';
import type { PlacedFact } from './lane.js';
import { type Page, Projector, type ProjectorSetup } from './projector.js';
import { BadCursor, foldedUpTo, pageOf, readingOf, readingPool } from './reading.js';
import { transaction, type Standing } from './standing.js';
import { subjectFacts } from './subject-facts.js';

const event = eventsOf('readStoreLamp', 'lampId');
const words = { zh: '灯', en: 'lamp' };
const LampHung = event('ReadStoreLampHung', 1, { lampId: id, room: text, near: optional(listOf(id)) }, words);
const LampTurned = event('ReadStoreLampTurned', 1, { lampId: id, by: integer }, words);
const LampTaken = event('ReadStoreLampTaken', 1, { lampId: id }, words);
const LampSwept = event('ReadStoreLampSwept', 1, { lampId: id }, words);

const lampColumns = {
  lampId: columns.uuid,
  room: columns.text,
  turned: columns.integer,
  since: nullable(columns.date),
  rooms: columns.texts,
  notes: columns.json<{ readonly last: string }>(),
};

const lampsOf = (name: string, temporal: boolean, changes: { version?: number; indexed?: boolean; poison?: () => number } = {}) =>
  projection(
    {
      name,
      version: changes.version ?? 1,
      columns: lampColumns,
      key: ['lampId'],
      temporal,
      indexes: [
        { columns: ['room'] },
        { columns: ['rooms'], kind: 'array' },
        ...(changes.indexed ? [{ columns: ['turned'] as const }] : []),
      ],
    },
    on => [
      on(
        LampHung,
        ({ lampId }) => ({ lampId }),
        (row, { lampId, room }, { on: since }) => ({
          lampId,
          room,
          turned: row?.turned ?? 0,
          since: room === 'a' ? null : since,
          rooms: [...(row?.rooms ?? []).slice(-2), room, '"{,\\'],
          notes: { last: `${room}\n\t\\` },
        }),
      ),
      on(
        LampTurned,
        ({ lampId }) => ({ lampId }),
        (row, { by }) => {
          if (by === changes.poison?.()) throw new Error('this lamp cannot be turned');
          return row && { ...row, turned: row.turned + by };
        },
      ),
      on(
        LampTaken,
        ({ lampId }) => ({ lampId }),
        () => null,
      ),
    ],
  );

const roomCount = projection(
  { name: 'roomCount', version: 1, columns: { room: columns.text, hung: columns.integer }, key: ['room'] },
  on => [
    on(
      LampHung,
      ({ room }) => ({ room }),
      (row, { room }) => ({ room, hung: (row?.hung ?? 0) + 1 }),
    ),
  ],
);

const uuid = (name: string) =>
  createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
const lamp = (nth: number) => uuid(`lamp ${nth}`);

interface Happening {
  readonly fact: AnyFact;
  readonly on: string;
}

/** One append per inner list. */
async function record(store: MemoryEventStore, appends: readonly (readonly Happening[])[]): Promise<string[]> {
  const ends: string[] = [];
  for (const happenings of appends) {
    const streams = new Map<string, NewEvent[]>();
    for (const [nth, { fact, on }] of happenings.entries()) {
      const stream = streamOfFact(fact);
      const events = streams.get(stream) ?? [];
      streams.set(stream, events);
      const eventId = uuid(`${await store.head()} ${nth}`)
        .replace(/^(.{14})./, '$15')
        .replace(/^(.{19})./, '$18');
      events.push({ id: eventId, type: fact.type, metadata: { effectiveOn: on, actor: 'me' }, data: fact.data });
    }
    const known = await store.read([...streams.keys()]);
    const writes = [...streams].map(([stream, events]) => ({ stream, expected: (known.get(stream)?.length ?? 0) - 1, events }));
    ends.push((await store.append(appendOf(writes, []))).position);
  }
  return ends;
}

const opened = ({ type, data, position, stream, revision, recordedAt, metadata }: RecordedEvent): OpenFact => ({
  fact: revive(type, 1, data),
  about: { position, stream, revision, recordedAt, on: metadata.effectiveOn!, actor: metadata.actor! },
});
const open = async (events: readonly RecordedEvent[]) => events.map(opened);

const day = (nth: number) => `2026-03-${String(nth).padStart(2, '0')}`;
const today = day(9);
const hung = (nth: number, room: string, on = today): Happening => ({
  fact: new LampHung({ lampId: lamp(nth), room, near: [lamp(nth + 1), lamp(nth)] }),
  on,
});
const turned = (nth: number, by: number, on = today): Happening => ({ fact: new LampTurned({ lampId: lamp(nth), by }), on });
const taken = (nth: number, on = today): Happening => ({ fact: new LampTaken({ lampId: lamp(nth) }), on });

const lampNumber = fc.integer({ min: 0, max: 5 });
const anyHappening = fc.oneof(
  fc.tuple(lampNumber, fc.constantFrom('a', 'b', '院子\\"x"')).map(
    ([nth, room]) =>
      (on: string) =>
        hung(nth, room, on),
  ),
  fc.tuple(lampNumber, fc.integer({ min: 0, max: 3 })).map(
    ([nth, by]) =>
      (on: string) =>
        turned(nth, by, on),
  ),
  lampNumber.map(nth => (on: string) => taken(nth, on)),
  lampNumber.map(nth => (on: string) => ({ fact: new LampSwept({ lampId: lamp(nth) }), on })),
);
const anyAppends = fc.array(
  fc.array(
    fc.tuple(anyHappening, fc.integer({ min: 2, max: 9 })).map(([happening, nth]) => happening(day(nth))),
    { minLength: 1, maxLength: 4 },
  ),
  { maxLength: 25 },
);

type Row = Readonly<Record<string, unknown>>;

/** Folds everything from scratch, fact by fact. */
function refolded({ on: rules, key }: AnyProjection, facts: readonly OpenFact[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { fact, about } of facts) {
    for (const rule of rules.filter(one => one.fact.type === fact.type)) {
      const named = rule.key(fact.data as never) as Row;
      const text = key.map(part => named[part]).join();
      const next = (rule.change as (row: Row | undefined, data: unknown, about: unknown) => Row | null | undefined)(
        rows.get(text),
        fact.data,
        about,
      );
      if (next) rows.set(text, next);
      else if (next === null) rows.delete(text);
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

(hasPostgres ? describe : describe.skip)('the projector on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let readers: Pool;
  const running = new Set<Projector>();

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => undefined);
    readers = readingPool({ connectionString: database.url, max: 2 });
  });

  afterEach(async () => {
    for (const projector of running) await projector.stop();
    running.clear();
    await pool.query('drop schema if exists read cascade');
  });

  afterAll(async () => {
    await readers.end();
    await pool.end();
    await database.drop();
  });

  type Changed = Partial<ProjectorSetup> & { readonly kind?: new (setup: ProjectorSetup) => Projector };

  async function started(
    store: MemoryEventStore,
    projections: ProjectorSetup['projections'],
    { kind = Projector, ...rest }: Changed = {},
  ) {
    const projector = new kind({ projections, store, open, pool, pollEvery: 5, retryAfter: 20, ...rest });
    running.add(projector);
    await projector.start();
    return projector;
  }

  async function stopped(projector: Projector) {
    await projector.stop();
    running.delete(projector);
  }

  const reading = () =>
    readingOf<{ lamps: Row & { lampId: string }; lampPeriods: Row; roomCount: Row; subjectFact: Row }>(readers);
  const lampRows = async (): Promise<Row[]> =>
    (await reading().selectFrom('lamps').selectAll().orderBy('lampId').execute()) as Row[];
  const stored = async (sql: string) => (await pool.query(sql)).rows as Row[];
  const until = async (holdsTrue: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 6_000; tries += 1) {
      if (await holdsTrue()) return;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error('it never came true');
  };
  const factsOfLog = async (store: MemoryEventStore) => open(await store.readAll('0', 1e9));

  test('rows are the same as those of a fold from scratch, whatever the pages', async () => {
    const lamps = lampsOf('lamps', false);
    await fc.assert(
      fc.asyncProperty(anyAppends, fc.integer({ min: 1, max: 12 }), async (appends, pageSize) => {
        await pool.query('drop schema if exists read cascade');
        const store = new MemoryEventStore();
        await record(store, appends.slice(0, appends.length / 2));
        const projector = await started(store, [lamps, roomCount, subjectFacts], { pageSize });
        await record(store, appends.slice(appends.length / 2));
        expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
        await stopped(projector);

        const facts = await factsOfLog(store);
        expect(await lampRows()).toEqual(refolded(lamps, facts));
        const counts = (await reading().selectFrom('roomCount').selectAll().execute()) as Row[];
        expect(counts.sort((a, b) => (String(a.room) < String(b.room) ? -1 : 1))).toEqual(refolded(roomCount, facts));
        const mentions = facts.flatMap(({ fact: { data }, about }) =>
          [...new Set([data.lampId, ...((data.near as string[] | undefined) ?? [])])].map(
            subject => `${String(subject)} ${about.position}`,
          ),
        );
        const indexed = await stored('select subject_id, position from read.subject_fact');
        expect(indexed.map(row => `${String(row.subject_id)} ${String(row.position)}`).sort()).toEqual(mentions.sort());
      }),
      { numRuns: 25 },
    );
  });

  test('a page that changes, ends and leaves hundreds of rows ends where single facts end', async () => {
    const lamps = lampsOf('lamps', false);
    const store = new MemoryEventStore();
    const many = Array.from({ length: 400 }, (_, nth) => nth);
    await record(store, [many.map(nth => hung(nth, nth % 3 === 0 ? 'a' : '院子\\"x"'))]);
    const projector = await started(store, [lamps, roomCount], { pageSize: 1_000 });
    expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await record(store, [
      many.map(nth => (nth % 5 === 0 ? taken(nth) : nth % 7 === 0 ? turned(nth, 0) : turned(nth, nth))),
      many.slice(0, 60).map(nth => hung(nth, 'b')),
    ]);
    expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await stopped(projector);
    expect(await lampRows()).toEqual(refolded(lamps, await factsOfLog(store)));
  });

  test('a temporal table answers every moment as a fold from scratch of what counted and was known then', async () => {
    const periods = lampsOf('lampPeriods', true);
    await fc.assert(
      fc.asyncProperty(anyAppends, fc.integer({ min: 1, max: 12 }), async (appends, pageSize) => {
        await pool.query('drop schema if exists read cascade');
        const store = new MemoryEventStore();
        const ends = await record(store, appends);
        const projector = await started(store, [periods], { pageSize });
        expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
        await stopped(projector);

        const facts = await factsOfLog(store);
        const answer = async (moment: Moment) => {
          const rows = await reading()
            .selectFrom('lampPeriods as p')
            .selectAll()
            .where(holds('p', moment))
            .orderBy('lampId')
            .execute();
          return rows.map(row => {
            const { recordedFrom: _1, recordedUntil: _2, effectiveFrom: _3, effectiveUntil: _4, ...own } = row as Row;
            return own;
          });
        };
        const expected = ({ asOf, effectiveOn = today }: Moment) =>
          refolded(
            periods,
            facts.filter(
              ({ about }) => (asOf === undefined || Number(about.position) <= Number(asOf)) && about.on <= effectiveOn,
            ),
          );
        const moments: Moment[] = [{}, ...ends.slice(-3).map(asOf => ({ asOf })), ...ends.slice(0, 2).map(asOf => ({ asOf }))];
        for (const moment of [...moments, ...moments.flatMap(one => [3, 6, 9].map(nth => ({ ...one, effectiveOn: day(nth) })))]) {
          expect(await answer(moment)).toEqual(expected(moment));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('a fold that fails stops its own lane right before the append it cannot fold, and goes on when it is mended', async () => {
    let poison = 3;
    const store = new MemoryEventStore();
    await record(store, [[hung(1, 'a')], [hung(2, 'b')], [turned(1, 1)]]);
    const [poisoned] = await record(store, [[turned(2, 3)]]);
    await record(
      store,
      Array.from({ length: 30 }, (_, nth) => [hung(nth, 'c')]),
    );
    const lamps = lampsOf('lamps', false, { poison: () => poison });
    const told: string[] = [];
    const projector = new Projector({ projections: [lamps, roomCount], store, open, pool, pollEvery: 5, retryAfter: 20 });
    projector.whenFolded((facts, position) => told.push(...facts.map(({ about }) => about.position), `(${position})`));
    running.add(projector);
    await projector.start();

    const head = await store.head();
    expect(await projector.caughtUpTo(head, 3000, ['roomCount'])).toBe(true);
    expect(await projector.caughtUpTo(head, 50)).toBe(false);
    await until(() => projector.lag()[0]!.position === String(Number(poisoned) - 1));
    await until(async () => (await stored(`select state from read.projection where name = 'lamps'`))[0]!.state === 'failed');
    expect(projector.lag()[0]).toMatchObject({ name: 'lamps', head, state: 'failed', error: 'this lamp cannot be turned' });
    expect(projector.lag()[1]).toEqual({ name: 'roomCount', position: head, head, state: 'following' });

    poison = 99;
    expect(await projector.caughtUpTo(head, 3000)).toBe(true);
    await stopped(projector);
    expect(projector.lag()[0]).toEqual({ name: 'lamps', position: head, head, state: 'following' });
    expect(await lampRows()).toEqual(refolded(lamps, await factsOfLog(store)));
    expect(told.filter(one => !one.startsWith('('))).toEqual((await factsOfLog(store)).map(({ about }) => about.position));
  });

  test('when nothing can be opened everything stops, and nothing is missed or told twice afterwards', async () => {
    let broken = true;
    const store = new MemoryEventStore();
    const told: string[] = [];
    const projector = await started(store, [lampsOf('lamps', false), roomCount, subjectFacts], {
      open: async events => {
        if (broken) throw new Error('no key');
        return open(events);
      },
    });
    projector.whenFolded(facts => told.push(...facts.map(({ about }) => about.position)));
    await record(store, [[hung(1, 'a')], [hung(2, 'b')], [turned(1, 1)]]);
    await until(() => projector.lag().every(({ error }) => error === 'no key'));
    broken = false;
    expect(await projector.caughtUpTo('3', 3000)).toBe(true);
    await record(store, [[hung(4, 'a')]]);
    expect(await projector.caughtUpTo('4', 3000)).toBe(true);
    await until(() => told.length === 4);
    expect(told).toEqual(['1', '2', '3', '4']);
  });

  /** Kills its own connection in the middle of some batches. */
  const killing = (kind: typeof Projector, every: number) =>
    class extends kind {
      private batches = 0;

      protected override async writeRows(client: PoolClient, standings: readonly Standing[], facts: readonly PlacedFact[]) {
        this.batches += 1;
        await super.writeRows(client, standings.slice(0, 1), facts);
        if (this.batches % every === 0) await kill(client);
        await super.writeRows(client, standings.slice(1), facts);
      }
    };
  const kill = async (client: ClientBase) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
  };

  /** The planted fault: the checkpoint is committed before the rows. */
  class CheckpointFirst extends Projector {
    protected override async commit(standings: readonly Standing[], page: Page, facts: readonly PlacedFact[]) {
      await transaction(this.pool, client => this.moveCheckpoints(client, standings, page));
      await transaction(this.pool, client => this.writeRows(client, standings, facts));
    }
  }

  async function survivesKills(kind: typeof Projector): Promise<void> {
    const store = new MemoryEventStore();
    await record(
      store,
      Array.from({ length: 60 }, (_, nth) => [hung(nth % 7, 'a'), turned(nth % 5, 1)]),
    );
    const lamps = lampsOf('lamps', false);
    const projector = await started(store, [lamps, roomCount], { kind: killing(kind, 3), pageSize: 4 });
    expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await stopped(projector);
    const facts = await factsOfLog(store);
    expect(await lampRows()).toEqual(refolded(lamps, facts));
    expect(await reading().selectFrom('roomCount').selectAll().execute()).toEqual(refolded(roomCount, facts));
  }

  test('a connection that is killed in the middle of a batch leaves nothing half done', () => survivesKills(Projector));

  test('the same check catches a projector that moves the checkpoint first', async () => {
    await expect(survivesKills(CheckpointFirst)).rejects.toThrow();
  });

  test('a commit whose answer is lost is not folded twice', async () => {
    class AnswerLost extends Projector {
      private batches = 0;

      protected override async commit(...given: Parameters<Projector['commit']>) {
        await super.commit(...given);
        this.batches += 1;
        if (this.batches % 2 === 0) throw new Error('Connection terminated unexpectedly');
      }
    }
    const store = new MemoryEventStore();
    await record(
      store,
      Array.from({ length: 40 }, (_, nth) => [hung(nth % 7, 'a'), turned(nth % 5, 1)]),
    );
    const told: string[] = [];
    const lamps = lampsOf('lamps', false);
    const projector = new AnswerLost({
      projections: [lamps, roomCount],
      store,
      open,
      pool,
      pollEvery: 5,
      retryAfter: 5,
      pageSize: 6,
    });
    running.add(projector);
    projector.whenFolded(facts => told.push(...facts.map(({ about }) => about.position)));
    await projector.start();
    expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await until(() => told.length >= 80);
    await stopped(projector);
    const facts = await factsOfLog(store);
    expect(await lampRows()).toEqual(refolded(lamps, facts));
    expect(told).toEqual(facts.map(({ about }) => about.position));
  });

  test('two projectors on the same tables never fold a fact twice', async () => {
    const store = new MemoryEventStore();
    const lamps = lampsOf('lamps', false);
    const both = [
      await started(store, [lamps, roomCount], { pageSize: 3 }),
      await started(store, [lamps, roomCount], { pageSize: 5 }),
    ];
    for (let nth = 0; nth < 100; nth += 1) await record(store, [[hung(nth % 7, 'a'), turned(nth % 5, 1)]]);
    for (const projector of both) expect(await projector.caughtUpTo(await store.head(), 60_000)).toBe(true);
    const facts = await factsOfLog(store);
    expect(await lampRows()).toEqual(refolded(lamps, facts));
    expect(await reading().selectFrom('roomCount').selectAll().execute()).toEqual(refolded(roomCount, facts));
  });

  test('a changed projection is rebuilt beside the rows that are shown, resumes after an interruption, and is swapped in', async () => {
    const store = new MemoryEventStore();
    await record(
      store,
      Array.from({ length: 50 }, (_, nth) => [hung(nth, 'a'), turned(nth, 1)]),
    );
    const first = await started(store, [lampsOf('lamps', false), roomCount]);
    expect(await first.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await stopped(first);
    const before = await lampRows();
    const tables = async () =>
      (await stored(`select tablename from pg_tables where schemaname = 'read' and tablename like 'lamps%'`)).length;
    expect(await tables()).toBe(1);

    let stopAt = 30;
    const changed = lampsOf('lamps', false, { version: 2, indexed: true, poison: () => 7 });
    const interrupting = async (events: readonly RecordedEvent[]) => {
      if (events.some(({ position }) => Number(position) > stopAt)) throw new Error('not yet');
      return open(events);
    };
    const second = await started(store, [changed, roomCount], { open: interrupting, pageSize: 8 });
    await until(() => Number(second.lag()[0]!.position) === 30);
    expect(await second.caughtUpTo(await store.head(), 20)).toBe(true);
    expect(await second.caughtUpTo(await store.head(), 20, ['lamps'])).toBe(false);
    expect(await foldedUpTo(readers, ['roomCount'])).toBe(await store.head());
    await stopped(second);
    expect(await lampRows()).toEqual(before);
    expect(await tables()).toBe(2);

    stopAt = Infinity;
    const opens: string[] = [];
    const third = await started(store, [changed, roomCount], {
      pageSize: 8,
      open: events => {
        opens.push(...events.map(({ position }) => position));
        return open(events);
      },
    });
    expect(await third.caughtUpTo(await store.head(), 60_000, ['lamps'])).toBe(true);
    await until(async () => (await tables()) === 1);
    expect(opens[0]).toBe('31');
    expect(await lampRows()).toEqual(refolded(changed, await factsOfLog(store)));
    const indexes = await stored(`select indexdef from pg_indexes where schemaname = 'read' and tablename like 'lamps%'`);
    expect(indexes.filter(({ indexdef }) => String(indexdef).includes('(turned)'))).toHaveLength(1);
    await record(store, [[hung(1, 'z')]]);
    expect(await third.caughtUpTo(await store.head(), 60_000, ['lamps'])).toBe(true);
  });

  test('while a log is written without a pause, a rebuilt projection still joins those at the front', async () => {
    const store = new MemoryEventStore();
    await record(
      store,
      Array.from({ length: 200 }, (_, nth) => [hung(nth, 'a')]),
    );
    const first = await started(store, [roomCount]);
    expect(await first.caughtUpTo(await store.head(), 60_000)).toBe(true);
    await stopped(first);
    let writing = true;
    const writer = (async () => {
      for (let nth = 0; writing; nth += 1) {
        await record(store, [[turned(nth % 200, 1)]]);
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    const lamps = lampsOf('lamps', false);
    let second: Projector;
    try {
      second = await started(store, [roomCount, lamps], { pageSize: 50 });
      await until(() => second.lag().every(({ state }) => state === 'following'));
      await until(() => second.lag()[0]!.position === second.lag()[1]!.position);
    } finally {
      writing = false;
      await writer;
    }
    expect(await second.caughtUpTo(await store.head(), 60_000)).toBe(true);
    expect(await lampRows()).toEqual(refolded(lamps, await factsOfLog(store)));
  });

  test('a list that was never built reads as empty, not as half built', async () => {
    const store = new MemoryEventStore();
    await record(store, [[hung(1, 'a')], [hung(2, 'b')]]);
    const projector = await started(store, [lampsOf('lamps', false)], {
      open: async events => {
        if (events.some(({ position }) => position === '2')) throw new Error('not yet');
        return open(events);
      },
    });
    await until(() => projector.lag()[0]!.position === '1');
    expect(await lampRows()).toEqual([]);
    expect(await projector.caughtUpTo('1', 20)).toBe(false);
    expect(await foldedUpTo(readers, ['lamps'])).toBe('0');
  });

  test('a writer is told as soon as its own write is folded', async () => {
    const store = new MemoryEventStore();
    const projector = await started(store, [lampsOf('lamps', false), roomCount, lampsOf('lampPeriods', true)], {
      pollEvery: 60_000,
    });
    const times: number[] = [];
    for (let nth = 0; nth < 50; nth += 1) {
      const [position] = await record(store, [[hung(nth, 'a')]]);
      const began = performance.now();
      expect(await projector.caughtUpTo(position!, 2000)).toBe(true);
      times.push(performance.now() - began);
    }
    expect(times.sort((a, b) => a - b)[25]!).toBeLessThan(100);
  });

  test('what is not heard moves the checkpoint and opens nothing', async () => {
    const store = new MemoryEventStore();
    const opens: unknown[] = [];
    const projector = await started(store, [roomCount], { open: async events => (opens.push(events), open(events)) });
    const [position] = await record(store, [[{ fact: new LampSwept({ lampId: lamp(1) }), on: today }]]);
    expect(await projector.caughtUpTo(position!, 2000)).toBe(true);
    expect(opens).toEqual([]);
  });

  test('a log that is shorter than what was folded is refused', async () => {
    const store = new MemoryEventStore();
    await record(store, [[hung(1, 'a')]]);
    const projector = await started(store, [roomCount]);
    await projector.caughtUpTo('1', 2000);
    await stopped(projector);
    await expect(started(new MemoryEventStore(), [roomCount])).rejects.toThrow('roomCount has folded up to 1');
  });

  test('pages follow each other by cursor, and a foreign cursor is refused', async () => {
    const store = new MemoryEventStore();
    await record(
      store,
      Array.from({ length: 23 }, (_, nth) => [hung(nth, ['a', 'b', 'c'][nth % 3]!), turned(nth, nth % 4)]),
    );
    const projector = await started(store, [lampsOf('lamps', false)]);
    await projector.caughtUpTo(await store.head(), 2000);
    const query = reading().selectFrom('lamps as l').select(['l.lampId', 'l.room', 'l.turned', 'l.since']);
    const orders = [
      [{ ref: 'l.room' }, { ref: 'l.lampId' }],
      [{ ref: 'l.turned', direction: 'desc' as const }, { ref: 'l.room' }, { ref: 'l.lampId' }],
      [{ ref: 'l.since', nullable: true }, { ref: 'l.lampId' }],
      [{ ref: 'l.since', nullable: true, direction: 'desc' as const }, { ref: 'l.lampId' }],
    ];
    for (const by of orders) {
      const whole = await pageOf(query, { by, limit: 100 });
      expect(whole.next).toBeUndefined();
      const seen: unknown[] = [];
      let after: string | undefined;
      do {
        const page = await pageOf(query, { by, limit: 5, after });
        seen.push(...page.rows);
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(whole.rows);
      expect(seen).toHaveLength(23);
    }
    const { next } = await pageOf(query, { by: orders[0]!, limit: 5 });
    await expect(pageOf(query, { by: orders[1]!, limit: 5, after: next })).rejects.toThrow(BadCursor);
    for (const after of ['', 'x', Buffer.from('["l.room asc,l.lampId asc","a","no uuid"]').toString('base64url')]) {
      await expect(pageOf(query, { by: orders[0]!, limit: 5, after })).rejects.toThrow(BadCursor);
    }
  });

  test('readers change nothing', async () => {
    await started(new MemoryEventStore(), [lampsOf('lamps', false)]);
    await expect(readers.query('delete from lamps')).rejects.toThrow('read-only');
  });
});
