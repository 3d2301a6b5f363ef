import { randomUUID } from 'node:crypto';
import { ask, sentWith } from '@lib/platform/cqrs/envelope.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { EstablishServiceCenter, SuspendServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import {
  AppointActingWorker,
  AssignSocialWorker,
  OpenServiceStation,
  RelieveSocialWorker,
  ResumeServiceStation,
  SetStationServiceFields,
  SuspendServiceStation,
} from '@lib/service-network/service-station/service-station.commands.js';
import type { CenterOfCommunity } from '@lib/service-network/structure/center-of-community.views.js';
import type { CenterToday } from '@lib/service-network/structure/center-today.views.js';
import { figureNames, type FigureSubjects } from '@lib/service-network/structure/figure-subjects.views.js';
import type { DivisionFigures, StructureFiguresPage } from '@lib/service-network/structure/structure-figures.views.js';
import type { StructureTree } from '@lib/service-network/structure/structure-tree.views.js';
import { MergeDivisions, RenameDivision } from '@lib/territory/division/division.commands.js';
import { byRank } from '@lib/volunteering/candidate/candidate-score.js';
import type { Candidate, CandidateExclusions, CandidateFinder } from '@lib/volunteering/candidate/candidate.views.js';
import { LinkVolunteer, SetPrimaryStation, UnlinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import {
  AcceptVolunteer,
  DeclineVolunteer,
  RegisterVolunteer,
  SuspendVolunteer,
  WithdrawVolunteer,
} from '@lib/volunteering/volunteer/volunteer.commands.js';
import { volunteerSkills, type VolunteerSkill } from '@lib/volunteering/volunteer/volunteer.events.js';
import type { VolunteerRegister } from '@lib/volunteering/volunteer/volunteer.register.views.js';
import { VerifyCertificate } from '@lib/workforce/certificate/certificate.commands.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import type { PublicWorkerCheck } from '@lib/workforce/social-worker/social-worker.views.js';
import {
  accountIdOf,
  beishan,
  communitiesOf,
  furnish,
  idNumber,
  openTestHouse,
  phone,
  place,
  yongchang,
  type AccountName,
  type Furnished,
  type TestHouse,
} from './open-house.js';

const xinxing = '222401003';
const county = '222401';

(hasPostgres ? describe : describe.skip)('what the console opens with', () => {
  let house: TestHouse;
  let here: Furnished;
  let there: Furnished;
  let people = 0;
  const late = (days: number) => ({ 'effective-on': house.day(-days), 'reason-code': 'late-entry' });

  beforeAll(async () => {
    house = await openTestHouse();
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0, on: late(20) });
    there = await furnish(house, yongchang, { registrar: 'otherRegistrar', staff: 'otherStaff', from: 10, on: late(20) });
    await house.as('staff').does(SetStationServiceFields, { stationId: here.stationId, serviceFields: ['ELDERLY', 'HEALTH'] });
  });
  afterAll(() => house?.close());

  interface Coming {
    readonly home?: string;
    readonly skills?: readonly VolunteerSkill[];
    readonly fields?: readonly ServiceField[];
    readonly accepted?: boolean;
  }
  /** Somebody new; the house is asked directly, so that many may come. */
  const volunteer = async ({ home = place(beishan), skills = [], fields = [], accepted = true }: Coming = {}) => {
    const volunteerId = randomUUID();
    people += 1;
    const person = { name: `义工${people}`, idNumber: idNumber(1_000 + people), phone: phone(1_000 + people) };
    const principal = { id: accountIdOf('countyRegistrar'), name: 'countyRegistrar' };
    const register = ask(RegisterVolunteer, {
      volunteerId,
      homeDivisionId: home,
      skills: [...skills],
      fields: [...fields],
      ...person,
    });
    await house.bus.execute(sentWith(register, { principal, key: randomUUID() }));
    if (accepted) await house.as('staff').does(AcceptVolunteer, { volunteerId });
    return volunteerId;
  };
  /** All rows, found page by page. */
  const everyPage = async <Row>(account: AccountName, path: string, limit: number): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { rows: Row[]; next: string | null } = await house
        .as(account)
        .sees(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${more}`);
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      rows.push(...page.rows);
      cursor = page.next;
    }
    return rows;
  };

  describe('candidates for a station', () => {
    const path = () => `/api/service-stations/${here.stationId}/candidates`;
    const excludedPath = () => `/api/service-stations/${here.stationId}/excluded-candidates`;
    const partOf = ({ parts }: Candidate, name: string) => parts.find(({ part }) => part === name)!;
    const finder = (account: AccountName = 'staff', more = '?limit=200') =>
      house.as(account).sees<CandidateFinder>(path() + more);
    const candidate = async (volunteerId: string, account: AccountName = 'staff') => {
      const found = (await finder(account)).rows.find(row => row.volunteerId === volunteerId);
      if (!found) throw new Error(`${volunteerId} is no candidate`);
      return found;
    };

    test('fields that are named count more than skills that suit, and both are said with their numbers', async () => {
      const both = await volunteer({ fields: ['ELDERLY', 'HEALTH'] });
      const one = await volunteer({ fields: ['ELDERLY'], skills: ['MEDICAL'] });
      const none = await volunteer({ skills: ['TUTORING'], fields: ['YOUTH'] });
      expect(partOf(await candidate(both), 'FIELDS')).toMatchObject({
        points: 40,
        code: 'ALL_FIELDS',
        count: 2,
        suited: 0,
        of: 2,
      });
      expect(partOf(await candidate(one), 'FIELDS')).toMatchObject({
        points: 30,
        code: 'SOME_FIELDS',
        count: 1,
        suited: 1,
        of: 2,
      });
      expect(partOf(await candidate(none), 'FIELDS')).toMatchObject({ points: 0, code: 'NO_FIELD', count: 0, suited: 0, of: 2 });
      const order = (await finder()).rows
        .map(({ volunteerId }) => volunteerId)
        .filter(id => id === both || id === one || id === none);
      expect(order).toEqual([both, one, none]);
    });

    test('the nearer the better, by the tree of divisions, and what was merged counts where it went', async () => {
      const [covered, other] = communitiesOf(beishan);
      const codeOf = async (volunteerId: string, account: AccountName = 'authority') =>
        partOf(await candidate(volunteerId, account), 'DISTANCE').code;
      const [inCommunity, inStreet, inOtherCommunity] = [
        await volunteer({ home: covered! }),
        await volunteer(),
        await volunteer({ home: other! }),
      ];
      expect(await Promise.all([inCommunity, inStreet, inOtherCommunity].map(id => codeOf(id)))).toEqual([
        'SAME_COMMUNITY',
        'SAME_TOWNSHIP',
        'SAME_TOWNSHIP',
      ]);
      // The accepted volunteer of the other street, in another prefecture, serves a station there.
      const far = await candidate(there.volunteerId, 'authority');
      expect(partOf(far, 'DISTANCE')).toMatchObject({ code: 'ELSEWHERE', points: 0 });
      expect(partOf(far, 'LOAD')).toMatchObject({ code: 'SOME_STATIONS', count: 1, points: 10 });
      // Neighbours from a street of the county, which then goes into this one.
      const neighbour = await volunteer({ home: place(xinxing), accepted: false });
      await house.as('authority').does(MergeDivisions, { divisionId: place('222401101'), sourceIds: [place('222401450')] });
      await house.as('authority').does(MergeDivisions, { divisionId: place(beishan), sourceIds: [place(xinxing)] });
      await house.as('staff').does(AcceptVolunteer, { volunteerId: neighbour });
      expect(await codeOf(neighbour)).toBe('SAME_TOWNSHIP');
    });

    test('a link that began and ended on one day was no service', async () => {
      const [never, before, primary] = [await volunteer(), await volunteer(), await volunteer()];
      const staff = house.as('staff');
      const [stationId, secondStationId] = [here.stationId, here.secondStationId];
      await staff.does(LinkVolunteer, { volunteerId: before, stationId: secondStationId });
      await staff.does(LinkVolunteer, { volunteerId: before, stationId });
      await staff.does(LinkVolunteer, { volunteerId: primary, stationId });
      await staff.does(UnlinkVolunteer, { volunteerId: before, stationId: secondStationId });
      await staff.does(UnlinkVolunteer, { volunteerId: before, stationId });
      await staff.does(UnlinkVolunteer, { volunteerId: primary, stationId });
      for (const id of [never, before, primary]) {
        expect(partOf(await candidate(id), 'CONTINUITY')).toMatchObject({ code: 'NEVER_HERE', points: 0 });
      }
    });

    test('a period of some days counts as earlier service', async () => {
      const staff = house.as('staff');
      const [plain, primary] = [randomUUID(), randomUUID()];
      for (const [nth, volunteerId] of [plain, primary].entries()) {
        const person = { name: `从前${nth}`, idNumber: idNumber(1_900 + nth), phone: phone(1_900 + nth) };
        await staff.does(RegisterVolunteer, { volunteerId, homeDivisionId: place(beishan), ...person }, late(15));
        await staff.does(AcceptVolunteer, { volunteerId }, late(15));
      }
      await staff.does(LinkVolunteer, { volunteerId: plain, stationId: here.secondStationId }, late(12));
      await staff.does(LinkVolunteer, { volunteerId: plain, stationId: here.stationId }, late(10));
      await staff.does(UnlinkVolunteer, { volunteerId: plain, stationId: here.stationId }, late(5));
      await staff.does(LinkVolunteer, { volunteerId: primary, stationId: here.stationId }, late(10));
      await staff.does(UnlinkVolunteer, { volunteerId: primary, stationId: here.stationId }, late(5));
      expect(partOf(await candidate(plain), 'CONTINUITY')).toMatchObject({ code: 'HERE_BEFORE', points: 10 });
      expect(partOf(await candidate(primary), 'CONTINUITY')).toMatchObject({ code: 'PRIMARY_HERE_BEFORE', points: 15 });
      // Who comes back is no candidate any more.
      await staff.does(LinkVolunteer, { volunteerId: plain, stationId: here.stationId });
      await staff.does(SetPrimaryStation, { volunteerId: plain, stationId: here.stationId });
      expect((await finder()).rows.map(({ volunteerId }) => volunteerId)).not.toContain(plain);
    });

    test('everybody in reach is a candidate, or left out for a reason that is said in the reader’s language', async () => {
      const staff = house.as('staff');
      const [applied, declined, suspended, withdrawn] = [
        await volunteer({ accepted: false }),
        await volunteer({ accepted: false }),
        await volunteer(),
        await volunteer(),
      ];
      await staff.does(DeclineVolunteer, { volunteerId: declined, reason: '材料不全' });
      await staff.does(SuspendVolunteer, { volunteerId: suspended, reason: '调查' });
      await staff.does(WithdrawVolunteer, { volunteerId: withdrawn });
      const rows = await everyPage<CandidateExclusions['rows'][number]>('staff', excludedPath(), 3);
      const reasonOf = (id: string) => rows.find(({ volunteerId }) => volunteerId === id)?.reason;
      expect([here.volunteerId, applied, declined, suspended, withdrawn].map(reasonOf)).toEqual([
        'LINKED_HERE',
        'NOT_ACCEPTED_YET',
        'DECLINED',
        'SUSPENDED',
        'WITHDRAWN',
      ]);
      const candidates = await everyPage<Candidate>('staff', path(), 4);
      const register = await everyPage<VolunteerRegister['rows'][number]>('staff', '/api/volunteers', 200);
      const ids = (of: readonly { volunteerId: string }[]) => of.map(({ volunteerId }) => volunteerId).sort();
      expect(ids([...candidates, ...rows])).toEqual(ids(register));
      const { count, excluded } = await finder();
      expect(count).toBe(candidates.length);
      for (const { reason, count: many, words } of excluded) {
        expect([reason, many]).toEqual([reason, rows.filter(row => row.reason === reason).length]);
        expect(words).toBe(rows.find(row => row.reason === reason)!.words);
        const only = await house.as('staff').sees<CandidateExclusions>(`${excludedPath()}?reason=${reason}&limit=200`);
        expect(only.rows).toEqual(rows.filter(row => row.reason === reason));
      }
      const english = await house.as('staff').get(path(), { 'accept-language': 'en' });
      expect((english.body as CandidateFinder).excluded.map(({ words }) => words)).toContain('Is suspended');
      for (const { words } of (english.body as CandidateFinder).rows.flatMap(({ parts }) => parts))
        expect(words).not.toMatch(/[\u4e00-\u9fff]/);
    });

    test('the query ranks as the score does: the sum of the parts, then the day, then the id, page by page', async () => {
      const pick = <Item>(items: readonly Item[], nth: number, many: number) =>
        Array.from({ length: many }, (_, at) => items[(nth * 7 + at * 5) % items.length]!);
      const homes = [place(beishan), ...communitiesOf(beishan)];
      for (let nth = 0; nth < 40; nth += 1) {
        const skills = [...new Set(pick(volunteerSkills, nth, nth % 4))];
        const fields = [...new Set(pick(serviceFields, nth, nth % 5))];
        const id = await volunteer({ home: homes[nth % homes.length]!, skills, fields });
        if (nth % 3 === 0) await house.as('staff').does(LinkVolunteer, { volunteerId: id, stationId: here.secondStationId });
      }
      for (const account of ['staff', 'authority', 'auditor'] as const) {
        const rows = await everyPage<Candidate>(account, path(), 7);
        expect(rows.length).toBeGreaterThan(40);
        expect(new Set(rows.map(({ volunteerId }) => volunteerId)).size).toBe(rows.length);
        expect(rows.toSorted(byRank)).toEqual(rows);
        for (const { total, parts } of rows) expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(total);
        expect(new Set(rows.map(({ total }) => total)).size).toBeGreaterThan(5);
      }
    });

    test('only who can do what is asked for, and the count says so', async () => {
      const able = await volunteer({ skills: ['TRANSLATION_KOREAN'] });
      const { rows, count } = await finder('staff', '?limit=200&skill=TRANSLATION_KOREAN');
      expect(rows.map(({ volunteerId }) => volunteerId)).toContain(able);
      expect(rows.every(({ skills }) => skills.includes('TRANSLATION_KOREAN'))).toBe(true);
      expect(count).toBe(rows.length);
      expect((await finder('staff', '?availability=SUNDAY_EVENING')).rows).toEqual([]);
    });

    test('names are masked for those who only watch, and a station out of reach is like one that does not exist', async () => {
      const whole = await house.as('staff').get(path());
      const masked = await house.as('auditor').get(path());
      expect(whole.text).toMatch(/义工\d/);
      expect(masked.text).not.toMatch(/义工\d/);
      expect((masked.body as CandidateFinder).rows[0]!.name).toMatch(/^.\*$/);
      expect((await house.as('auditor').get(excludedPath())).text).not.toContain('金顺哲');
      const bytes = ({ status, text }: { status: number; text: string }) => `${status} ${text.replace(/"instance":"[^"]+"/, '')}`;
      for (const each of [path(), excludedPath()]) {
        const outOfReach = await house.as('otherStaff').get(each);
        const unknown = await house.as('otherStaff').get(each.replace(here.stationId, randomUUID()));
        expect([outOfReach.status, bytes(outOfReach)]).toEqual([404, bytes(unknown)]);
      }
      const forged = await house
        .as('staff')
        .get(`${path()}?cursor=${Buffer.from('["candidates",1,"x","y"]').toString('base64url')}`);
      expect([forged.status, forged.body.code]).toEqual([400, 'bad-cursor']);
    });

    test('of a suspended station it says that nobody can be linked, by the code of the refusal', async () => {
      const staff = house.as('staff');
      expect((await finder()).hindrance).toBeNull();
      await staff.does(SuspendServiceStation, { stationId: here.stationId, reason: '维修' });
      const { hindrance, rows } = await finder();
      const refused = await staff.refused(LinkVolunteer, { volunteerId: rows[0]!.volunteerId, stationId: here.stationId });
      expect(hindrance!.code).toBe(refused);
      await staff.does(ResumeServiceStation, { stationId: here.stationId });
    });
  });

  describe('a center today', () => {
    const today = (account: AccountName = 'staff') =>
      house.as(account).sees<CenterToday>(`/api/service-centers/${here.centerId}/today`);

    test('shows its stations with who works there, and what to do first', async () => {
      const { stations, todos, counts, today: day } = await today();
      expect(day).toBe(house.day());
      expect(stations.map(({ name }) => name)).toEqual(['第二社工服务站', '第一社工服务站']);
      const first = stations.find(({ stationId }) => stationId === here.stationId)!;
      expect(first).toMatchObject({ worker: { name: '李玉兰' }, actingWorker: null, serviceFields: ['ELDERLY', 'HEALTH'] });
      expect(first.communities.map(({ divisionId }) => divisionId)).toEqual([communitiesOf(beishan)[0]]);
      expect(todos[0]).toMatchObject({ code: 'STATION_WITHOUT_WORKER', stationId: here.secondStationId });
      expect(todos.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['VOLUNTEERS_WAITING', 'COMMUNITY_WITHOUT_STATION', 'VOLUNTEERS_NOT_LINKED']),
      );
      const uncovered = todos.find(({ code }) => code === 'COMMUNITY_WITHOUT_STATION')!;
      expect(uncovered.count).toBe(counts.communities - counts.coveredCommunities);
      expect(uncovered.ids).toHaveLength(20);
      expect(counts.coveredCommunities).toBe(2);
    });

    test('a to-do is gone when it is done', async () => {
      const staff = house.as('staff');
      const waiting = (await today()).todos.find(({ code }) => code === 'VOLUNTEERS_WAITING')!;
      expect(waiting.ids).toContain(here.applicantId);
      expect(waiting.count).toBe(waiting.ids.length);
      for (const volunteerId of waiting.ids) await staff.does(AcceptVolunteer, { volunteerId });
      expect((await today()).todos.map(({ code }) => code)).not.toContain('VOLUNTEERS_WAITING');

      const stationId = here.secondStationId;
      await staff.does(AppointActingWorker, { stationId, workerId: here.freeWorkerId, until: house.day(10) });
      const ends = (await today()).todos.find(todo => todo.stationId === stationId)!;
      expect(ends).toMatchObject({ code: 'ACTING_ENDS_SOON', on: house.day(10) });
      expect((await today()).stations.find(station => station.stationId === stationId)).toMatchObject({
        worker: null,
        actingWorker: { name: '朴英姬' },
        actingUntil: house.day(10),
        colour: 'amber',
      });
      await staff.does(AssignSocialWorker, { stationId, workerId: here.freeWorkerId });
      expect((await today()).todos.filter(todo => todo.stationId === stationId)).toEqual([]);
    });

    test('agrees with the tree and the list of what is missing, masks names, and speaks the reader’s language', async () => {
      const { colour, reasons, stations } = await today();
      const tree = await house.as('staff').sees<StructureTree>(`/api/structure-tree?centerId=${here.centerId}`);
      expect({ colour, reasons }).toEqual({ colour: tree.node.colour, reasons: tree.node.reasons });
      expect(stations.map(({ colour: of }) => of)).toEqual(tree.children.map(({ colour: of }) => of));
      expect(stations.map(({ volunteers }) => volunteers)).toEqual(tree.children.map(({ counts }) => counts!.volunteers));
      const masked = await house.as('auditor').get(`/api/service-centers/${here.centerId}/today`, { 'accept-language': 'en' });
      for (const name of here.names) expect(masked.text).not.toContain(name);
      for (const { words } of (masked.body as CenterToday).todos) expect(words).toMatch(/[a-z]{3}/);
      expect((await house.as('otherStaff').get(`/api/service-centers/${here.centerId}/today`)).status).toBe(404);
    });
  });

  describe('figures', () => {
    const figures = (account: AccountName, more: string) =>
      house.as(account).sees<StructureFiguresPage>(`/api/structure-figures${more}`);
    const behind = (account: AccountName, divisionId: string, figure: string, more = '') =>
      everyPage<FigureSubjects['rows'][number]>(
        account,
        `/api/structure-figures/subjects?figure=${figure}&divisionId=${divisionId}${more}`,
        9,
      );

    test('every number is that of the facts behind it, at every level, today and on another day', async () => {
      for (const more of ['', `&effectiveOn=${house.day(-3)}`]) {
        for (const divisionId of [place('22'), place(county), place(beishan)]) {
          const { node, rows } = await figures('authority', `?divisionId=${divisionId}${more}`);
          for (const division of [node, ...rows]) {
            for (const figure of figureNames) {
              const subjects = await behind('authority', division.divisionId, figure, more);
              expect([division.name, figure, subjects.length]).toEqual([division.name, figure, division.figures[figure]]);
            }
          }
        }
      }
    });

    test('the parts make up the whole, and are those of the tree', async () => {
      const { node, rows } = await figures('authority', '');
      const { node: root } = await house.as('authority').sees<StructureTree>('/api/structure-tree');
      expect(node.figures).toMatchObject({ ...root.counts });
      const sum = (figure: (typeof figureNames)[number]) => rows.reduce((total, { figures: of }) => total + of[figure], 0);
      for (const figure of figureNames) expect([figure, sum(figure)]).toEqual([figure, node.figures[figure]]);
      const { stations, staffedStations, actingStations, vacantStations } = node.figures;
      expect(staffedStations + actingStations + vacantStations).toBe(stations);
    });

    test('two days are compared, and what changed between them is what is told', async () => {
      const relieved = here.secondStationId;
      const before = await house.store.head();
      await house.as('staff').does(RelieveSocialWorker, { stationId: relieved, because: 'LEAVE' });
      const position = await house.store.head();
      const path = `?divisionId=${place(beishan)}&compareWith=${house.day(-25)}`;
      const nothingThen = await figures('authority', path);
      expect(nothingThen.node).toMatchObject({ before: { centers: 0, stations: 0, volunteers: 0 } });
      const { figures: present, before: past, change } = nothingThen.node;
      for (const figure of figureNames) expect(past![figure] + change![figure]).toBe(present[figure]);
      const then = (await figures('authority', `?divisionId=${place(beishan)}&asOf=${before}`)).node;
      const now = (await figures('authority', `?divisionId=${place(beishan)}&asOf=${position}`)).node;
      expect(then.figures.vacantStations).toBe(now.figures.vacantStations - 1);
      expect(then).toMatchObject({ before: null, change: null });
      const vacant = await behind('authority', place(beishan), 'vacantStations');
      expect(vacant.map(({ id }) => id)).toContain(relieved);
      expect(await behind('authority', place(beishan), 'vacantStations', `&asOf=${before}`)).toHaveLength(
        then.figures.vacantStations,
      );
      const [last] = await house.store.readAt([vacant.find(({ id }) => id === relieved)!.position]);
      expect((await house.store.readAppend(last!)).map(({ type }) => type)).toContain('SocialWorkerRelieved');
      const ahead = await house.as('authority').get(`/api/structure-figures?compareWith=${house.day(2)}`);
      expect([ahead.status, ahead.body.errors[0].pointer]).toEqual([400, 'compareWith']);
    });

    test('go page by page, mask volunteers, and stop at the reach of the asker', async () => {
      const whole = await figures('authority', '?limit=200');
      const paged = await everyPage<DivisionFigures>('authority', '/api/structure-figures', 1);
      expect(paged).toEqual(whole.rows);
      const masked = await behind('auditor', place(beishan), 'volunteers');
      expect(masked.length).toBeGreaterThan(5);
      for (const { kind, name } of masked) expect([kind, name]).toEqual(['VOLUNTEER', expect.stringMatching(/^.\*$/)]);
      expect((await behind('staff', place(beishan), 'volunteers')).map(({ name }) => name)).toContain('金顺哲');
      expect((await figures('staff', '')).node.divisionId).toBe(place(beishan));
      for (const path of ['structure-figures?', 'structure-figures/subjects?figure=stations&']) {
        expect((await house.as('staff').get(`/api/${path}divisionId=${place(county)}`)).status).toBe(404);
        expect((await house.as('authority').get(`/api/${path}divisionId=${randomUUID()}`)).status).toBe(404);
      }
      expect((await house.as('staff').get('/api/structure-figures/subjects?figure=salaries')).status).toBe(400);
    });
  });

  describe('for everybody', () => {
    const where = (q: string, more = '') =>
      house.anybody.sees<CenterOfCommunity>(`/api/public/center-of-community?q=${encodeURIComponent(q)}${more}`);

    test('which center and which station serve a community: by name, pinyin, initials, code, and by what it was called', async () => {
      const [covered, , open] = communitiesOf(beishan);
      const served = {
        divisionId: covered,
        path: '延边朝鲜族自治州 延吉市 北山街道',
        center: { id: here.centerId, name: '街道社工服务中心' },
        station: { id: here.stationId, serviceFields: ['ELDERLY', 'HEALTH'] },
      };
      await house.as('authority').does(RenameDivision, { divisionId: covered, name: '丹英社区' });
      for (const q of ['丹英', 'danying', 'dysq', 'DanYing', `${beishan}001`])
        expect([q, (await where(q)).rows]).toMatchObject([q, [served]]);
      const former = (await where('第1社区', '&limit=200')).rows.find(({ divisionId }) => divisionId === covered);
      expect(former).toMatchObject({ name: '丹英社区', ...served });
      const uncovered = (await where(`${beishan}003`)).rows;
      expect(uncovered).toMatchObject([{ divisionId: open, center: { id: here.centerId }, station: null }]);
      // The street that went into this one is asked for by its old name.
      expect((await where('新兴')).rows).toMatchObject([{ divisionId: place(beishan), center: { id: here.centerId } }]);
      expect((await where('没有这个地方')).rows).toEqual([]);
      expect((await where('%')).rows).toEqual([]);
    });

    test('goes page by page and holds no person', async () => {
      const whole = await where('第', '&limit=200');
      const cursor = (await where('第', '&limit=30')).next!;
      expect((await where('第', `&limit=200&cursor=${encodeURIComponent(cursor)}`)).rows).toEqual(whole.rows.slice(30));
      const text = JSON.stringify(whole);
      for (const hidden of [...here.names, ...here.secrets, here.workerId, here.volunteerId]) expect(text).not.toContain(hidden);
    });

    test('whether somebody is a social worker: yes to name and number, and no in the same bytes to everything else', async () => {
      const check = (name: string, certificateNumber: string) =>
        house.anybody.get(`/api/public/worker-check?${new URLSearchParams({ name, certificateNumber }).toString()}`);
      const number = '202311220440000';
      const unverified = await check('李玉兰', number);
      await house.as('registrar').does(VerifyCertificate, { certificateId: here.certificateId });
      await house.quiet();
      const yes = await check('李玉兰', number);
      expect(yes.body as PublicWorkerCheck).toEqual({
        registered: true,
        level: 'INTERMEDIATE',
        status: 'CERTIFIED',
        validity: 'VALID',
        checkedOn: house.day(),
      });
      const nos = [unverified, ...(await Promise.all([check('李玉', number), check('朴英姬', number), check('李玉兰', '1')]))];
      expect(new Set(nos.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(Object.keys(nos[0]!.body).sort()).toEqual(Object.keys(yes.body).sort());
      expect((await house.anybody.get('/api/public/worker-check?name=%E6%9D%8E%E7%8E%89%E5%85%B0')).status).toBe(400);
    });
  });

  describe('without signing in', () => {
    /** Asks until it is too often, a few at once. */
    const untilRefused = async (once: () => ReturnType<TestHouse['anybody']['get']>) => {
      for (let round = 0; round < 100; round += 1) {
        const answers = await Promise.all(Array.from({ length: 10 }, once));
        const refused = answers.find(({ status }) => status === 429);
        if (refused) return refused;
      }
      throw new Error('nobody was asked to wait');
    };

    test('looking too often is refused with a sentence and a time to wait; who is signed in, and the health, go on', async () => {
      const path = '/api/public/worker-check?name=%E6%9D%8E&certificateNumber=1';
      const zh = await untilRefused(() => house.anybody.get(path));
      expect(zh.headers['content-type']).toMatch('application/problem+json');
      expect(zh.headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(zh.body).toMatchObject({ code: 'too-many-requests', detail: expect.stringMatching(/请求过于频繁,请 \d+ 秒后再试/) });
      const en = await untilRefused(() => house.anybody.get(path, { 'accept-language': 'en' }));
      expect(en.body.detail).toMatch(/^Too many requests; try again in \d+ s, or sign in$/);
      await untilRefused(() => house.anybody.get('/api/divisions?code=22'));
      expect((await house.as('staff').get(path)).status).toBe(200);
      const health = await Promise.all(Array.from({ length: 80 }, () => house.anybody.get('/api/health/live')));
      expect(new Set(health.map(({ status }) => status))).toEqual(new Set([200]));
    });

    test('applying too often is refused before anybody looks at the body, and staff still register', async () => {
      const head = await house.store.head();
      const refused = await untilRefused(() => house.anybody.send('/api/volunteers?dryRun=true', {}));
      expect([refused.status, refused.headers['retry-after']]).toEqual([429, expect.stringMatching(/^[1-9]\d*$/)]);
      expect(await house.store.head()).toBe(head);
      expect(await volunteer()).toBeTruthy();
      const person = { name: '现场申请', idNumber: idNumber(1_990), phone: phone(1_990) };
      await house.as('staff').does(RegisterVolunteer, { volunteerId: randomUUID(), homeDivisionId: place(beishan), ...person });
    });
  });

  test('a center that is suspended and has no station says so first', async () => {
    const centerId = randomUUID();
    const registrar = house.as('countyRegistrar');
    await registrar.does(EstablishServiceCenter, { centerId, divisionId: place('222401101'), name: '小营中心' });
    await registrar.does(SuspendServiceCenter, { centerId, reason: '改造' });
    const { todos, reasons } = await registrar.sees<CenterToday>(`/api/service-centers/${centerId}/today`);
    expect(reasons).toEqual(['CENTER_WITHOUT_STATION', 'CENTER_SUSPENDED']);
    expect(todos.map(({ code }) => code)).toEqual(['CENTER_SUSPENDED', 'CENTER_WITHOUT_STATION']);
    expect((await house.as('staff').get(`/api/service-centers/${centerId}/today`)).status).toBe(404);
    expect(
      await registrar.refused(OpenServiceStation, { stationId: randomUUID(), centerId, name: '站', communities: [] }),
    ).toBeTruthy();
  });
});
