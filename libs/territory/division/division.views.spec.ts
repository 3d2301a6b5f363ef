import pg, { type Pool } from 'pg';
import { checkedQuery } from '@lib/platform/cqrs/checked.js';
import type { AnyView, Looking } from '@lib/platform/cqrs/views.js';
import { appendOf, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { revive, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { now, type Moment } from '@lib/platform/read-store/moment.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { readingOf, readingPool } from '@lib/platform/read-store/reading.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { ScopeTree, type TreeRow } from '../scope-tree.js';
import {
  DivisionChildJoined,
  DivisionChildLeft,
  DivisionMergedInto,
  DivisionPopulationRecorded,
  DivisionRecoded,
  DivisionRenamed,
  DivisionReparented,
} from './division.events.js';
import { divisionIdOf as id } from './division.js';
import { divisionCard, divisionList, divisions, type DivisionCard, type DivisionList } from './division.views.js';
import { importDivisions, type DivisionLog } from './import-divisions.js';

const importedOn = '2026-03-02';
const later = '2026-03-09';

(hasPostgres ? describe : describe.skip)('divisions on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let readers: Pool;
  let store: PostgresEventStore;
  let projector: Projector;
  let afterImport: string;
  let commands = 0;

  const revived = ({ type, metadata, data }: RecordedEvent) => revive(type, Number(metadata.version), data);
  async function record(facts: readonly AnyFact[], expected: ReadonlyMap<string, number>, commandId: string, on: string) {
    const byStream = new Map<string, AnyFact[]>();
    for (const fact of facts) byStream.set(streamOfFact(fact), [...(byStream.get(streamOfFact(fact)) ?? []), fact]);
    const writes = [...byStream].map(([stream, own]) => ({
      stream,
      expected: expected.get(stream)!,
      events: own.map((fact, nth) => ({
        id: uuidV5(namespaces.event, `${commandId}\n${stream}\n${nth}`),
        type: fact.type,
        metadata: { actor: 'system', commandId, effectiveOn: on, version: String(fact.class.version) },
        data: fact.data,
      })),
    }));
    return (await store.append(appendOf(writes, []))).position;
  }
  const log: DivisionLog = {
    async read(streams) {
      return new Map([...(await store.read(streams))].map(([stream, events]) => [stream, events.map(revived)]));
    },
    async append(facts, expected, commandId) {
      await record(facts, expected, commandId, importedOn);
    },
  };
  async function happened(...facts: AnyFact[]): Promise<string> {
    const streams = await store.read([...new Set(facts.map(streamOfFact))]);
    const expected = new Map(facts.map(streamOfFact).map(stream => [stream, (streams.get(stream)?.length ?? 0) - 1]));
    commands += 1;
    const position = await record(facts, expected, uuidV5(namespaces.command, `spec ${commands}`), later);
    expect(await projector.caughtUpTo(position, 60_000)).toBe(true);
    return position;
  }

  const reader: Reader = {
    tables: <Tables>() => readingOf<Tables>(readers),
    moment: async asked => ({ ...now, ...asked }) satisfies Moment,
    open: () => Promise.reject(new Error('nothing is sealed here')),
    recorded: () => Promise.reject(new Error('no facts are shown here')),
    today: () => later,
  };
  async function look<Body>({ asks, answer }: AnyView, asked: object) {
    const looking: Partial<Looking<Reader>> = { reader };
    return (await answer(checkedQuery(asks, asked) as never, looking as never)) as { body: Body; revision?: number } | undefined;
  }
  const list = async (asked: object) => (await look<DivisionList>(divisionList, asked))!.body;
  const card = (divisionId: string, moment: object = {}) => look<DivisionCard>(divisionCard, { divisionId, ...moment });
  const names = ({ rows }: DivisionList) => rows.map(({ name }) => name);

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    readers = readingPool({ connectionString: database.url, max: 2 });
    await createLogSchema(pool as never);
    store = new PostgresEventStore({ connectionString: database.url });
    projector = new Projector({
      projections: [divisions],
      store,
      pool,
      open: async events =>
        events.map(event => {
          const { position, stream, revision, recordedAt, metadata } = event;
          const about = { position, stream, revision, recordedAt, on: metadata.effectiveOn!, actor: 'system' };
          return { fact: revived(event), about };
        }),
    });
    await importDivisions({ log });
    await projector.start();
    afterImport = await store.head();
    if (!(await projector.caughtUpTo(afterImport, 100_000))) throw new Error(JSON.stringify(projector.lag()));
  });

  afterAll(async () => {
    await projector.stop();
    await store.close();
    await readers.end();
    await pool.end();
    await database.drop();
  });

  test('a list says what is above each division, from the prefecture down', async () => {
    const { rows } = await list({ code: '222401002001' });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      path: '延边朝鲜族自治州 延吉市 北山街道',
      level: 'COMMUNITY',
      status: 'ACTIVE',
      successorIds: [],
    });
    expect((await list({ code: '222401002' })).rows[0]).toMatchObject({ name: '北山街道', path: '延边朝鲜族自治州 延吉市' });
    expect((await list({ code: '2224' })).rows[0]).toMatchObject({ path: '', parentId: id('22') });
    expect((await list({ code: '22' })).rows[0]).toMatchObject({ path: '', parentId: null });
  });

  test('a division is found by a part of its name, by pinyin and by initials', async () => {
    const township = { level: 'TOWNSHIP' };
    for (const name of ['北山街', 'beishanjie', 'Bei Shan', 'bsjd']) {
      expect(names(await list({ ...township, name }))).toContain('北山街道');
    }
    expect(names(await list({ name: '100%' }))).toEqual([]);
    expect(names(await list({ name: '_山街道' }))).toEqual([]);
  });

  test('a list is narrowed by place, level and kind, and ordered by code', async () => {
    const counties = await list({ parentId: id('2224') });
    expect(names(counties)).toEqual(['延吉市', '图们市', '敦化市', '珲春市', '龙井市', '和龙市', '汪清县', '安图县']);
    expect((await list({ kind: 'ETHNIC_TOWNSHIP', limit: '200' })).rows).toHaveLength(25);
    expect((await list({ level: 'PREFECTURE' })).rows).toHaveLength(9);
  });

  test('all divisions come page by page, each once', async () => {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: DivisionList = await list({ level: 'TOWNSHIP', limit: '200', ...(cursor ? { cursor } : {}) });
      seen.push(...page.rows.map(({ divisionId }) => divisionId));
      cursor = page.next;
    }
    expect(new Set(seen).size).toBe(1075);
    expect(seen).toHaveLength(1075);
  });

  test('a card counts what belongs to the division and bears the revision of its stream', async () => {
    const found = (await card(id('222401002')))!;
    const stream = `division-${id('222401002')}`;
    expect(found.revision).toBe((await store.read([stream])).get(stream)!.length - 1);
    expect(found.body).toMatchObject({ childCount: found.revision, formerNames: [], formerCodes: [], successors: [] });
    expect(await card(id('99'))).toBeUndefined();
  });

  test('a merged division is shown when it is asked for, with what it became, and as it was before', async () => {
    const [beishan, xinxing, yanji] = [id('222401002'), id('222401003'), id('222401')];
    const child = id('222401003001');
    await happened(
      new DivisionReparented({ divisionId: child, parentId: beishan }),
      new DivisionChildLeft({ divisionId: xinxing, childId: child }),
      new DivisionChildJoined({ divisionId: beishan, childId: child }),
      new DivisionMergedInto({ divisionId: xinxing, successorId: beishan, on: later }),
      new DivisionChildLeft({ divisionId: yanji, childId: xinxing }),
    );
    expect((await list({ code: '222401003' })).rows).toEqual([]);
    expect((await list({ code: '222401003', ended: 'true' })).rows[0]).toMatchObject({
      status: 'MERGED',
      successorIds: [beishan],
    });
    expect((await card(xinxing))!.body).toMatchObject({
      status: 'MERGED',
      endedOn: later,
      successors: [{ divisionId: beishan, code: '222401002', name: '北山街道' }],
    });
    expect((await card(beishan))!.body.predecessors).toMatchObject([{ divisionId: xinxing }]);
    expect((await list({ code: '222401003001' })).rows[0]!.path).toBe('延边朝鲜族自治州 延吉市 北山街道');

    for (const moment of [{ asOf: afterImport }, { effectiveOn: importedOn }]) {
      expect((await card(xinxing, moment))!.body).toMatchObject({ status: 'ACTIVE', endedOn: null, successors: [] });
      expect((await card(beishan, moment))!.body.predecessors).toEqual([]);
      const before = await list({ code: '222401003001', ...moment });
      expect(before.rows[0]!.path).not.toContain('北山街道');
    }
  });

  test('Gongzhuling is found by its old code and its old name', async () => {
    const gongzhuling = id('220184');
    await happened(
      new DivisionRecoded({ divisionId: gongzhuling, code: '220199' }),
      new DivisionRenamed({ divisionId: gongzhuling, name: '怀德市' }),
    );
    expect(names(await list({ code: '220184' }))).toEqual(['怀德市']);
    expect(names(await list({ name: '公主岭市', level: 'COUNTY' }))).toEqual(['怀德市']);
    expect(names(await list({ name: 'huaide', level: 'COUNTY' }))).toEqual(['怀德市']);
    expect((await card(gongzhuling))!.body).toMatchObject({ code: '220199', formerCodes: ['220184'], formerNames: ['公主岭市'] });
    expect((await card(gongzhuling, { asOf: afterImport }))!.body).toMatchObject({ name: '公主岭市', formerNames: [] });
  });

  test('the latest count is the population, whenever it was recorded', async () => {
    const divisionId = id('2201');
    const count = (population: number, countedOn: string) =>
      happened(new DivisionPopulationRecorded({ divisionId, population, countedOn, source: '人口普查' }));
    await count(9_066_906, '2020-11-01');
    await count(7_677_089, '2010-11-01');
    expect((await card(divisionId))!.body).toMatchObject({ population: 9_066_906, populationOn: '2020-11-01' });
  });

  test('the scope tree is made from the stored rows, of all times', async () => {
    const tree = new ScopeTree();
    tree.load(await reader.tables<{ division: TreeRow }>().selectFrom('division').selectAll().execute());
    expect(tree.rootId).toBe(id('22'));
    expect(tree.idsUnder(id('22'))).toHaveLength(13_014);
    expect(tree.covers(id('222401002'), id('222401003'))).toBe(true);
    expect(tree.nameOf(id('220184'))).toMatchObject({ code: '220199', name: '怀德市' });
  });
});
