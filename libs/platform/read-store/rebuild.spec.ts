import { randomUUID } from 'node:crypto';
import pg, { type Pool } from 'pg';
import { appendOf, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { eventsOf, revive, streamOfFact } from '@lib/platform/kernel/event.js';
import { columns, projection } from '@lib/platform/kernel/projection.js';
import { id, text } from '@lib/platform/kernel/shape.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { Checkpoints } from './checkpoints.js';
import { compareWithLog } from './comparison.js';
import { Projector } from './projector.js';
import { NotToBeRebuilt, Rebuild, type RebuildProgress } from './rebuild.js';

const LampLit = eventsOf('rebuildLamp', 'lampId')('RebuildLampLit', 1, { lampId: id, room: text }, { zh: '灯', en: 'lamp' });

const lampsOf = (version: number) =>
  projection({ name: 'rebuiltLamp', version, columns: { lampId: columns.uuid, room: columns.text }, key: ['lampId'] }, on => [
    on(
      LampLit,
      ({ lampId }) => ({ lampId }),
      (_, { lampId, room }) => ({ lampId, room }),
    ),
  ]);
const lamps = lampsOf(1);

const open = async (events: readonly RecordedEvent[]) =>
  events.map(({ type, data, position, stream, revision, recordedAt }) => ({
    fact: revive(type, 1, data),
    about: { position, stream, revision, recordedAt, on: '2026-03-02', actor: 'me' },
  }));

(hasPostgres ? describe : describe.skip)('a read model is rebuilt', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let store: MemoryEventStore;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 8 });
  });
  beforeEach(async () => {
    await pool.query('drop schema if exists read cascade');
    store = new MemoryEventStore();
  });
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function light(count: number): Promise<string> {
    for (let nth = 0; nth < count; nth += 1) {
      const fact = new LampLit({ lampId: randomUUID(), room: `room ${nth}` });
      const event = { id: randomUUID(), type: fact.type, metadata: {}, data: fact.data };
      await store.append(appendOf([{ stream: streamOfFact(fact), expected: -1, events: [event] }], []));
    }
    return store.head();
  }

  async function started(version = 1): Promise<Projector> {
    const projections = [lampsOf(version)];
    const projector = new Projector({ projections, store, open, pool, pollEvery: 5, retryAfter: 20 });
    await projector.start();
    running.push(projector);
    return projector;
  }

  const rebuildOf = (Kind: typeof Rebuild = Rebuild) => new Kind({ projections: [lamps], store, open, pool, pageSize: 20 });
  const shown = async () =>
    Number((await pool.query<{ count: string }>('select count(*) from read.rebuilt_lamp')).rows[0]!.count);
  const tables = async () =>
    (
      await pool.query<{ table_name: string; stage: string; position: string }>(
        `select table_name, stage, position::text as position from read.projection order by stage desc`,
      )
    ).rows;

  test('beside the one that is shown, which a projector goes on filling, and which goes away in the end', async () => {
    const projector = await started();
    expect(await projector.caughtUpTo(await light(120), 60_000)).toBe(true);
    const [before] = await tables();
    const seen: RebuildProgress[] = [];
    let least = Number.POSITIVE_INFINITY;
    const done = rebuildOf().run(['rebuiltLamp'], progress => void seen.push(progress));
    let over = false;
    void done.then(() => (over = true));
    while (!over) {
      const head = await light(5);
      expect(await projector.caughtUpTo(head, 60_000)).toBe(true);
      const count = await shown();
      expect(count).toBeGreaterThanOrEqual(Number(head));
      least = Math.min(least, count);
    }
    expect(await done).toBe(true);
    expect(least).toBeGreaterThanOrEqual(120);
    expect(seen.at(0)).toMatchObject({ stage: 'filling', names: ['rebuiltLamp'] });
    expect(seen.at(-1)).toMatchObject({ stage: 'done' });

    const after = await tables();
    expect(after).toHaveLength(1);
    expect(after[0]!.table_name).not.toBe(before!.table_name);
    const { rows } = await pool.query(`select from pg_tables where schemaname = 'read' and tablename like 'rebuilt_lamp%'`);
    expect(rows).toHaveLength(1);
    // The projector found the new table by itself, and so does the next one.
    expect(await projector.caughtUpTo(await light(3), 60_000)).toBe(true);
    await projector.stop();
    const next = await started();
    const head = await light(2);
    expect(await next.caughtUpTo(head, 60_000)).toBe(true);
    expect(await shown()).toBe(Number(head));
    expect((await tables()).map(({ table_name }) => table_name)).toEqual([after[0]!.table_name]);
    expect(await compareWithLog({ store, open, pool }, lamps)).toMatchObject({ rows: Number(head), differing: 0 });
  });

  test('and, interrupted, goes on where it stopped, although a projector was started anew in between', async () => {
    const projector = await started();
    expect(await projector.caughtUpTo(await light(120), 60_000)).toBe(true);
    const stop = new AbortController();
    const pages: string[] = [];
    const note = ({ stage, position }: RebuildProgress) => {
      if (stage === 'filling') pages.push(position);
      if (pages.length === 2) stop.abort();
    };
    expect(await rebuildOf().run(['rebuiltLamp'], note, stop.signal)).toBe(false);
    expect((await tables()).map(({ stage, position }) => [stage, position])).toEqual([
      ['serving', '120'],
      ['building', '40'],
    ]);
    expect(await shown()).toBe(120);
    await projector.stop();
    await started();

    pages.length = 0;
    expect(await rebuildOf().run(['rebuiltLamp'], ({ position }) => void pages.push(position))).toBe(true);
    expect(pages[0]).toBe('60');
    expect(await tables()).toMatchObject([{ stage: 'serving', position: '120' }]);
    expect(await shown()).toBe(120);
  });

  /** Something is written between the last page and the swap. @returns how much was shown before and after */
  async function swapUnderWriting(Kind: typeof Rebuild): Promise<readonly [before: number, after: number]> {
    const projector = await started();
    expect(await projector.caughtUpTo(await light(30), 60_000)).toBe(true);
    let before = 0;
    await rebuildOf(Kind).run(['rebuiltLamp'], async ({ stage }) => {
      if (stage !== 'swapping') return;
      expect(await projector.caughtUpTo(await light(45), 60_000)).toBe(true);
      // Or it would soon hide what the swap left out.
      await projector.stop();
      before = await shown();
    });
    return [before, await shown()];
  }

  class SwapsTooEarly extends Rebuild {
    protected override catchUp(...[, , own]: Parameters<Rebuild['catchUp']>): Promise<string> {
      return Promise.resolve(own.position);
    }
  }

  test('without anybody being shown less than before', async () => expect(await swapUnderWriting(Rebuild)).toEqual([75, 75]));
  test('and one that swaps too early is caught by the same scene', async () =>
    expect(await swapUnderWriting(SwapsTooEarly)).toEqual([75, 30]));

  test('only where it is shown in the definition that is asked for', async () => {
    await started(2);
    await light(3);
    await expect(rebuildOf().run(['rebuiltLamp'], () => undefined)).rejects.toThrow(NotToBeRebuilt);
    expect(await tables()).toHaveLength(1);
  });

  test('and seen from another process, its checkpoints are those of the table that is shown', async () => {
    const projector = await started();
    const checkpoints = new Checkpoints({ pool, store, projections: [lamps], pollEvery: 20 });
    await checkpoints.start();
    running.push(checkpoints);
    const head = await light(30);
    expect(await checkpoints.caughtUpTo(head, 60_000)).toBe(true);
    expect(await checkpoints.caughtUpTo(String(Number(head) + 1), 50)).toBe(false);
    expect(await checkpoints.caughtUpTo('0', 50, ['noSuchModel'])).toBe(false);
    const stop = new AbortController();
    await rebuildOf().run(['rebuiltLamp'], () => stop.abort(), stop.signal);
    expect(await checkpoints.caughtUpTo(await light(1), 60_000)).toBe(true);
    expect(checkpoints.lag()).toMatchObject([{ name: 'rebuiltLamp', position: '31', state: 'following' }]);
    await projector.stop();
    expect(await checkpoints.caughtUpTo(await light(1), 200)).toBe(false);
  });
});
