import { randomUUID } from 'node:crypto';
import pg, { type Pool } from 'pg';
import type { Reach, Sight } from '@lib/platform/kernel/access.js';
import { Refusal } from '@lib/platform/kernel/decision.js';
import { revive, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import type { Answer, AnyView, Looking } from '@lib/platform/cqrs/views.js';
import { appendOf, type NewEvent, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { OfficeReader } from '@lib/platform/read-store/office-reader.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import { readingPool } from '@lib/platform/read-store/reading.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { after, circumstances, today } from '@lib/platform/testing/given.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { ServiceCenterEstablished } from '@lib/service-network/service-center/service-center.events.js';
import { ServiceStationOpened } from '@lib/service-network/service-station/service-station.events.js';
import { DivisionDefined, DivisionMergedInto, DivisionRenamed } from '@lib/territory/division/division.events.js';
import { ScopeTree } from '@lib/territory/scope-tree.js';
import {
  linkVolunteer,
  setPrimaryStation,
  transferVolunteer,
  unlinkVolunteer,
} from '../volunteer-link/volunteer-link.commands.js';
import {
  PrimaryStationSet,
  VolunteerLinkedToStation,
  VolunteerTransferred,
  VolunteerUnlinked,
} from '../volunteer-link/volunteer-link.events.js';
import { centerStanding, stationStanding, volunteerLinks } from '../volunteer-link/volunteer-link.js';
import {
  stationVolunteers,
  volunteerLinkEnds,
  volunteerLinkPeriods,
  type StationVolunteersRow,
  type VolunteerLinkRow,
} from '../volunteer-link/volunteer-link.views.js';
import { volunteerNoOf } from './volunteer.commands.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerRegistered,
  VolunteerSkillRecorded,
  VolunteerSuspended,
  VolunteerWithdrawn,
} from './volunteer.events.js';
import { volunteer } from './volunteer.js';
import { volunteerRegister, type VolunteerRegister } from './volunteer.register.views.js';
import { volunteerCard, volunteers, type VolunteerCard, type VolunteerTables } from './volunteer.views.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [province, county, street, elsewhere, mergedStreet] = [1, 2, 3, 4, 5].map(uuid) as [string, string, string, string, string];
const [center, otherCenter, danying, beishan, jinxue] = [11, 12, 13, 14, 15].map(uuid) as [
  string,
  string,
  string,
  string,
  string,
];
const [jin, li, zhang, piao] = [21, 22, 23, 24].map(uuid) as [string, string, string, string];

// What volunteering reads of the rows of others; theirs have more columns.
const divisions = projection(
  {
    name: 'division',
    version: 1,
    temporal: true,
    columns: {
      divisionId: columns.uuid,
      name: columns.text,
      parentId: nullable(columns.uuid),
      successorIds: columns.uuids,
    },
    key: ['divisionId'],
    indexes: [{ columns: ['parentId'] }, { columns: ['successorIds'], kind: 'array' }],
  },
  on => {
    const own = ({ divisionId }: { readonly divisionId: string }) => ({ divisionId });
    return [
      on(DivisionDefined, own, (_, { divisionId, name, parentId }) => ({
        divisionId,
        name,
        parentId: parentId ?? null,
        successorIds: [],
      })),
      on(DivisionRenamed, own, (row, { name }) => row && { ...row, name }),
      on(DivisionMergedInto, own, (row, { successorId }) => row && { ...row, successorIds: [successorId] }),
    ];
  },
);
const centers = projection(
  {
    name: 'serviceCenter',
    version: 1,
    temporal: true,
    columns: { centerId: columns.uuid, divisionId: columns.uuid },
    key: ['centerId'],
    indexes: [{ columns: ['divisionId'] }],
  },
  on => [
    on(
      ServiceCenterEstablished,
      ({ centerId }) => ({ centerId }),
      (_, { centerId, divisionId }) => ({ centerId, divisionId }),
    ),
  ],
);
const stations = projection(
  {
    name: 'serviceStation',
    version: 1,
    temporal: true,
    columns: { stationId: columns.uuid, centerId: columns.uuid, name: columns.text },
    key: ['stationId'],
    indexes: [{ columns: ['centerId'] }],
  },
  on => [
    on(
      ServiceStationOpened,
      ({ stationId }) => ({ stationId }),
      (_, { stationId, centerId, name }) => ({ stationId, centerId, name }),
    ),
  ],
);

const division = (divisionId: string, name: string, parentId?: string) =>
  new DivisionDefined({
    divisionId,
    code: '22',
    name,
    level: 'TOWNSHIP',
    kind: 'SUBDISTRICT',
    parentId,
    centreRequired: true,
  });
const established = (centerId: string, divisionId: string) =>
  new ServiceCenterEstablished({ centerId, divisionId, name: '中心', establishedOn: today });
const opened = (stationId: string, centerId: string, name: string) =>
  new ServiceStationOpened({ stationId, centerId, name, communities: [], serviceFields: [], openedOn: today });

const registered = (volunteerId: string, name: string, phone: string, homeDivisionId = street, registeredOn = today) =>
  new VolunteerRegistered({
    volunteerId,
    homeDivisionId,
    name,
    birthYear: 1949,
    idNumber: '11010519491231002X',
    phone,
    phoneTail: phone.slice(-4),
    skills: ['COOKING'],
    fields: ['ELDERLY'],
    registeredOn,
    personKeyId: uuid(99),
  });
const accepted = (volunteerId: string) =>
  new VolunteerAccepted({ volunteerId, volunteerNo: volunteerNoOf(volunteerId), on: today });

const everywhere: Reach = { all: true, divisionIds: [], centerIds: [], stationIds: [] };
const within = (...divisionIds: string[]): Reach => ({ ...everywhere, all: false, divisionIds });
const staffSight: Sight = { name: 'full', phone: 'masked', idNumber: 'lastFour', address: 'full', notes: 'full' };
const oversightSight: Sight = { name: 'masked', phone: 'none', idNumber: 'none', address: 'none', notes: 'full' };
const blind: Sight = { name: 'none', phone: 'none', idNumber: 'none', address: 'none', notes: 'none' };

const opening = async (events: readonly RecordedEvent[]) =>
  events.map(({ type, data, position, stream, revision, recordedAt, metadata }) => ({
    fact: revive(type, 1, data),
    about: { position, stream, revision, recordedAt, on: metadata.effectiveOn!, actor: metadata.actor! },
  }));

(hasPostgres ? describe : describe.skip)('the views of volunteers, on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let readers: Pool;
  let store: MemoryEventStore;
  let projector: Projector;
  let reader: Reader;
  const revisions = new Map<string, number>();

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    readers = readingPool({ connectionString: database.url, max: 2 });
    for (const each of [pool, readers]) each.on('error', () => undefined);
    store = new MemoryEventStore();
    projector = new Projector({
      projections: [divisions, centers, stations, volunteers, volunteerLinkPeriods, volunteerLinkEnds, stationVolunteers],
      store,
      open: opening,
      pool,
      pollEvery: 5,
    });
    await projector.start();
    const office = new OfficeReader({ pool: readers, store, keyRing: undefined as never, clock: Date.now });
    // Nothing was sealed here, so nothing need be opened.
    reader = {
      tables: () => office.tables(),
      moment: asked => office.moment(asked),
      open: async values => values,
      recorded: positions => office.recorded(positions),
      today: () => office.today(),
    };
  });

  afterAll(async () => {
    await projector.stop();
    await readers.end();
    await pool.end();
    await database.drop();
  });

  const tree = new ScopeTree();

  /** One append. @returns its position */
  async function record(on: string, ...facts: AnyFact[]): Promise<string> {
    const streams = new Map<string, NewEvent[]>();
    for (const fact of facts) {
      tree.apply(fact);
      const events = streams.get(streamOfFact(fact)) ?? [];
      streams.set(streamOfFact(fact), events);
      const metadata = { effectiveOn: on, actor: 'me' };
      events.push({ id: randomUUID(), type: fact.type, metadata, data: JSON.parse(JSON.stringify(fact.data)) });
    }
    const writes = [...streams].map(([stream, events]) => ({ stream, expected: revisions.get(stream) ?? -1, events }));
    const { position } = await store.append(appendOf(writes, []));
    for (const { stream, expected, events } of writes) revisions.set(stream, expected + events.length);
    return position;
  }

  const caughtUp = async () => {
    const isThere = await projector.caughtUpTo(await store.head(), 60_000);
    expect(projector.lag().flatMap(({ name, error }) => (error ? [`${name}: ${error}`] : []))).toEqual([]);
    expect(isThere).toBe(true);
  };

  const look = async <Body>(view: AnyView, ask: object, looking: Partial<Looking<Reader>> = {}) => {
    const under = (place: string) => (tree.isRoot(place) ? undefined : tree.idsUnder(place));
    const usual = { reader, principal: { id: 'me', name: 'me' }, reach: everywhere, under, sight: staffSight, language: 'zh' };
    const answer = await view.answer(ask as never, { ...usual, ...looking } as never);
    return answer as Answer<object> as { body: Body; revision?: number } | undefined;
  };
  const register = async (ask: object, looking: Partial<Looking<Reader>> = {}) =>
    (await look<VolunteerRegister>(volunteerRegister, ask, looking))!.body;
  const names = async (ask: object, looking: Partial<Looking<Reader>> = {}) =>
    (await register(ask, looking)).rows.map(({ name }) => name);
  const card = (ask: object, looking: Partial<Looking<Reader>> = {}) => look<VolunteerCard>(volunteerCard, ask, looking);

  const link = (volunteerId: string, stationId: string, from: string, primary: boolean) =>
    new VolunteerLinkedToStation({ volunteerId, stationId, from, primary });
  let early: string;

  beforeAll(async () => {
    await record(
      '2026-01-01',
      division(province, '吉林省'),
      division(county, '延吉市', province),
      division(street, '北山街', county),
      division(elsewhere, '进学街道', county),
      division(mergedStreet, '旧街道', county),
    );
    // A temporal row of its own: what is joined must be the one of today.
    await record('2026-01-15', new DivisionRenamed({ divisionId: street, name: '北山街道' }));
    await record('2026-01-15', new DivisionMergedInto({ divisionId: mergedStreet, successorId: elsewhere, on: '2026-01-15' }));
    await record(
      '2026-01-01',
      established(center, street),
      established(otherCenter, elsewhere),
      opened(danying, center, '丹英'),
      opened(beishan, center, '北山'),
      opened(jinxue, otherCenter, '进学'),
    );
    await record(
      '2026-01-20',
      registered(jin, '金顺姬', '13843350002', street, '2026-01-20'),
      registered(li, '李玉兰', '13843350003', elsewhere, '2026-01-19'),
    );
    await record(
      '2026-01-21',
      registered(zhang, '张伟', '13843350004', mergedStreet, '2026-01-21'),
      registered(piao, '朴哲', '13843350005', street, '2026-01-22'),
    );
    await record('2026-01-22', accepted(jin), accepted(li), accepted(zhang));
    await record('2026-01-22', new VolunteerSkillRecorded({ volunteerId: jin, skill: 'TRANSLATION_KOREAN' }));
    await record('2026-01-22', new VolunteerAvailabilityDeclared({ volunteerId: jin, slots: ['SATURDAY_MORNING'] }));
    await record('2026-02-01', link(jin, danying, '2026-02-01', true));
    await record('2026-02-05', link(jin, beishan, '2026-02-05', false));
    early = await record('2026-02-05', link(li, danying, '2026-02-05', true));
    await record(
      '2026-02-10',
      new PrimaryStationSet({ volunteerId: jin, stationId: beishan, formerStationId: danying, from: '2026-02-10' }),
    );
    await record(
      '2026-02-20',
      new VolunteerUnlinked({ volunteerId: jin, stationId: danying, until: '2026-02-20', because: 'OWN_WISH', primary: false }),
    );
    await record('2026-02-25', link(jin, danying, '2026-02-25', false));
    await record('2026-02-26', link(zhang, danying, '2026-02-26', true));
    await record(
      '2026-02-26',
      new VolunteerUnlinked({ volunteerId: zhang, stationId: danying, until: '2026-02-26', because: 'OTHER', primary: true }),
    );
    await record('2026-02-27', new VolunteerSuspended({ volunteerId: zhang, from: '2026-02-27', reason: '投诉' }));
    await caughtUp();
  });

  test('the register shows who serves where, by pinyin', async () => {
    const { rows, next } = await register({});
    expect(next).toBeNull();
    expect(rows.map(({ name }) => name)).toEqual(['金顺姬', '李玉兰', '朴哲', '张伟']);
    expect(rows[0]).toEqual({
      volunteerId: jin,
      volunteerNo: volunteerNoOf(jin),
      name: '金顺姬',
      stage: 'ACCEPTED',
      skills: ['COOKING', 'TRANSLATION_KOREAN'],
      fields: ['ELDERLY'],
      availability: ['SATURDAY_MORNING'],
      homeDivisionId: street,
      homeDivisionName: '北山街道',
      primaryStationId: beishan,
      primaryStationName: '北山',
      stations: 2,
      phone: '138****0002',
      registeredOn: '2026-01-20',
    });
    expect(rows[2]).toMatchObject({ volunteerNo: null, stage: 'APPLIED', primaryStationId: null, stations: 0 });
  });
  test('a volunteer is found by name, pinyin, initials, the last four of the phone, or number', async () => {
    for (const q of ['顺姬', 'jinsh', 'Jin Shun', 'jsj', '0002', volunteerNoOf(jin), volunteerNoOf(jin).toLowerCase()]) {
      expect([q, await names({ q })]).toEqual([q, ['金顺姬']]);
    }
    for (const q of ['%', '_', '兰玉', 'unji', '0000', 'V00000000']) expect([q, await names({ q })]).toEqual([q, []]);
  });
  test('filters narrow the register down', async () => {
    expect(await names({ stage: 'APPLIED' })).toEqual(['朴哲']);
    expect(await names({ skill: 'TRANSLATION_KOREAN' })).toEqual(['金顺姬']);
    expect(await names({ field: 'YOUTH' })).toEqual([]);
    expect(await names({ field: 'ELDERLY', availability: 'SATURDAY_MORNING' })).toEqual(['金顺姬']);
    expect(await names({ stationId: danying })).toEqual(['金顺姬', '李玉兰']);
    expect(await names({ linked: true })).toEqual(['金顺姬', '李玉兰']);
    expect(await names({ linked: false })).toEqual(['朴哲', '张伟']);
    expect(await names({ divisionId: street })).toEqual(['金顺姬', '朴哲']);
    expect(await names({ divisionId: elsewhere })).toEqual(['李玉兰', '张伟']);
    expect(await names({ divisionId: province })).toHaveLength(4);
  });
  test('pages follow each other, in both directions of both orders', async () => {
    for (const sort of ['name', 'registeredOn']) {
      for (const direction of ['asc', 'desc']) {
        const whole = await names({ sort, direction });
        const seen: (string | null)[] = [];
        let cursor: string | undefined;
        do {
          const page = await register({ sort, direction, limit: 1, cursor });
          seen.push(...page.rows.map(({ name }) => name));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(whole);
        expect(seen).toHaveLength(4);
      }
    }
  });
  test('in reach is who lives there and who serves a station there', async () => {
    expect(await names({}, { reach: within(street) })).toEqual(['金顺姬', '李玉兰', '朴哲']);
    expect(await names({}, { reach: within(elsewhere) })).toEqual(['李玉兰']);
    expect(await names({}, { reach: within() })).toEqual([]);
    expect(await names({ divisionId: county }, { reach: within(elsewhere) })).toEqual(['李玉兰']);
    expect(await names({ divisionId: county }, { reach: within() })).toEqual([]);
    expect(await card({ volunteerId: jin }, { reach: within(elsewhere) })).toBeUndefined();
    expect(await card({ volunteerId: li }, { reach: within(street) })).toBeDefined();
  });
  test('who sees masked names finds no parts of them, and gets no order and no cursor that spells them', async () => {
    const looking = { sight: oversightSight };
    const page = await register({ sort: 'name', limit: 1 }, looking);
    expect(page.rows[0]).toMatchObject({ name: '李*', phone: null });
    expect(Buffer.from(page.next!, 'base64url').toString()).not.toMatch(/liyulan|李玉兰/);
    expect(await names({ q: '顺姬' }, looking)).toEqual([]);
    expect(await names({ q: 'jsj' }, looking)).toEqual([]);
    expect(await names({ q: '0002' }, looking)).toEqual([]);
    expect(await names({ q: '金顺姬' }, looking)).toEqual(['金*']);
    expect(await names({ q: '金顺姬' }, { sight: blind })).toEqual([]);
    expect(await names({ q: volunteerNoOf(jin) }, { sight: blind })).toEqual([null]);
  });

  test('the card shows identity as far as it may be seen', async () => {
    expect(await card({ volunteerId: jin })).toMatchObject({
      revision: 3,
      body: {
        name: '金顺姬',
        birthYear: 1949,
        idNumber: '**************002X',
        phone: '138****0002',
        homeDivisionName: '北山街道',
      },
    });
    expect((await card({ volunteerId: jin }, { sight: oversightSight }))?.body).toMatchObject({
      name: '金*',
      birthYear: null,
      idNumber: null,
      phone: null,
    });
    expect(await card({ volunteerId: uuid(404) })).toBeUndefined();
  });
  test('links are periods: with their end, their reason, and when they were the primary one', async () => {
    expect((await card({ volunteerId: jin }))?.body.links).toEqual([
      {
        stationId: danying,
        stationName: '丹英',
        from: '2026-02-25',
        until: null,
        primary: false,
        primaryPeriods: [],
        because: null,
      },
      {
        stationId: beishan,
        stationName: '北山',
        from: '2026-02-05',
        until: null,
        primary: true,
        primaryPeriods: [{ from: '2026-02-10', until: null }],
        because: null,
      },
      {
        stationId: danying,
        stationName: '丹英',
        from: '2026-02-01',
        until: '2026-02-20',
        primary: false,
        primaryPeriods: [{ from: '2026-02-01', until: '2026-02-10' }],
        because: 'OWN_WISH',
      },
    ]);
  });
  test('a link that ended on its first day is shown as such, and counts nowhere', async () => {
    const [period, ...others] = (await card({ volunteerId: zhang }))!.body.links;
    expect(others).toEqual([]);
    expect(period).toMatchObject({ from: '2026-02-26', until: '2026-02-26', because: 'OTHER' });
    expect((await card({ volunteerId: zhang, effectiveOn: '2026-02-26' }))?.body.links).toEqual([]);
  });
  test('links are shown as they were on a day, and as they were known then', async () => {
    const onDay = async (effectiveOn: string) =>
      (await card({ volunteerId: jin, effectiveOn }))!.body.links.map(({ stationId, primary }) => [stationId, primary]);
    expect(await onDay('2026-01-31')).toEqual([]);
    expect(await onDay('2026-02-07')).toEqual([
      [beishan, false],
      [danying, true],
    ]);
    expect(await onDay('2026-02-22')).toEqual([[beishan, true]]);
    const known = (await card({ volunteerId: jin, asOf: early }))!.body.links;
    expect(known.map(({ stationId, from, until, primary, because }) => [stationId, from, until, primary, because])).toEqual([
      [beishan, '2026-02-05', null, false, null],
      [danying, '2026-02-01', null, true, null],
    ]);
  });
  test('who withdraws or is transferred is counted at the station no more', async () => {
    await record(
      '2026-03-01',
      new VolunteerTransferred({ volunteerId: li, fromStationId: danying, toStationId: jinxue, on: '2026-03-01', primary: true }),
    );
    await record('2026-03-01', new VolunteerWithdrawn({ volunteerId: zhang, on: '2026-03-01', because: 'OWN_WISH' }));
    await caughtUp();
    const counts = await reader
      .tables<{ stationVolunteers: StationVolunteersRow }>()
      .selectFrom('stationVolunteers')
      .selectAll()
      .orderBy('stationId')
      .execute();
    expect(counts).toEqual([
      { stationId: danying, activeLinks: 1, primaryLinks: 0 },
      { stationId: beishan, activeLinks: 1, primaryLinks: 1 },
      { stationId: jinxue, activeLinks: 1, primaryLinks: 1 },
    ]);
    expect((await card({ volunteerId: li }))?.body.links.map(({ stationId, because }) => [stationId, because])).toEqual([
      [jinxue, null],
      [danying, 'TRANSFERRED'],
    ]);
    expect((await card({ volunteerId: zhang }))?.body.stage).toBe('WITHDRAWN');
  });

  test('what is read is what was decided: links, primary marks and counts, however acts were dated', async () => {
    // The same pseudo-random acts in every run.
    let seed = 7;
    const below = (limit: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % limit;
    };
    const ids = Array.from({ length: 40 }, (_, nth) => uuid(1_000 + nth));
    const places = Array.from({ length: 5 }, (_, nth) => uuid(2_000 + nth));
    const days = ['2026-02-20', '2026-02-21', '2026-02-25', today];
    const center = centerStanding.initial;
    const station = after(stationStanding, opened(danying, otherCenter, '丹英'));
    const person = after(volunteer, registered(jin, '金顺姬', '13843350002'), accepted(jin));
    const facts = new Map<string, AnyFact[]>(ids.map(id => [id, []]));

    await record(today, ...ids.map((id, nth) => registered(id, '金顺姬', `1384336${1_000 + nth}`)));
    for (let act = 0; act < 1_500; act += 1) {
      const volunteerId = ids[below(ids.length)]!;
      const [stationId, to] = [places[below(5)]!, places[below(5)]!];
      const on = days[below(4)]!;
      const links = after(volunteerLinks, ...facts.get(volunteerId)!);
      const states = { links, volunteer: person, station, center, fromStation: station, toStation: station };
      const when = { ...circumstances, on };
      const acts = [
        () => linkVolunteer({ volunteerId, stationId, primary: below(2) === 0 }, states, when),
        () => unlinkVolunteer({ volunteerId, stationId }, states, when),
        () => setPrimaryStation({ volunteerId, stationId }, states, when),
        () => transferVolunteer({ volunteerId, fromStationId: stationId, toStationId: to }, states, when),
      ];
      try {
        const decided = acts[below(acts.length)]!();
        if (decided.length > 0) await record(on, ...decided);
        facts.get(volunteerId)!.push(...decided);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    await caughtUp();

    const tables = reader.tables<{ volunteerLink: VolunteerLinkRow; stationVolunteers: StationVolunteersRow }>();
    const rows = await tables
      .selectFrom('volunteerLink')
      .where('volunteerId', 'in', ids)
      .where('recordedUntil', 'is', null)
      .where('effectiveUntil', 'is', null)
      .select(['volunteerId', 'stationId', 'isPrimary', 'since'])
      .execute();
    const found = rows.map(({ volunteerId, stationId, isPrimary, since }) => `${volunteerId} ${stationId} ${isPrimary} ${since}`);
    const decided = [...facts].flatMap(([volunteerId, own]) =>
      after(volunteerLinks, ...own).active.map(
        ({ stationId, primary, from }) => `${volunteerId} ${stationId} ${primary} ${from}`,
      ),
    );
    expect(decided.length).toBeGreaterThan(50);
    expect(found.sort()).toEqual(decided.sort());
    const served = await reader
      .tables<VolunteerTables>()
      .selectFrom('volunteer')
      .where('volunteerId', 'in', ids)
      .select(['volunteerId', 'stationIds', 'primaryStationId', 'revision'])
      .execute();
    expect(served.every(({ revision }) => revision === 0)).toBe(true);
    const inRegister = served.flatMap(({ volunteerId, stationIds, primaryStationId }) =>
      stationIds.map(stationId => `${volunteerId} ${stationId} ${stationId === primaryStationId}`),
    );
    expect(inRegister.sort()).toEqual(decided.map(one => one.split(' ').slice(0, 3).join(' ')));
    const counts = await tables.selectFrom('stationVolunteers').where('stationId', 'in', places).selectAll().execute();
    for (const { stationId, activeLinks, primaryLinks } of counts) {
      const there = decided.filter(one => one.split(' ')[1] === stationId);
      expect([activeLinks, primaryLinks]).toEqual([there.length, there.filter(one => one.split(' ')[2] === 'true').length]);
    }
    expect(counts.length).toBe(5);
  });
});
