import pg, { type Pool } from 'pg';
import type { AnyView, Looking } from '@lib/platform/cqrs/views.js';
import { appendOf, type NewEvent, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import type { Reach, Sight } from '@lib/platform/kernel/access.js';
import { revive, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { partsOf } from '@lib/platform/read-store/name-parts.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { readingOf, readingPool } from '@lib/platform/read-store/reading.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { ServiceStationOpened } from '@lib/service-network/service-station/service-station.events.js';
import { DivisionDefined } from '@lib/territory/division/division.events.js';
import { ScopeTree } from '@lib/territory/scope-tree.js';
import { CertificateRecorded, CertificateRejected, CertificateVerified } from '../certificate/certificate.events.js';
import { certificates } from '../certificate/certificate.views.js';
import { PostingEnded, PostingStarted } from '../posting/posting.events.js';
import { postings } from '../posting/posting.views.js';
import {
  WorkerContactUpdated,
  WorkerIdentityCorrected,
  WorkerRegistered,
  WorkerRetired,
  WorkerStatusChanged,
  WorkerSuspended,
} from './social-worker.events.js';
import { endOfRange, workerRegister, type WorkerRegister, type WorkerRegisterAsk } from './social-worker.register.views.js';
import { publicWorkerCheck, socialWorkers, workerCard, type PublicWorkerCheck, type WorkerCard } from './social-worker.views.js';

test('a name is found by any part of it', () => {
  expect(partsOf('李玉兰')).toEqual(['李', '李玉', '李玉兰', '玉', '玉兰', '兰']);
  expect(partsOf('𠮷田')).toEqual(['𠮷', '𠮷田', '田']);
});
test.each([
  ['li', 'lj'],
  ['liz', 'lj'],
  ['l9', 'la'],
  ['zz', undefined],
])('what begins with %s ends before %s', (start, end) => expect(endOfRange(start)).toBe(end));

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [province, city, street, village, farm] = [uuid(1), uuid(2), uuid(3), uuid(4), uuid(5)] as const;
const [danying, beishan] = [uuid(11), uuid(12)] as const;
const [li, wang, shan, anna, aliya] = [uuid(21), uuid(22), uuid(23), uuid(24), uuid(25)] as const;

const divisionNames = projection(
  {
    name: 'division',
    version: 1,
    temporal: true,
    columns: { divisionId: columns.uuid, parentId: nullable(columns.uuid), name: columns.text },
    key: ['divisionId'],
  },
  on => [
    on(
      DivisionDefined,
      ({ divisionId }) => ({ divisionId }),
      (_, { divisionId, parentId, name }) => ({ divisionId, parentId: parentId ?? null, name }),
    ),
  ],
);
const stationNames = projection(
  {
    name: 'serviceStation',
    version: 1,
    temporal: true,
    columns: { stationId: columns.uuid, name: columns.text },
    key: ['stationId'],
  },
  on => [
    on(
      ServiceStationOpened,
      ({ stationId }) => ({ stationId }),
      (_, { stationId, name }) => ({ stationId, name }),
    ),
  ],
);

const full: Sight = { name: 'full', phone: 'masked', idNumber: 'lastFour', address: 'full', notes: 'full' };
const masked: Sight = { name: 'masked', phone: 'none', idNumber: 'none', address: 'none', notes: 'none' };
const everywhere: Reach = { all: true, divisionIds: [], centerIds: [], stationIds: [] };
const within = (...divisionIds: string[]): Reach => ({ ...everywhere, all: false, divisionIds });

const division = (divisionId: string, name: string, parentId?: string) =>
  new DivisionDefined({ divisionId, code: '22', name, level: 'TOWNSHIP', kind: 'SUBDISTRICT', parentId, centreRequired: true });
const station = (stationId: string, name: string) =>
  new ServiceStationOpened({ stationId, centerId: uuid(9), name, communities: [], serviceFields: [], openedOn: '2026-01-01' });
const registered = (workerId: string, name: string, homeDivisionId: string, registeredOn: string, phone?: string) =>
  new WorkerRegistered({
    workerId,
    homeDivisionId,
    name,
    birthYear: 1980,
    idNumber: '34052419800101001X',
    phone,
    phoneTail: phone?.slice(-4),
    specialisms: name === '王小明' ? ['YOUTH'] : ['ELDERLY', 'YOUTH'],
    registeredOn,
  });

(hasPostgres ? describe : describe.skip)('the register on PostgreSQL', () => {
  const store = new MemoryEventStore();
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let readers: Pool;
  let projector: Projector;
  let reader: Reader;
  let events = 0;
  const tree = new ScopeTree();

  const record = async (on: string, ...facts: readonly AnyFact[]) => {
    const streams = new Map<string, NewEvent[]>();
    for (const fact of facts) {
      tree.apply(fact);
      const event = { id: uuid((events += 1) + 1_000), type: fact.type, metadata: { effectiveOn: on }, data: fact.data };
      streams.set(streamOfFact(fact), [...(streams.get(streamOfFact(fact)) ?? []), event]);
    }
    const known = await store.read([...streams.keys()]);
    const writes = [...streams].map(([stream, own]) => ({ stream, expected: (known.get(stream)?.length ?? 0) - 1, events: own }));
    const { position } = await store.append(appendOf(writes, []));
    if (!(await projector.caughtUpTo(position, 60_000))) throw new Error(JSON.stringify(projector.lag()));
    return position;
  };
  const looking = (sight: Sight, reach = everywhere): Looking<Reader> => ({
    reader,
    principal: { id: 'spec', name: 'spec' },
    reach,
    under: place => (tree.isRoot(place) ? undefined : tree.idsUnder(place)),
    sight,
    language: 'zh',
  });
  const ask = async <Body>(view: AnyView, question: object, sight = full, reach = everywhere) =>
    (await view.answer(question as never, looking(sight, reach) as never)) as { body: Body; revision?: number } | undefined;
  const list = async (question: WorkerRegisterAsk, sight = full, reach = everywhere) =>
    (await ask<WorkerRegister>(workerRegister, question, sight, reach))!.body;
  const names = async (question: WorkerRegisterAsk, sight = full, reach = everywhere) =>
    (await list(question, sight, reach)).rows.map(({ name }) => name);
  const card = (workerId: string, moment = {}, sight = full, reach = everywhere) =>
    ask<WorkerCard>(workerCard, { workerId, ...moment }, sight, reach);

  const opened = ({ type, data, position, stream, revision, recordedAt, metadata }: RecordedEvent) => ({
    fact: revive(type, 1, data),
    about: { position, stream, revision, recordedAt, on: metadata.effectiveOn!, actor: 'spec' },
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => undefined);
    readers = readingPool({ connectionString: database.url, max: 2 });
    const tables = readingOf<never>(readers);
    reader = {
      tables: () => tables as never,
      moment: async moment => moment,
      open: async values => values,
      recorded: async () => [],
      today: () => '2026-03-10',
    };
    projector = new Projector({
      projections: [socialWorkers, certificates, postings, divisionNames, stationNames],
      store,
      open: async page => page.map(opened),
      pool,
    });
    await projector.start();
    await record(
      '2026-01-01',
      division(province, '吉林省'),
      division(city, '延吉市', province),
      division(street, '北山街道', city),
      division(village, '丹英社区', street),
      division(farm, '农场', province),
      station(danying, '丹英社区社工服务站'),
      station(beishan, '北山社区社工服务站'),
    );
    await record('2026-01-05', registered(li, '李玉兰', street, '2026-01-05', '13843350000'));
    await record('2026-01-06', registered(wang, '王小明', village, '2026-01-06', '13943350001'));
    await record('2026-01-07', registered(shan, '单玉兰', farm, '2026-01-07'));
    await record('2026-01-08', registered(anna, 'Anna Li', city, '2026-01-08'));
    await record('2026-01-09', registered(aliya, '阿丽亚·买买提', farm, '2026-01-09'));
  });

  afterAll(async () => {
    await projector.stop();
    await readers.end();
    await pool.end();
    await database.drop();
  });

  test('a name is found by a part of it, by its pinyin and by its initials', async () => {
    expect(await names({ q: '玉兰' })).toEqual(['李玉兰', '单玉兰']);
    expect(await names({ q: '李' })).toEqual(['李玉兰']);
    expect(await names({ q: 'liyu' })).toEqual(['李玉兰']);
    expect(await names({ q: 'LYL' })).toEqual(['李玉兰']);
    expect(await names({ q: 'shan' })).toEqual(['单玉兰']);
    expect(await names({ q: 'anna li' })).toEqual(['Anna Li']);
    expect(await names({ q: '丽亚·买买提' })).toEqual(['阿丽亚·买买提']);
    expect(await names({ q: '买买提亚' })).toEqual([]);
    expect(await names({ q: '%' })).toEqual([]);
  });
  test('a phone is found by its last four, by those who may see it masked', async () => {
    expect(await names({ q: '0001' })).toEqual(['王小明']);
    expect(await names({ q: '0001' }, { ...full, phone: 'none' })).toEqual([]);
  });
  test('who sees masked names finds whole names only, and gets no order of names', async () => {
    expect(await names({ q: '玉兰' }, masked)).toEqual([]);
    expect(await names({ q: '李玉兰' }, masked)).toEqual(['李*']);
    const { rows, next } = await list({ sort: 'name', limit: 2 }, masked);
    expect(rows.map(({ registeredOn, phone }) => [registeredOn, phone])).toEqual([
      ['2026-01-05', null],
      ['2026-01-06', null],
    ]);
    expect(Buffer.from(next!, 'base64url').toString()).not.toContain('wang');
  });
  test('names are sorted as they are spelled, and pages go on where the one before ended', async () => {
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next! });
    const third = await list({ limit: 2, cursor: second.next! });
    expect([first, second, third].flatMap(({ rows }) => rows.map(({ name }) => name))).toEqual([
      '阿丽亚·买买提',
      'Anna Li',
      '李玉兰',
      '单玉兰',
      '王小明',
    ]);
    expect(third.next).toBeNull();
    expect(await names({ sort: 'registeredOn', direction: 'desc', limit: 2 })).toEqual(['阿丽亚·买买提', 'Anna Li']);
  });
  test('a place is everything under it, as far as it is in reach', async () => {
    expect(await names({ divisionId: city })).toEqual(['Anna Li', '李玉兰', '王小明']);
    expect(await names({ divisionId: village })).toEqual(['王小明']);
    expect(await names({ divisionId: province })).toHaveLength(5);
    expect(await names({ divisionId: uuid(99) })).toEqual([]);
    expect(await names({ divisionId: city }, full, within(street, village))).toEqual(['李玉兰', '王小明']);
    expect(await names({ divisionId: province }, full, within(farm))).toEqual(['阿丽亚·买买提', '单玉兰']);
    expect(await names({}, full, within(farm))).toEqual(['阿丽亚·买买提', '单玉兰']);
    expect(await names({}, full, within())).toEqual([]);
  });
  test('a row says where the worker is at home and posted, with a masked phone', async () => {
    await record('2026-02-01', new PostingStarted({ workerId: li, stationId: danying, kind: 'PRIMARY', from: '2026-02-01' }));
    const [row] = (await list({ posted: true })).rows;
    expect(row).toEqual({
      workerId: li,
      name: '李玉兰',
      level: null,
      status: 'UNCERTIFIED',
      stage: 'ACTIVE',
      homeDivisionId: street,
      homeDivisionName: '北山街道',
      stationId: danying,
      stationName: '丹英社区社工服务站',
      phone: '138****0000',
      registeredOn: '2026-01-05',
    });
    expect(await names({ stationId: danying })).toEqual(['李玉兰']);
    expect(await names({ posted: false })).toHaveLength(4);
  });
  test('postings are periods: as they were on a day, and as they were known at a position', async () => {
    await record(
      '2026-02-10',
      new PostingStarted({ workerId: li, stationId: beishan, kind: 'ACTING', from: '2026-02-10', until: '2026-03-10' }),
    );
    const before = await record(
      '2026-02-20',
      new PostingEnded({ workerId: li, stationId: danying, kind: 'PRIMARY', until: '2026-02-20' }),
    );
    await record('2026-02-25', new PostingStarted({ workerId: li, stationId: danying, kind: 'PRIMARY', from: '2026-02-25' }));
    const periods = async (moment = {}) =>
      (await card(li, moment))!.body.postings.map(({ stationName, kind, from, until }) => [stationName, kind, from, until]);
    const [danyings, beishans] = ['丹英社区社工服务站', '北山社区社工服务站'];
    expect(await periods()).toEqual([
      [danyings, 'PRIMARY', '2026-02-25', null],
      [beishans, 'ACTING', '2026-02-10', null],
      [danyings, 'PRIMARY', '2026-02-01', '2026-02-20'],
    ]);
    expect(await periods({ asOf: before })).toEqual([
      [beishans, 'ACTING', '2026-02-10', null],
      [danyings, 'PRIMARY', '2026-02-01', '2026-02-20'],
    ]);
    expect(await periods({ effectiveOn: '2026-02-22' })).toEqual([[beishans, 'ACTING', '2026-02-10', null]]);
    expect(await periods({ effectiveOn: '2026-02-05' })).toEqual([[danyings, 'PRIMARY', '2026-02-01', '2026-02-20']]);
    expect((await card(li))!.body.postings[1]!.plannedUntil).toBe('2026-03-10');
    expect(await names({ stationId: danying })).toEqual(['李玉兰']);
  });
  test('level and status follow the facts, and the card carries the revision of the own stream', async () => {
    const [certificateId, certificateKeyId] = [uuid(31), uuid(32)] as const;
    await record(
      '2026-03-01',
      new CertificateRecorded({
        certificateId,
        workerId: wang,
        certificateKeyId,
        level: 'SENIOR',
        number: 'G-1',
        passedOn: '2024-06-15',
        reviewedOn: '2025-01-10',
      }),
    );
    expect((await ask<PublicWorkerCheck>(publicWorkerCheck, { name: '王小明', certificateNumber: 'G-1' }))!.body).toEqual({
      registered: false,
      validity: null,
      checkedOn: '2026-03-10',
      level: null,
      status: null,
    });
    await record(
      '2026-03-02',
      new CertificateVerified({ certificateId, workerId: wang, on: '2026-03-02' }),
      new WorkerStatusChanged({ workerId: wang, status: 'CERTIFIED', level: 'SENIOR' }),
    );
    expect(await names({ level: 'SENIOR', status: 'CERTIFIED', stage: 'ACTIVE', specialism: 'YOUTH' })).toEqual(['王小明']);
    expect(await names({ specialism: 'ELDERLY' })).not.toContain('王小明');
    const { body, revision } = (await card(wang))!;
    expect(revision).toBe(1);
    expect(body).toMatchObject({
      name: '王小明',
      birthYear: 1980,
      idNumber: '**************001X',
      phone: '139****0001',
      homeDivisionName: '丹英社区',
      level: 'SENIOR',
    });
    expect(body.certificates).toEqual([
      {
        certificateId,
        level: 'SENIOR',
        number: 'G-1',
        passedOn: '2024-06-15',
        reviewedOn: '2025-01-10',
        issuedBy: null,
        stage: 'VERIFIED',
        judgedOn: '2026-03-02',
      },
    ]);
  });
  test('a card shows no more than the sight of its reader, and nothing beyond reach', async () => {
    const { body } = (await card(wang, {}, masked))!;
    expect(body).toMatchObject({ name: '王*', birthYear: null, idNumber: null, phone: null });
    expect(body.certificates[0]!.number).toBeNull();
    expect(await card(wang, {}, full, within(farm))).toBeUndefined();
    expect(await card(uuid(99))).toBeUndefined();
  });
  test('the public asks an exact question and hears no more than yes or no, level and status', async () => {
    const check = async (name: string, certificateNumber: string) =>
      (await ask<PublicWorkerCheck>(publicWorkerCheck, { name, certificateNumber }, masked, within()))!.body;
    const no = { registered: false, level: null, status: null, validity: null, checkedOn: '2026-03-10' };
    expect(await check('王小明', 'G-1')).toEqual({
      ...no,
      registered: true,
      level: 'SENIOR',
      status: 'CERTIFIED',
      validity: 'VALID',
    });
    expect(await check('王小', 'G-1')).toEqual(no);
    expect(await check('王小明', 'G-2')).toEqual(no);
    await record('2026-03-03', new WorkerSuspended({ workerId: wang, from: '2026-03-03', reason: '投诉' }));
    expect(await check('王小明', 'G-1')).toEqual(no);
  });
  test('corrections show: a new name is found, the old one is not', async () => {
    await record('2026-03-04', new WorkerIdentityCorrected({ workerId: shan, name: '单玉岚' }));
    await record('2026-03-04', new WorkerContactUpdated({ workerId: shan, phone: '15043350002', phoneTail: '0002' }));
    await record('2026-03-04', new WorkerRetired({ workerId: shan, on: '2026-03-04' }));
    expect(await names({ q: '单玉兰' })).toEqual([]);
    expect(await names({ q: '岚', stage: 'RETIRED' })).toEqual(['单玉岚']);
    expect(await names({ q: '0002' })).toEqual(['单玉岚']);
  });
  test('a rejected certificate stays on the card and proves nothing', async () => {
    const certificateId = uuid(33);
    await record(
      '2026-03-05',
      new CertificateRecorded({
        certificateId,
        workerId: li,
        certificateKeyId: uuid(34),
        level: 'ASSISTANT',
        number: 'Z-1',
        passedOn: '2020-06-15',
      }),
    );
    await record('2026-03-05', new CertificateRejected({ certificateId, workerId: li, on: '2026-03-05' }));
    expect((await card(li))!.body.certificates[0]!.stage).toBe('REJECTED');
    expect((await ask<PublicWorkerCheck>(publicWorkerCheck, { name: '李玉兰', certificateNumber: 'Z-1' }))!.body.registered).toBe(
      false,
    );
  });
  test('an erased person is in no table', async () => {
    const erased = new WorkerRegistered({
      workerId: uuid(41),
      homeDivisionId: farm,
      name: '',
      birthYear: 0,
      idNumber: '',
      specialisms: [],
      registeredOn: '2026-03-06',
    });
    const number = new CertificateRecorded({
      certificateId: uuid(42),
      workerId: uuid(41),
      certificateKeyId: uuid(43),
      level: 'ASSISTANT',
      number: '',
      passedOn: '2020-06-15',
    });
    await record(
      '2026-03-06',
      erased,
      number,
      new WorkerStatusChanged({ workerId: uuid(41), status: 'CERTIFIED', level: 'ASSISTANT' }),
    );
    expect(await card(uuid(41))).toBeUndefined();
    expect((await pool.query('select from read.certificate where certificate_id = $1', [uuid(42)])).rowCount).toBe(0);
  });
});
