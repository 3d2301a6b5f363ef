import { createHmac, randomUUID } from 'node:crypto';
import request from 'supertest';
import { RegisterSubscriber } from '@lib/access/subscription/subscription.commands.js';
import { roleNames, type RoleName } from '@lib/access/account/account.events.js';
import { office } from '@lib/house/office.js';
import { routeOf } from '@lib/house/route-of.js';
import { anyone } from '@lib/platform/cqrs/by.js';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import type { FiledCommand } from '@lib/platform/cqrs/module-table.js';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { RenameServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { SetStationServiceFields } from '@lib/service-network/service-station/service-station.commands.js';
import { DeclareAvailability, RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import { CorrectWorkerIdentity, RegisterWorker, SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import {
  beishan,
  communitiesOf,
  furnish,
  idNumber,
  openTestHouse,
  password,
  phone,
  place,
  yongchang,
  type AccountName,
  type Furnished,
  type TestHouse,
} from './open-house.js';

const rows = office.flatMap(({ commands }) => commands);
const views = office.flatMap(module => module.views);
const isOpen = (by: readonly { readonly role: string }[]) => by.some(({ role }) => role === anyone.role);

const accountHere: Readonly<Record<RoleName, AccountName>> = {
  oversight: 'authority',
  registrar: 'registrar',
  centerStaff: 'staff',
  stationWorker: 'worker',
  auditor: 'auditor',
};
const accountThere: Readonly<Record<RoleName, AccountName>> = {
  oversight: 'otherOversight',
  registrar: 'otherRegistrar',
  centerStaff: 'otherStaff',
  stationWorker: 'otherWorker',
  auditor: 'otherAuditor',
};

/** Who has that role where a command happens: subscribers are the business of the whole province. */
const accountFor = ({ at }: FiledCommand, role: RoleName): AccountName =>
  at === 'subscriptions' && role === 'registrar' ? 'provinceRegistrar' : accountHere[role];

type Fields = Record<string, unknown>;

/** A body of every command that is right in itself; what it speaks of lies here. */
function commandsHere(here: Furnished, subscriptionId: string): Readonly<Record<string, Fields>> {
  const { centerId, stationId, secondStationId, workerId, freeWorkerId, volunteerId, applicantId, certificateId } = here;
  const divisionId = place(beishan);
  const [, , third, fourth] = communitiesOf(beishan);
  const reason = '说明';
  return {
    EstablishServiceCenter: { centerId: randomUUID(), divisionId, name: '中心' },
    RenameServiceCenter: { centerId, name: '北山中心' },
    SetOperatingModel: { centerId, operatingModel: 'GOV_PURCHASED' },
    SuspendServiceCenter: { centerId, reason },
    ResumeServiceCenter: { centerId },
    ReassignServiceCenter: { centerId, divisionId: place('222401003') },
    MergeServiceCenter: { centerId, successorId: randomUUID() },
    CloseServiceCenter: { centerId, reason },
    OpenServiceStation: { stationId: randomUUID(), centerId, name: '站', communities: [third] },
    SetCoverage: { stationId, communities: [fourth] },
    SetStationServiceFields: { stationId, serviceFields: ['ELDERLY'] },
    AssignSocialWorker: { stationId: secondStationId, workerId: freeWorkerId },
    ReplaceSocialWorker: { stationId, workerId: freeWorkerId },
    RelieveSocialWorker: { stationId, because: 'LEAVE' },
    AppointActingWorker: { stationId: secondStationId, workerId, until: '2026-04-01' },
    SuspendServiceStation: { stationId, reason },
    ResumeServiceStation: { stationId },
    MoveStationToCenter: { stationId, centerId: randomUUID() },
    CloseServiceStation: { stationId, reason },
    DefineDivision: { divisionId: randomUUID(), code: '222401002099', name: '新社区', kind: 'COMMUNITY', parentId: divisionId },
    RenameDivision: { divisionId, name: '北山街' },
    RecodeDivision: { divisionId, code: '222401009' },
    ReparentDivision: { divisionId, parentId: place('220104') },
    ClassifyDivision: { divisionId, kind: 'TOWN' },
    MergeDivisions: { divisionId, sourceIds: [place('222401003')] },
    SplitDivision: {
      divisionId: place('222401101'),
      parts: ['222401102', '222401103'].map(code => ({ divisionId: randomUUID(), code, name: '新镇', children: [] })),
    },
    AbolishDivision: { divisionId: place('222401101'), withoutSuccessor: true },
    RecordPopulation: { divisionId, population: 1, countedOn: '2020-11-01', source: '普查' },
    RegisterWorker: { workerId: randomUUID(), homeDivisionId: divisionId, name: '张三', idNumber: idNumber(900) },
    CorrectWorkerIdentity: { workerId, name: '李玉岚' },
    UpdateWorkerContact: { workerId, phone: phone(901) },
    SuspendWorker: { workerId, reason },
    ReinstateWorker: { workerId },
    RetireWorker: { workerId },
    RecordCertificate: {
      certificateId: randomUUID(),
      workerId,
      level: 'ASSISTANT',
      number: 'N1',
      passedOn: '2020-06-17',
    },
    VerifyCertificate: { certificateId },
    RegisterVolunteer: {
      volunteerId: randomUUID(),
      homeDivisionId: divisionId,
      name: '王五',
      idNumber: idNumber(902),
      phone: phone(902),
    },
    AcceptVolunteer: { volunteerId: applicantId },
    DeclineVolunteer: { volunteerId: applicantId, reason },
    RecordSkill: { volunteerId, skill: 'FIRST_AID' },
    DeclareAvailability: { volunteerId, slots: ['SATURDAY_MORNING'] },
    SuspendVolunteer: { volunteerId, reason },
    ReinstateVolunteer: { volunteerId },
    WithdrawVolunteer: { volunteerId },
    LinkVolunteer: { volunteerId, stationId: secondStationId },
    UnlinkVolunteer: { volunteerId, stationId },
    SetPrimaryStation: { volunteerId, stationId },
    TransferVolunteer: { volunteerId, fromStationId: stationId, toStationId: secondStationId },
    RegisterSubscriber: { subscriptionId: randomUUID(), name: '民政统计平台' },
    GrantTopics: { subscriptionId, nouns: ['service-station'] },
    SetFieldScope: { subscriptionId, fields: [] },
    RequestReplay: { subscriptionId, replayId: randomUUID() },
    ReportGap: { subscriptionId, topic: 'yizhan.service-station.v1', stream: `serviceStation-${stationId}`, expected: 1, met: 3 },
    SuspendSubscriber: { subscriptionId, reason },
    ResumeSubscriber: { subscriptionId },
    RevokeSubscriber: { subscriptionId },
  };
}

/** Where every view is asked about what lies here. */
function viewsHere(here: Furnished, subscriptionId: string, commandId: string): Readonly<Record<string, string[]>> {
  const { centerId, stationId, workerId, volunteerId, certificateId } = here;
  const divisionId = place(beishan);
  return {
    subjectHistory: [divisionId, centerId, stationId, workerId, volunteerId, certificateId].map(id => `/api/history/${id}`),
    historyOfAll: ['/api/history', `/api/history?unitId=${centerId}`],
    historyActors: ['/api/history/actors'],
    commandTrail: [`/api/history/commands/${commandId}`],
    divisions: ['/api/divisions?code=222401002', '/api/divisions?limit=200'],
    divisionCard: [`/api/divisions/${divisionId}`],
    serviceCenterCard: [`/api/service-centers/${centerId}`],
    structureTree: [
      '/api/structure-tree',
      `/api/structure-tree?divisionId=${divisionId}`,
      `/api/structure-tree?centerId=${centerId}`,
      `/api/structure-tree?stationId=${stationId}`,
    ],
    structureConformance: ['/api/structure-conformance?limit=200', `/api/structure-conformance?divisionId=${divisionId}`],
    structureFigures: ['/api/structure-figures', `/api/structure-figures?divisionId=${divisionId}&compareWith=2026-03-01`],
    figureSubjects: [
      '/api/structure-figures/subjects?figure=stations&limit=200',
      `/api/structure-figures/subjects?figure=volunteers&divisionId=${divisionId}`,
    ],
    centerToday: [`/api/service-centers/${centerId}/today`],
    centerOfCommunity: ['/api/public/center-of-community?q=%E7%AC%AC1%E7%A4%BE%E5%8C%BA'],
    serviceStationCard: [`/api/service-stations/${stationId}`],
    stationRegister: ['/api/service-stations', `/api/service-stations?centerId=${centerId}`],
    candidateFinder: [`/api/service-stations/${stationId}/candidates`],
    candidateExclusions: [`/api/service-stations/${stationId}/excluded-candidates`],
    workerRegister: ['/api/social-workers', '/api/social-workers?q=%E6%9D%8E%E7%8E%89%E5%85%B0'],
    workerCard: [`/api/social-workers/${workerId}`],
    publicWorkerCheck: ['/api/public/worker-check?name=%E6%9D%8E%E7%8E%89%E5%85%B0&certificateNumber=N'],
    volunteerRegister: ['/api/volunteers', `/api/volunteers?stationId=${stationId}`],
    volunteerCard: [`/api/volunteers/${volunteerId}`],
    subscriberLag: ['/api/subscriber-lag'],
    takenLists: ['/api/taken-lists'],
    replayProgress: [`/api/subscriptions/${subscriptionId}/replays`],
  };
}

/** An answer without the id of its request. */
const said = ({ status, text }: request.Response) => `${status} ${text.replace(/"instance":"[^"]+"/, '')}`;

(hasPostgres ? describe : describe.skip)('the door of the house', () => {
  let house: TestHouse;
  let here: Furnished;
  let there: Furnished;
  let bodies: ReturnType<typeof commandsHere>;
  let paths: ReturnType<typeof viewsHere>;
  const subscriptionId = randomUUID();

  beforeAll(async () => {
    house = await openTestHouse();
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0 });
    there = await furnish(house, yongchang, { registrar: 'otherRegistrar', staff: 'otherStaff', from: 10 });
    bodies = commandsHere(here, subscriptionId);
    await house.as('authority').does(RegisterSubscriber, { subscriptionId, name: '民政统计平台' });
    const established = (await house.everything()).find(({ stream }) => stream === `serviceCenter-${here.centerId}`)!;
    paths = viewsHere(here, subscriptionId, established.metadata.commandId!);
  });
  afterAll(() => house?.close());

  const sent = (row: FiledCommand, account?: AccountName, more = '') => {
    const { path, body } = routeOf(row.command, bodies[row.command.name]!);
    return (account ? house.as(account) : house.anybody).send(path + more, body);
  };
  const factsSince = async (position: string) => (await house.everything(position)).map(({ type }) => type);

  describe('signing in', () => {
    const signIn = (account: string, given: string) =>
      request(house.url).post('/api/sessions').send({ account, password: given });

    test('gives a token that says who is there', async () => {
      const { status, body } = await signIn('staff', password);
      expect(status).toBe(201);
      const me = await request(house.url).get('/api/me').set('authorization', `Bearer ${body.token}`);
      expect(me.body).toMatchObject({ account: 'staff', grants: [{ role: 'centerStaff', code: beishan, name: '北山街道' }] });
    });
    test('an unknown account and a wrong password are answered alike', async () => {
      const [unknown, wrong] = await Promise.all([signIn('nobody-here', password), signIn('countyOversight', 'wrong')]);
      expect(unknown.status).toBe(401);
      expect(said(unknown)).toBe(said(wrong));
    });
    test('ten wrong tries a minute are enough, also when they come at once', async () => {
      const answers = await Promise.all(Array.from({ length: 24 }, (_, nth) => signIn('provinceAuditor', `wrong ${nth}`)));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(14);
      expect((await signIn('provinceAuditor', password)).body.code).toBe('too-many-tries');
      expect((await signIn('otherAuditor', password)).status).toBe(201);
    });
    test('a token that was forged, altered or not signed opens nothing', async () => {
      const [header, payload, signature] = house.token('staff').split('.') as [string, string, string];
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const forged = `${header}.${encode({ ...claims, sub: randomUUID() })}`;
      const tokens = [
        `${forged}.${signature}`,
        `${forged}.${createHmac('sha256', 'secret').update(forged).digest('base64url')}`,
        `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
        `${header}.${payload}.`,
        'x',
      ];
      for (const token of tokens) {
        const answer = await request(house.url).get('/api/me').set('authorization', `Bearer ${token}`);
        expect([token, answer.status]).toEqual([token, 401]);
      }
      // Wrong is wrong also where nobody need be signed in.
      expect((await request(house.url).get('/api/divisions').set('authorization', 'Bearer x')).status).toBe(401);
    });
  });

  describe('who may', () => {
    test('the specs know a body for every command and a path for every view', () => {
      expect(Object.keys(bodies).sort()).toEqual(rows.map(({ command }) => command.name).sort());
      expect(Object.keys(paths).sort()).toEqual(views.map(({ name }) => name).sort());
    });

    test.each(rows.map(row => [row.command.name, row] as const))('%s', async (_, row) => {
      const anonymous = await sent(row, undefined, '?dryRun=true');
      expect(anonymous.status).toBe(isOpen(row.by) ? 200 : 401);
      for (const role of roleNames) {
        const account = accountFor(row, role);
        const answer = await sent(row, account, '?dryRun=true');
        const may = isOpen(row.by) || row.by.some(by => by.role === role);
        if (may) expect([role, [200, 409].includes(answer.status), answer.body.errors]).toEqual([role, true, undefined]);
        else expect([role, answer.status, answer.body.code]).toEqual([role, 403, 'not-permitted']);
        // The role is judged before anybody looks at the body.
        const { path } = routeOf(row.command, bodies[row.command.name]!);
        const empty = await house.as(account).send(path, { unknown: true });
        expect([role, empty.status]).toEqual([role, may ? 400 : 403]);
      }
    });

    test.each(rows.filter(({ by }) => !isOpen(by)).map(row => [row.command.name, row] as const))(
      '%s out of reach is like something that does not exist',
      async (_, row) => {
        const { id, command } = row;
        for (const role of roleNames.filter(name => row.by.some(by => by.role === name))) {
          const outOfReach = await sent(row, accountThere[role]);
          const strangers = Object.fromEntries(
            Object.entries(bodies[command.name]!).map(([name, value]) => [
              name,
              name.endsWith('Id') && (name === id || row.birth) ? randomUUID() : value,
            ]),
          );
          const { path, body } = routeOf(command, strangers);
          const notThere = await house.as(accountThere[role]).send(path, body);
          expect([role, outOfReach.status]).toEqual([role, 404]);
          expect(said(outOfReach)).toBe(said(notThere));
        }
      },
    );

    test.each(views.map(view => [view.name, view] as const))('the view %s', async (name, view) => {
      for (const path of paths[name]!) {
        expect([path, (await house.anybody.get(path)).status]).toEqual([path, isOpen(view.by) ? 200 : 401]);
        for (const role of roleNames) {
          const answer = await house.as(accountHere[role]).get(path);
          const may = isOpen(view.by) || view.by.some(by => by.role === role);
          expect([path, role, answer.status]).toEqual([path, role, may ? 200 : 403]);
          if (may) expect(answer.headers['x-position']).toMatch(/^\d+$/);
        }
      }
    });

    test('what lies elsewhere is not seen, not even that it is there', async () => {
      const private_ = views.filter(view => view.by.some(({ role }) => role === 'centerStaff'));
      for (const path of private_
        .flatMap(({ name }) => paths[name]!)
        .filter(path => path.includes('-') && /[0-9a-f]{12}/.test(path))) {
        const listed = /\/(volunteers|service-stations)\?/.test(path);
        const answer = await house.as('otherStaff').get(path);
        if (listed) expect([path, answer.body.rows]).toEqual([path, []]);
        else {
          const unknown = await house.as('otherStaff').get(path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, () => randomUUID()));
          expect([path, said(answer)]).toEqual([path, said(unknown)]);
          expect(answer.status).toBe(404);
        }
      }
      for (const path of ['/api/social-workers', '/api/volunteers', '/api/structure-tree', '/api/structure-conformance']) {
        const { text } = await house.as('otherStaff').get(path);
        for (const own of [here.workerId, here.volunteerId, here.centerId, here.stationId]) expect(text).not.toContain(own);
      }
    });

    test('a route that does not exist is not found', async () => {
      expect((await house.as('authority').get('/api/nothing')).body.code).toBe('not-found');
      expect((await house.as('authority').send(`/api/service-stations/${here.stationId}/demolish`, {})).status).toBe(404);
    });
  });

  describe('a body', () => {
    const establishRaw = (body: string, type = 'application/json') =>
      request(house.url)
        .post('/api/service-centers')
        .set({ authorization: `Bearer ${house.token('registrar')}`, 'idempotency-key': randomUUID(), 'content-type': type })
        .send(body);
    const establish = (body: object, headers = {}) => house.as('registrar').send('/api/service-centers', body, headers);
    const right = () => ({ centerId: randomUUID(), divisionId: place(beishan), name: '中心' });

    test('with wrong fields is answered with a pointer for each, in both languages', async () => {
      const wrong = { centerId: 'x', name: '', surprise: 1, evenIfNotRequired: 'yes' };
      const zh = await establish(wrong);
      const en = await establish(wrong, { 'accept-language': 'en' });
      expect(zh.status).toBe(400);
      expect(zh.headers['content-type']).toMatch('application/problem+json');
      const pointersOf = ({ body }: request.Response) => body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
      expect(pointersOf(zh)).toEqual(['/centerId', '/divisionId', '/evenIfNotRequired', '/name', '/surprise']);
      expect(pointersOf(en)).toEqual(pointersOf(zh));
      expect(zh.body).toMatchObject({ code: 'validation-failed', detail: '有字段不正确' });
      expect(en.body).toMatchObject({ code: 'validation-failed', detail: 'Some fields are not right' });
    });
    test.each([
      ['a list', []],
      ['a number', 7],
      ['text', 'text'],
      ['null', null],
      ['a number for a name', { ...right(), name: 7 }],
      ['a list for a name', { ...right(), name: ['中心'] }],
      ['an object for a name', { ...right(), name: { toString: '中心' } }],
      ['a list for an id', { ...right(), centerId: [randomUUID()] }],
      ['an id that would end the statement', { ...right(), centerId: `${randomUUID()}'; drop table event; --` }],
      ['a name that is too long', { ...right(), name: '中'.repeat(61) }],
      ['a NUL in a name', { ...right(), name: '中\u0000心' }],
      ['an escape sequence in a name', { ...right(), name: '\u001b[31m中心' }],
      ['half a character in a name', { ...right(), name: '中\ud800心' }],
      ['half a character in a key', { ...right(), '\ud800': 1 }],
    ])('that is or holds %s is refused', async (_, body) => {
      const answer = await establishRaw(JSON.stringify(body));
      expect([answer.status, answer.body.status]).toEqual([400, 400]);
    });
    test.each([
      ['that is no JSON', '{"centerId":'],
      ['that reaches for the prototype', `{"__proto__":{"admin":true},"centerId":"${randomUUID()}"}`],
      ['that reaches for the constructor', `{"constructor":{"prototype":{"admin":true}}}`],
      ['that is nested without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
      ['that is nested deep in a field', `{"name":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ])('%s is refused', async (_, body) => {
      const answer = await establishRaw(body);
      expect(answer.status).toBe(400);
      expect(({} as Record<string, unknown>).admin).toBeUndefined();
    });
    test('that is too large, or no JSON by its own word, is refused', async () => {
      expect((await establish({ ...right(), name: 'x'.repeat(300_000) })).status).toBe(413);
      expect((await establishRaw('<a/>', 'text/xml')).status).toBe(415);
    });
    test('may carry the id of the path, but no other one', async () => {
      const { path } = routeOf(RenameServiceCenter, { centerId: here.centerId, name: 'x' });
      const other = await house.as('staff').send(`${path}?dryRun=true`, { centerId: there.centerId, name: '中心' });
      expect(other.body.errors[0]).toMatchObject({ pointer: '/centerId', code: 'differsFromPath' });
      const same = await house.as('staff').send(`${path}?dryRun=true`, { centerId: here.centerId, name: '中心' });
      expect(same.status).toBe(200);
    });
    test.each([
      '/api/social-workers?limit=0',
      '/api/social-workers?limit=201',
      '/api/social-workers?limit=1&limit=2',
      '/api/social-workers?surprise=1',
      '/api/social-workers?cursor=x',
      '/api/social-workers?cursor=WyJuYW1lIl0',
      `/api/structure-tree?centerId=CENTER&cursor=${Buffer.from('["stations","a","x"]').toString('base64url')}`,
      `/api/structure-conformance?cursor=${Buffer.from('["findings","x","y","z"]').toString('base64url')}`,
      `/api/history/STATION?cursor=${Buffer.from('["history","x"]').toString('base64url')}`,
      '/api/service-stations/x',
      '/api/service-stations/STATION?asOf=yesterday',
      '/api/service-stations/STATION?asOf=2026-13-45T99:99:99Z',
      '/api/service-stations/STATION?asOf=99999999999999999999',
      '/api/service-stations/STATION?asOf=9999-01-01T00:00:00Z',
      '/api/service-stations/STATION?effectiveOn=2026-02-30',
      '/api/service-stations/STATION?effectiveOn=0000-01-01',
      '/api/service-stations/STATION?effectiveOn=9999-01-01',
      '/api/divisions?code=1%27%20or%201=1',
      '/api/divisions?name=%00',
    ])('a question is checked as well: %s', async question => {
      const path = question.replace('STATION', here.stationId).replace('CENTER', here.centerId);
      const answer = await house.as('staff').get(path);
      expect([answer.status, answer.body.status]).toEqual([400, 400]);
    });
    test('what the database cannot hold is not accepted as a fact', async () => {
      const path = `/api/divisions/${place(beishan)}/record-population`;
      const counted = { population: 1, countedOn: '2020-11-01', source: '普查' };
      for (const wrong of [
        { population: 3_000_000_000 },
        { population: 1e300 },
        { countedOn: '0000-01-01' },
        { population: -1 },
      ]) {
        const answer = await house.as('authority').send(`${path}?dryRun=true`, { ...counted, ...wrong });
        expect([wrong, answer.status]).toEqual([wrong, 400]);
      }
    });
  });

  describe('sending a command', () => {
    const rename = (name: string) => routeOf(RenameServiceCenter, { centerId: here.centerId, name });
    const cardOf = async () =>
      house.as('staff').get(`/api/service-centers/${here.centerId}`, { 'x-after': await house.store.head() });

    test('needs a key that is a UUID', async () => {
      const { path, body } = rename('甲');
      for (const key of ['', 'x', '1']) {
        const answer = await house.as('staff').send(path, body, { 'idempotency-key': key });
        expect(answer.body.errors[0].pointer).toBe('Idempotency-Key');
      }
    });
    test('twice with the same key does it once and gives the same receipt', async () => {
      const { path, body } = rename('一次');
      const key = randomUUID();
      const first = await house.as('staff').send(path, body, { 'idempotency-key': key });
      const head = await house.store.head();
      const again = await house.as('staff').send(path, body, { 'idempotency-key': key.toUpperCase() });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(await house.store.head()).toBe(head);
      const other = await house.as('staff').send(path, { name: '另一次' }, { 'idempotency-key': key });
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
      // The key is the sender's own: the registrar's command of the same key is another one.
      expect((await house.as('registrar').send(path, { name: '再一次' }, { 'idempotency-key': key })).status).toBe(200);
    });
    test('64 times at once does it once and gives 64 equal receipts', async () => {
      for (let round = 0; round < 5; round += 1) {
        const workerId = randomUUID();
        const key = randomUUID();
        const head = await house.store.head();
        const fields = { workerId, homeDivisionId: place(beishan), name: '赵六', idNumber: idNumber(2_000 + round) };
        const { path, body } = routeOf(RegisterWorker, fields);
        const answers = await Promise.all(
          Array.from({ length: 64 }, () => house.as('staff').send(path, body, { 'idempotency-key': key })),
        );
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
        expect(answers[0]!.status).toBe(201);
        expect(await factsSince(head)).toEqual(['WorkerRegistered', 'PersonKeyClaimed']);
      }
    });
    test('under the revision that was seen, or not at all', async () => {
      const card = await cardOf();
      const { path } = rename('');
      const tag = card.headers.etag!;
      const done = await house.as('staff').send(path, { name: '先到' }, { 'if-match': tag });
      expect(done.status).toBe(200);
      const late = await house.as('registrar').send(path, { name: '后到' }, { 'if-match': tag });
      expect(late.status).toBe(412);
      expect(late.body).toMatchObject({ code: 'revision-stale', expected: Number(tag.slice(1, -1)) });
      expect(late.body.changes.at(-1)).toMatchObject({ fact: 'ServiceCenterRenamed', actorRole: 'centerStaff' });
      expect(late.body.detail).toContain('先到');
      expect((await cardOf()).body.name).toBe('先到');
      expect((await cardOf()).headers.etag).toBe(done.headers.etag);
      for (const wrong of ['3', 'W/"3"', '*', '"x"']) {
        const answer = await house.as('staff').send(path, { name: '乙' }, { 'if-match': wrong });
        expect([wrong, answer.status]).toEqual([wrong, 400]);
      }
    });
    test('as a rehearsal writes nothing, anywhere', async () => {
      const head = await house.store.head();
      const keys = () =>
        house.sql<{ count: string }>(
          'select (select count(*) from person_key) + (select count(*) from subject_key) as count',
          [],
          'keys',
        );
      const before = await keys();
      const fields = { workerId: randomUUID(), homeDivisionId: place(beishan), name: '孙七', idNumber: idNumber(3_000) };
      const { path, body } = routeOf(RegisterWorker, fields);
      const rehearsed = await house.as('staff').send(`${path}?dryRun=true`, body);
      expect([rehearsed.status, rehearsed.body.dryRun]).toEqual([200, true]);
      expect(rehearsed.body.facts.map(({ type }: { type: string }) => type)).toEqual(['WorkerRegistered', 'PersonKeyClaimed']);
      const refused = await house.as('staff').send(`${path}?dryRun=true`, { ...body, idNumber: here.secrets[0] });
      expect([refused.status, refused.body.code]).toEqual([409, 'person-already-registered']);
      expect(await house.store.head()).toBe(head);
      expect(await keys()).toEqual(before);
      expect((await house.as('staff').send(`${path}?dryRun=maybe`, body)).status).toBe(400);
    });
    test('with an effective date that lies back needs a reason, and none lies ahead', async () => {
      const slots = { volunteerId: here.volunteerId, slots: ['SUNDAY_MORNING'] };
      const { path, body } = routeOf(DeclareAvailability, slots);
      const dated = async (day: string, reason?: string) => {
        const headers = { 'effective-on': day, ...(reason ? { 'reason-code': reason } : {}) };
        const { status, body: answer } = await house.as('staff').send(`${path}?dryRun=true`, body, headers);
        return status === 200 ? 'fine' : answer.code;
      };
      expect(await dated(house.day())).toBe('fine');
      expect(await dated(house.day(-1))).toBe('effective-on-without-reason');
      expect(await dated(house.day(-30), 'late-entry')).toBe('fine');
      expect(await dated(house.day(-31), 'late-entry')).toBe('effective-on-too-early');
      expect(await dated(house.day(1), 'late-entry')).toBe('effective-on-ahead');
      expect(await dated(house.day(-1), 'because')).toBe('validation-failed');
      expect(await dated('2026-02-30', 'late-entry')).toBe('validation-failed');
      expect(await dated('yesterday', 'late-entry')).toBe('validation-failed');
    });
    test('names the revision of its own stream, whatever else it writes', async () => {
      const head = await house.store.head();
      const { path, body } = routeOf(rowOfMerge(), { divisionId: place('222401101'), sourceIds: [place('222401003')] });
      const answer = await house.as('authority').send(`${path}`, body);
      expect(answer.status).toBe(200);
      const { streams } = answer.body as Receipt;
      const own = streams.find(({ stream }) => stream === `division-${place('222401101')}`)!;
      expect(answer.headers.etag).toBe(`"${own.revision}"`);
      expect(answer.headers['x-position']).toBe(answer.body.position);
      expect((await factsSince(head)).length).toBe(streams.length === 0 ? 0 : answer.body.facts.length);
    });
  });

  describe('looking', () => {
    test('sees what the sender has just written, in every view', async () => {
      for (const [name, [path]] of Object.entries(paths)) {
        const slots = name.length % 2 === 0 ? ['MONDAY_MORNING', 'FRIDAY_MORNING'] : ['MONDAY_MORNING'];
        const { position } = await house.as('staff').does(DeclareAvailability, { volunteerId: here.volunteerId, slots });
        const shown = views.some(
          view => view.name === name && (isOpen(view.by) || view.by.some(({ role }) => role === 'centerStaff')),
        );
        const answer = await house.as(shown ? 'staff' : 'authority').get(path!, { 'x-after': position });
        expect([name, answer.status]).toEqual([name, 200]);
        expect(comparePositions(answer.headers['x-position']!, position)).toBeGreaterThanOrEqual(0);
      }
      for (let round = 0; round < 20; round += 1) {
        const name = `第${round}个名称`;
        const { position } = await house.as('staff').does(RenameServiceCenter, { centerId: here.centerId, name });
        const card = await house.as('staff').get(`/api/service-centers/${here.centerId}`, { 'x-after': position });
        expect(card.body.name).toBe(name);
      }
    });
    test('at a position that has not come yet is refused after a while', async () => {
      const answer = await house.as('staff').get('/api/social-workers', { 'x-after': '999999999' });
      expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'not-yet', '1']);
      expect((await house.as('staff').get('/api/social-workers', { 'x-after': 'x' })).status).toBe(400);
    });
    test('at a card, the tag is the revision of its own stream', async () => {
      const cards = [
        [`/api/service-centers/${here.centerId}`, `serviceCenter-${here.centerId}`],
        [`/api/service-stations/${here.stationId}`, `serviceStation-${here.stationId}`],
        [`/api/social-workers/${here.workerId}`, `socialWorker-${here.workerId}`],
        [`/api/volunteers/${here.volunteerId}`, `volunteer-${here.volunteerId}`],
        [`/api/divisions/${place(beishan)}`, `division-${place(beishan)}`],
      ] as const;
      const streams = await house.store.read(cards.map(([, stream]) => stream));
      for (const [path, stream] of cards) {
        const { headers } = await house.as('staff').get(path, { 'x-after': await house.store.head() });
        expect([path, headers.etag]).toEqual([path, `"${streams.get(stream)!.at(-1)!.revision}"`]);
      }
    });
    test('shows nobody a whole ID number or phone, and to those who only watch no name either', async () => {
      const looked: string[] = [];
      for (const account of ['authority', 'countyOversight', 'registrar', 'staff', 'worker', 'auditor'] as const) {
        for (const path of Object.values(paths).flat()) {
          const { text } = await house.as(account).get(path);
          looked.push(text);
          for (const secret of here.secrets) expect([account, path, text.includes(secret)]).toEqual([account, path, false]);
          if (account === 'authority' || account === 'countyOversight' || account === 'auditor')
            for (const name of here.names) expect([account, path, text.includes(name)]).toEqual([account, path, false]);
        }
      }
      expect(looked.join()).toContain('李玉兰');
      expect(looked.join()).toContain('李*');
      const card = (account: AccountName) => house.as(account).get(`/api/social-workers/${here.workerId}`);
      expect((await card('staff')).body).toMatchObject({
        name: '李玉兰',
        idNumber: `**************${here.secrets[0]!.slice(-4)}`,
      });
      expect((await card('auditor')).body).toMatchObject({ birthYear: null, idNumber: null, phone: null });
    });
    test('at a search, what is masked cannot be spelt out', async () => {
      const found = async (account: AccountName, q: string) =>
        (await house.as(account).sees<{ rows: object[] }>(`/api/social-workers?q=${encodeURIComponent(q)}`)).rows.length;
      expect(await found('staff', '玉')).toBe(1);
      expect(await found('auditor', '玉')).toBe(0);
      expect(await found('staff', here.secrets[1]!.slice(-4))).toBe(1);
      expect(await found('auditor', here.secrets[1]!.slice(-4))).toBe(0);
    });
  });

  describe('listening', () => {
    /** Reads server-sent events until there are `many`, or for a while. */
    async function listen(account: AccountName, many: number, act: () => Promise<unknown>, lastSeen?: string) {
      const closing = new AbortController();
      const response = await fetch(`${house.url}/api/stream`, {
        headers: { authorization: `Bearer ${house.token(account)}`, ...(lastSeen ? { 'last-event-id': lastSeen } : {}) },
        signal: closing.signal,
      });
      expect(response.headers.get('content-type')).toMatch('text/event-stream');
      const reader = response.body!.getReader();
      let text = '';
      const timer = setTimeout(() => closing.abort(), many === 0 ? 500 : 5_000);
      const reading = (async () => {
        const decoder = new TextDecoder();
        try {
          while (many === 0 || (text.match(/^event: /gm)?.length ?? 0) < many) {
            const { value, done } = await reader.read();
            if (done) break;
            text += decoder.decode(value, { stream: true });
          }
        } catch (error) {
          if (!closing.signal.aborted) throw error;
        }
      })();
      await act();
      await reading;
      clearTimeout(timer);
      closing.abort();
      return {
        text,
        facts: [...text.matchAll(/^event: fact\nid: (\d+)\ndata: (.+)$/gm)].map(([, id, data]) => ({ id, ...JSON.parse(data!) })),
      };
    }
    const renameHere = (name: string) => house.as('registrar').does(RenameServiceCenter, { centerId: here.centerId, name });
    const renameThere = (name: string) =>
      house.as('otherRegistrar').does(RenameServiceCenter, { centerId: there.centerId, name });

    test('needs somebody who is signed in', async () => {
      expect((await fetch(`${house.url}/api/stream`)).status).toBe(401);
    });
    test('one hears what happens in reach, and nothing else', async () => {
      const { facts } = await listen('staff', 2, async () => {
        await renameThere('别处一');
        await renameHere('此处一');
        await renameThere('别处二');
        await renameHere('此处二');
      });
      expect(facts.map(({ stream }) => stream)).toEqual([`serviceCenter-${here.centerId}`, `serviceCenter-${here.centerId}`]);
      const other = await listen('otherWorker', 0, () => renameHere('此处三'));
      expect(other.facts).toEqual([]);
    });
    test('one hears nothing about a person', async () => {
      const idNumbers = [idNumber(4_000), idNumber(4_001)];
      const { text, facts } = await listen('staff', 3, async () => {
        const home = { homeDivisionId: place(beishan), name: '周八九', phone: phone(4_000) };
        await house.as('staff').does(RegisterWorker, { ...home, workerId: randomUUID(), idNumber: idNumbers[0] });
        await house.anybody.does(RegisterVolunteer, { ...home, volunteerId: randomUUID(), idNumber: idNumbers[1] });
        await house.as('registrar').does(SuspendWorker, { workerId: here.freeWorkerId, reason: '投诉调查' });
      });
      expect(facts.map(({ type }) => type)).toEqual(['WorkerRegistered', 'VolunteerRegistered', 'WorkerSuspended']);
      expect(text).not.toMatch(/personKey/);
      for (const secret of [...idNumbers, phone(4_000), '周八九', '投诉调查']) expect(text).not.toContain(secret);
    });
    test('one goes on behind what was heard last', async () => {
      const { position } = await renameHere('断线前');
      await renameHere('断线后一');
      await renameThere('断线后别处');
      const last = await renameHere('断线后二');
      const { facts } = await listen('staff', 2, async () => undefined, position);
      expect(facts.map(({ id }) => id)).toHaveLength(2);
      expect(facts.at(-1)!.id).toBe(last.position);
      const far = await listen('staff', 1, async () => undefined, '0');
      expect(far.text).toMatch(/^event: (fact|reset)$/m);
    });
    test('five times at once, and again when somebody has left', async () => {
      const open = async () => {
        const closing = new AbortController();
        const response = await fetch(`${house.url}/api/stream`, {
          headers: { authorization: `Bearer ${house.token('otherStaff')}` },
          signal: closing.signal,
        });
        return { status: response.status, leave: () => closing.abort() };
      };
      const listeners = await Promise.all(Array.from({ length: 6 }, open));
      expect(listeners.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 200, 200, 200, 429]);
      for (const { leave } of listeners) leave();
      await new Promise(resolve => setTimeout(resolve, 100));
      const next = await open();
      expect(next.status).toBe(200);
      next.leave();
    });
  });

  describe('the state of the house', () => {
    test('is shown to anybody, without a person in it', async () => {
      const ready = await house.anybody.get('/api/health/ready');
      expect(ready.status).toBe(200);
      expect(ready.body).toMatchObject({ status: 'ready', durability: house.durability, parked: 0 });
      expect(ready.body.projections.every(({ state }: { state: string }) => state !== 'failed')).toBe(true);
      expect((await house.anybody.get('/api/health/live')).body).toEqual({ status: 'alive' });
      const { text } = await house.anybody.get('/api/metrics');
      expect(text).toMatch(/yizhan_http_seconds_count\{method="POST",route="\/api\/service-centers",status="201"\}/);
      expect(text).toMatch(/yizhan_projection_behind\{projection="serviceStation"\} 0/);
      for (const secret of [...here.secrets, ...here.names, here.workerId]) expect(text).not.toContain(secret);
    });
    test('headers forbid what a browser should not do', async () => {
      const { headers } = await house.anybody.get('/');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toMatch(/^default-src '(none|self)'/);
      expect(headers['x-powered-by']).toBeUndefined();
    });
    test('no line of the log shows a person, a password or a token, and nothing was answered with a bug', async () => {
      await house
        .as('registrar')
        .does(CorrectWorkerIdentity, { workerId: here.workerId, name: '李玉岚', idNumber: idNumber(5_000) });
      await house.as('staff').does(SetStationServiceFields, { stationId: here.stationId, serviceFields: ['YOUTH'] });
      await house.quiet();
      const log = house.logLines.join('');
      expect(log).toContain('answered');
      const tokens = (['authority', 'registrar', 'staff', 'worker', 'auditor'] as const).map(account => house.token(account));
      for (const secret of [...here.secrets, ...here.names, ...there.secrets, '李玉岚', idNumber(5_000), password, ...tokens])
        expect(log).not.toContain(secret);
      expect(house.logLines.filter(line => line.includes('unexpected error'))).toEqual([]);
      expect(house.logLines.filter(line => /"status":5/.test(line) && !line.includes('"status":503'))).toEqual([]);
    });
  });
});

const rowOfMerge = () => rows.find(({ command }) => command.name === 'MergeDivisions')!.command;
