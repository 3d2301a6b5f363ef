import { randomUUID } from 'node:crypto';
import { ask, sentWith } from '@lib/platform/cqrs/envelope.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import type { SubjectHistory } from '@lib/scrutiny/history/history.views.js';
import { EstablishServiceCenter, RenameServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import type { ServiceCenterCard } from '@lib/service-network/service-center/service-center.views.js';
import {
  AssignSocialWorker,
  CloseServiceStation,
  OpenServiceStation,
  RelieveSocialWorker,
  ReplaceSocialWorker,
  SetCoverage,
  SuspendServiceStation,
} from '@lib/service-network/service-station/service-station.commands.js';
import type { ServiceStationCard } from '@lib/service-network/service-station/service-station.views.js';
import { figureNames } from '@lib/service-network/structure/figure-subjects.views.js';
import { MergeDivisions, RenameDivision } from '@lib/territory/division/division.commands.js';
import { LinkVolunteer, UnlinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { AcceptVolunteer, RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import type { VolunteerCard } from '@lib/volunteering/volunteer/volunteer.views.js';
import { RegisterWorker, SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import {
  accountIdOf,
  beishan,
  communitiesOf,
  furnish,
  idNumber,
  openTestHouse,
  phone,
  place,
  type AccountName,
  type Furnished,
  type TestHouse,
} from './open-house.js';

const county = '222401';
const inChinese = (date: string) => {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
};
const uuidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

(hasPostgres ? describe : describe.skip)('what is seen', () => {
  let house: TestHouse;
  let here: Furnished;
  const late = (days: number) => ({ 'effective-on': house.day(-days), 'reason-code': 'paper-record' });
  beforeAll(async () => {
    house = await openTestHouse();
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0, on: late(30) });
  });
  afterAll(() => house?.close());

  const at = (path: string, moment: Record<string, string>) => {
    const query = new URLSearchParams(moment).toString();
    return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
  };

  describe('on two clocks', () => {
    /** Everything that answers for a moment, about the street and what is in it. */
    const momentary = ({ centerId, stationId, secondStationId, volunteerId }: Furnished) => [
      '/api/structure-tree',
      `/api/structure-tree?divisionId=${place(county)}`,
      `/api/structure-tree?divisionId=${place(beishan)}`,
      `/api/structure-tree?divisionId=${place('222401003')}`,
      `/api/structure-tree?centerId=${centerId}`,
      `/api/structure-tree?stationId=${stationId}`,
      `/api/service-centers/${centerId}`,
      `/api/service-stations/${stationId}`,
      `/api/service-stations/${secondStationId}`,
      '/api/structure-conformance?limit=200',
      '/api/structure-figures',
      `/api/structure-figures?divisionId=${place(county)}&compareWith=${house.day(-7)}`,
      ...figureNames.map(figure => `/api/structure-figures/subjects?figure=${figure}&divisionId=${place(county)}&limit=200`),
      `/api/divisions?parentId=${place(county)}&ended=true`,
      `/api/divisions/${place(beishan)}`,
      `/api/divisions/${place('222401003')}`,
      `/api/history/${volunteerId}?limit=200`,
    ];
    const everythingAt = async (moment: Record<string, string>) => {
      const seen: Record<string, unknown> = {};
      for (const path of momentary(here)) {
        if (path.includes('history') && moment.effectiveOn) continue;
        seen[path] = await house.as('authority').sees(at(path, moment));
      }
      return seen;
    };

    test('what every view said at a time, it says again of that time', async () => {
      const [, , third, fourth, fifth] = communitiesOf(beishan);
      const { stationId, secondStationId, centerId, freeWorkerId, workerId, volunteerId } = here;
      const staff = house.as('staff');
      const thirdStationId = randomUUID();
      const steps: readonly (() => Promise<unknown>)[] = [
        () => staff.does(LinkVolunteer, { volunteerId, stationId: secondStationId, primary: true }),
        () =>
          staff.does(OpenServiceStation, { stationId: thirdStationId, centerId, name: '第三站', communities: [third] }, late(20)),
        () => staff.does(AssignSocialWorker, { stationId: thirdStationId, workerId: freeWorkerId }, late(10)),
        () => staff.does(SetCoverage, { stationId, communities: [fourth, fifth] }, late(5)),
        () => house.as('registrar').does(SuspendWorker, { workerId, reason: '调查' }),
        () => staff.does(SuspendServiceStation, { stationId: secondStationId, reason: '维修' }),
        () => staff.does(UnlinkVolunteer, { volunteerId, stationId: secondStationId }),
        () => house.as('authority').does(RenameDivision, { divisionId: place('222401003'), name: '新兴新名街道' }, late(2)),
        () =>
          house.as('authority').does(MergeDivisions, { divisionId: place(beishan), sourceIds: [place('222401003')] }, late(1)),
        () => staff.does(CloseServiceStation, { stationId: thirdStationId, reason: '合并' }),
      ];
      const album: { position: string; instant: string; seen: Record<string, unknown> }[] = [];
      const photograph = async () => {
        await house.quiet();
        const position = await house.store.head();
        const instant = (await house.store.readAt([position]))[0]!.recordedAt;
        album.push({ position, instant, seen: await everythingAt({}) });
        // The next fact is recorded in another millisecond.
        await new Promise(resolve => setTimeout(resolve, 3));
      };
      await photograph();
      for (const step of steps) {
        await step();
        await photograph();
      }
      expect(new Set(album.map(({ seen }) => JSON.stringify(seen))).size).toBe(album.length);
      for (const { position, seen } of album)
        expect([position, await everythingAt({ asOf: position })]).toEqual([position, seen]);
      // Recorded by the clock of the database; the house asks its own, which stands on another day.
      const { seen } = album.at(-1)!;
      const { ...today } = await everythingAt({ effectiveOn: house.day() });
      for (const [path, answer] of Object.entries(today)) expect([path, answer]).toEqual([path, seen[path]]);
    });

    test('inside of an append nothing is seen of it', async () => {
      const head = await house.store.head();
      const stationId = randomUUID();
      const [community] = communitiesOf('222401003');
      const opened = { stationId, centerId: here.centerId, name: '一笔站', communities: [community] };
      const { position, facts } = await house.as('staff').does(OpenServiceStation, opened);
      expect(facts.length).toBeGreaterThan(2);
      const path = `/api/structure-tree?centerId=${here.centerId}`;
      const before = await house.as('staff').sees(at(path, { asOf: head }));
      // Of every event but the last, and just behind it: not every log counts without gaps.
      const inside = (await house.everything(head)).flatMap(event => [BigInt(event.position), BigInt(event.position) + 1n]);
      for (const within of [BigInt(head) + 1n, ...inside].filter(offset => offset < BigInt(position)))
        expect(await house.as('staff').sees(at(path, { asOf: String(within) }))).toEqual(before);
      expect(await house.as('staff').sees(at(path, { asOf: position }))).not.toEqual(before);
    });

    test('a volunteer who came twice has two periods, and each day shows who was there', async () => {
      const volunteerId = randomUUID();
      const stationId = here.stationId;
      const staff = house.as('staff');
      const person = { name: '来两次', idNumber: idNumber(300), phone: phone(300) };
      await staff.does(RegisterVolunteer, { volunteerId, homeDivisionId: place(beishan), ...person }, late(25));
      await staff.does(AcceptVolunteer, { volunteerId }, late(24));
      const before = await house.store.head();
      await staff.does(LinkVolunteer, { volunteerId, stationId }, late(20));
      await staff.does(UnlinkVolunteer, { volunteerId, stationId, because: 'OWN_WISH' }, late(10));
      await staff.does(LinkVolunteer, { volunteerId, stationId }, late(5));

      const card = await staff.sees<VolunteerCard>(`/api/volunteers/${volunteerId}`);
      expect(card.links.map(({ from, until, because }) => ({ from, until, because }))).toEqual([
        { from: house.day(-5), until: null, because: null },
        { from: house.day(-20), until: house.day(-10), because: 'OWN_WISH' },
      ]);
      const there = async (moment: Record<string, string>) => {
        const answer = await staff.sees<ServiceStationCard>(at(`/api/service-stations/${stationId}`, moment));
        return answer.volunteers.some(({ id }) => id === volunteerId);
      };
      const onDay = async (days: number) =>
        (await staff.sees<VolunteerCard>(at(`/api/volunteers/${volunteerId}`, { effectiveOn: house.day(-days) }))).links.length;
      expect(await Promise.all([21, 20, 11, 10, 6, 5, 0].map(onDay))).toEqual([0, 1, 1, 0, 0, 1, 1]);
      expect(await there({})).toBe(true);
      expect(await there({ asOf: before })).toBe(false);
      expect(await Promise.all([21, 20, 10, 5].map(days => there({ effectiveOn: house.day(-days) })))).toEqual([
        false,
        true,
        false,
        true,
      ]);
      expect((await staff.get(at(`/api/service-stations/${stationId}`, { effectiveOn: house.day(-31) }))).status).toBe(404);
    });

    test('what is recorded late counts from its own day, and was not known before', async () => {
      const centerId = randomUUID();
      const [first, second] = [randomUUID(), randomUUID()];
      const register = house.as('countyRegistrar');
      await register.does(EstablishServiceCenter, { centerId, divisionId: place('222401101'), name: '小营旧名' }, late(30));
      const known = await house.store.head();
      await register.does(RenameServiceCenter, { centerId, name: '小营新名' }, late(3));
      const nameAt = async (moment: Record<string, string>) => {
        const answer = await register.get(at(`/api/service-centers/${centerId}`, moment), {
          'x-after': await house.store.head(),
        });
        return answer.status === 200 ? (answer.body as ServiceCenterCard).name : answer.status;
      };
      expect(await Promise.all([31, 30, 4, 3, 0].map(days => nameAt({ effectiveOn: house.day(-days) })))).toEqual([
        404,
        '小营旧名',
        '小营旧名',
        '小营新名',
        '小营新名',
      ]);
      expect(await nameAt({ asOf: known })).toBe('小营旧名');
      expect(await nameAt({ asOf: known, effectiveOn: house.day(-2) })).toBe('小营旧名');
      // A name that is recorded last speaks for its day onwards.
      await register.does(RenameServiceCenter, { centerId, name: '小营中名' }, late(8));
      expect(await Promise.all([9, 8, 4, 2].map(days => nameAt({ effectiveOn: house.day(-days) })))).toEqual([
        '小营旧名',
        '小营中名',
        '小营中名',
        '小营中名',
      ]);

      const divisionId = randomUUID();
      await house.as('authority').send('/api/divisions', {
        divisionId,
        code: '222401101001',
        name: '小营社区',
        kind: 'COMMUNITY',
        parentId: place('222401101'),
      });
      const stationId = randomUUID();
      await register.does(OpenServiceStation, { stationId, centerId, name: '小营站', communities: [divisionId] }, late(25));
      for (const [nth, workerId] of [first, second].entries())
        await register.does(
          RegisterWorker,
          {
            workerId,
            homeDivisionId: place('222401101'),
            name: `社工${nth}`,
            idNumber: idNumber(310 + nth),
          },
          late(24),
        );
      await register.does(AssignSocialWorker, { stationId, workerId: first }, late(20));
      await register.does(ReplaceSocialWorker, { stationId, workerId: second }, late(10));
      await register.does(RelieveSocialWorker, { stationId, because: 'LEAVE' }, late(10));
      const workerAt = async (days: number) => {
        const path = at(`/api/service-stations/${stationId}`, { effectiveOn: house.day(-days) });
        return (await register.sees<ServiceStationCard>(path)).worker?.name ?? null;
      };
      expect(await Promise.all([25, 20, 11, 10, 0].map(workerAt))).toEqual([null, '社工0', '社工0', null, null]);
      // A day that began and ended the posting of the second worker: it is shown, and counts in no head count.
      const card = await register.sees<{ postings: object[] }>(`/api/social-workers/${second}`);
      expect(card.postings).toMatchObject([{ from: house.day(-10), until: house.day(-10) }]);
    });
  });

  describe('page by page', () => {
    beforeAll(async () => {
      const principal = { id: accountIdOf('countyRegistrar'), name: 'countyRegistrar' };
      const surnames = [...'赵钱孙李周吴郑王冯陈'];
      const commands = Array.from({ length: 70 }, (_, nth) => {
        // Many bear the same name, so that only the id tells them apart.
        const person = { name: `${surnames[nth % 10]}同名`, idNumber: idNumber(400 + nth), phone: phone(400 + nth) };
        const homeDivisionId = place(beishan);
        return nth % 2 === 0
          ? ask(RegisterWorker, { workerId: randomUUID(), homeDivisionId, ...person })
          : ask(RegisterVolunteer, { volunteerId: randomUUID(), homeDivisionId, ...person });
      });
      await Promise.all(commands.map(command => house.bus.execute(sentWith(command, { principal, key: randomUUID() }))));
      const stations = communitiesOf(beishan, 70)
        .slice(20, 45)
        .map((community, nth) =>
          ask(OpenServiceStation, {
            stationId: randomUUID(),
            centerId: here.centerId,
            name: `站${nth % 5}`,
            communities: [community],
          }),
        );
      for (const command of stations) await house.bus.execute(sentWith(command, { principal, key: randomUUID() }));
      await house.quiet();
    });

    interface Page {
      readonly rows?: readonly Record<string, unknown>[];
      readonly children?: readonly Record<string, unknown>[];
      readonly next: string | null;
    }
    test.each([
      ['/api/social-workers', 'staff', 7],
      ['/api/social-workers?sort=name&direction=desc', 'staff', 3],
      ['/api/social-workers?sort=registeredOn&direction=desc', 'registrar', 5],
      ['/api/social-workers', 'auditor', 4],
      ['/api/volunteers', 'worker', 4],
      ['/api/volunteers?direction=desc', 'auditor', 3],
      [`/api/divisions?parentId=${place(beishan)}`, 'auditor', 9],
      ['/api/divisions', 'authority', 40],
      ['/api/structure-conformance', 'authority', 11],
      ['/api/structure-conformance', 'staff', 1],
      ['/api/structure-figures', 'authority', 1],
      ['/api/structure-figures/subjects?figure=stations', 'authority', 7],
      ['/api/structure-figures/subjects?figure=communities', 'staff', 13],
      ['/api/public/center-of-community?q=%E7%A4%BE%E5%8C%BA', 'staff', 17],
      ['/api/service-stations/STATION/excluded-candidates', 'auditor', 5],
      [`/api/structure-tree?divisionId=${place(county)}`, 'authority', 1],
      ['/api/structure-tree?centerId=CENTER', 'staff', 4],
      ['/api/history/CENTER', 'auditor', 6],
    ] as const)('%s for %s, %d at a time: nothing is lost and nothing comes twice', async (asked, account, limit) => {
      const path = asked.replace('CENTER', here.centerId).replace('STATION', here.stationId);
      const page = (more: Record<string, string>) => house.as(account).sees<Page>(at(path, more));
      const whole = await page({ limit: '200' });
      const linesOf = ({ rows, children }: Page) => (rows ?? children ?? []).map(row => JSON.stringify(row));
      expect(whole.next).toBeNull();
      const lines: string[] = [];
      let pages = 0;
      for (let cursor: string | null = ''; cursor !== null; pages += 1) {
        const answer: Page = await page({ limit: String(limit), ...(cursor === '' ? {} : { cursor }) });
        expect(linesOf(answer).length).toBeLessThanOrEqual(limit);
        lines.push(...linesOf(answer));
        cursor = answer.next;
      }
      expect(lines).toEqual(linesOf(whole));
      expect(pages).toBe(Math.max(1, Math.ceil(lines.length / limit)));
      expect(lines.length).toBeGreaterThan(limit);
    });

    test('a page goes on where it stopped, whatever came in meanwhile', async () => {
      const page = (cursor?: string) =>
        house.as('staff').sees<Page>(at('/api/social-workers', { limit: '10', sort: 'name', ...(cursor ? { cursor } : {}) }));
      const first = await page();
      const seen = first.rows!.map(({ workerId }) => workerId);
      for (const [nth, name] of ['阿一', '做末'].entries()) {
        const fields = { workerId: randomUUID(), homeDivisionId: place(beishan), name, idNumber: idNumber(500 + nth) };
        await house.as('staff').does(RegisterWorker, fields);
      }
      for (let cursor = first.next; cursor !== null;) {
        const next = await page(cursor);
        seen.push(...next.rows!.map(({ workerId }) => workerId));
        cursor = next.next;
      }
      expect(new Set(seen).size).toBe(seen.length);
      const names = (await house.as('staff').sees<Page>('/api/social-workers?limit=200')).rows!;
      // The one that now stands before the first page was not seen; the one behind was.
      expect(seen).toHaveLength(names.length - 1);
    });
  });

  describe('history', () => {
    const history = async (account: AccountName, id: string, language: 'zh' | 'en') => {
      const answer = await house.as(account).get(`/api/history/${id}?limit=200`, { 'accept-language': language });
      expect(answer.status).toBe(200);
      return (answer.body as SubjectHistory).rows;
    };

    test('says in words who did what, in the language of the reader', async () => {
      const { stationId } = here;
      const zh = await history('registrar', stationId, 'zh');
      const en = await history('registrar', stationId, 'en');
      expect(zh.map(({ fact }) => fact)).toEqual(en.map(({ fact }) => fact));
      const assigned = zh.find(({ fact }) => fact === 'SocialWorkerAssigned')!;
      expect(assigned).toMatchObject({
        words: `社工“李玉兰”到站任职(自 ${inChinese(house.day(-30))})`,
        actor: { name: 'staff账号', role: '中心工作人员' },
      });
      expect(en.find(({ fact }) => fact === 'SocialWorkerAssigned')!.words).toBe(
        `Social worker “李玉兰” was assigned (from ${house.day(-30)})`,
      );
      expect(zh.at(-1)!.fact).toMatch(/^(ServiceStationOpened|StationJoinedCenter|CommunityCovered)$/);
    });
    test('names things and never shows an id, a gap or a code', async () => {
      const { centerId, stationId, workerId, volunteerId, certificateId } = here;
      for (const id of [centerId, stationId, workerId, volunteerId, certificateId, place(beishan)]) {
        for (const language of ['zh', 'en'] as const) {
          for (const { words, fact, actor, because } of await history('registrar', id, language)) {
            expect([fact, words]).not.toEqual([fact, expect.stringMatching(uuidPattern)]);
            expect([fact, words]).not.toEqual([fact, expect.stringMatching(/[A-Z]{2,}_[A-Z]+|undefined|\{|\}/)]);
            expect([fact, actor.name]).not.toEqual([fact, expect.stringMatching(uuidPattern)]);
            expect(because ?? '').not.toMatch(/^[a-z]+-[a-z]+$/);
          }
        }
      }
    });
    test('shows those who only watch the surname alone', async () => {
      const words = (await history('auditor', here.stationId, 'zh')).map(entry => entry.words).join();
      expect(words).toContain('李*');
      expect(words).not.toContain('李玉兰');
      expect((await house.as('otherAuditor').get(`/api/history/${here.stationId}`)).status).toBe(404);
    });
  });
});
