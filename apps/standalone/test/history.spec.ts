import { dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { categoryOfStream, idOfStream } from '@lib/platform/kernel/event.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import type { CommandTrail } from '@lib/scrutiny/history/command-trail.views.js';
import type { KnownActors, SubjectHistory } from '@lib/scrutiny/history/history.views.js';
import { RenameServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { AssignSocialWorker, CloseServiceStation } from '@lib/service-network/service-station/service-station.commands.js';
import { LinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { ReinstateWorker, SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import {
  accountIdOf,
  beishan,
  furnish,
  openTestHouse,
  place,
  yongchang,
  type AccountName,
  type Furnished,
  type TestHouse,
} from './open-house.js';

const ofPolicy = 'policy:relieve-suspended-worker';

(hasPostgres ? describe : describe.skip)('the history, filtered', () => {
  let house: TestHouse;
  let here: Furnished;
  let there: Furnished;
  let log: readonly RecordedEvent[];
  beforeAll(async () => {
    house = await openTestHouse(undefined, { atPresent: true });
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0 });
    there = await furnish(house, yongchang, { registrar: 'otherRegistrar', staff: 'otherStaff', from: 10 });
    await house.nextDay('registrar', 'staff', 'auditor', 'otherAuditor', 'provinceAuditor', 'worker', 'authority');
    await house.as('registrar').does(SuspendWorker, { workerId: here.workerId, reason: '投诉调查' });
    await house.quiet();
    await house.as('registrar').does(ReinstateWorker, { workerId: here.workerId });
    await house.as('staff').does(AssignSocialWorker, { stationId: here.secondStationId, workerId: here.workerId });
    await house.as('staff').does(LinkVolunteer, { volunteerId: here.volunteerId, stationId: here.secondStationId });
    await house.quiet();
    log = await house.everything();
  }, 60_000);
  afterAll(() => house?.close());

  const asked = (path: string, filter: Readonly<Record<string, string>>) => `${path}?${new URLSearchParams(filter)}`;
  const positions = async (account: AccountName, filter: Readonly<Record<string, string>>, path = '/api/history') => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: Record<string, string> = cursor === '' ? filter : { ...filter, cursor };
      const page: SubjectHistory = await house.as(account).sees<SubjectHistory>(asked(path, { limit: '200', ...more }));
      found.push(...page.rows.map(({ position }) => position));
      cursor = page.next;
    }
    return found;
  };
  const mentions = (event: RecordedEvent, ids: readonly string[]) => ids.some(id => JSON.stringify(event).includes(id));
  const fitting = (fits: (event: RecordedEvent) => boolean) =>
    log
      .filter(fits)
      .map(({ position }) => position)
      .reverse();

  type Fits = (event: RecordedEvent) => boolean;
  const onDay = (event: RecordedEvent, offset: number) => dateInShanghai(Date.parse(event.recordedAt)) === house.day(offset);
  const filters: readonly (readonly [string, () => Readonly<Record<string, string>>, Fits])[] = [
    ['an account', () => ({ actor: accountIdOf('staff') }), ({ metadata }) => metadata.actor === accountIdOf('staff')],
    ['a policy', () => ({ actor: ofPolicy }), ({ metadata }) => metadata.actor === ofPolicy],
    ['a type', () => ({ fact: 'SocialWorkerAssigned' }), ({ type }) => type === 'SocialWorkerAssigned'],
    [
      'a division with everything below',
      () => ({ unitId: place('2224') }),
      ({ metadata }) =>
        log.some(
          ({ type, data, stream }) =>
            type === 'DivisionDefined' && idOfStream(stream) === metadata.division && String(data.code).startsWith('2224'),
        ),
    ],
    [
      'a center with its stations',
      () => ({ unitId: here.centerId }),
      event => mentions(event, [here.centerId, here.stationId, here.secondStationId]),
    ],
    ['a station', () => ({ unitId: here.stationId }), event => mentions(event, [here.stationId])],
    ['from a day on', () => ({ from: house.day() }), event => onDay(event, 0)],
    ['up to a day', () => ({ to: house.day(-1) }), event => onDay(event, -1)],
  ];

  test.each(filters)('by %s, alone', async (_, filter, fits) => {
    const found = await positions('provinceAuditor', filter());
    expect(found).toEqual(fitting(fits));
    // For a double of a log no night can pass.
    if (!(house.double && 'from' in filter())) expect(found.length).toBeGreaterThan(0);
    if (!(house.double && 'to' in filter())) expect(found.length).toBeLessThan(log.length);
  });

  const pairs = filters.flatMap((one, nth) =>
    filters.slice(nth + 1).map(other => [`${one[0]} and ${other[0]}`, one, other] as const),
  );
  test('by any two at once, of everything or of one thing', async () => {
    let some = 0;
    for (const [name, [, one, fitsOne], [, other, fitsOther]] of pairs) {
      const filter: Record<string, string> = { ...one(), ...other() };
      const disagree = Object.entries(one()).some(([key, value]) => key in other() && other()[key] !== value);
      // What begins after it ends is refused.
      const backwards = (filter.from ?? '') > (filter.to ?? '9');
      if (disagree || backwards) continue;
      const fits: Fits = event => fitsOne(event) && fitsOther(event);
      const found = await positions('provinceAuditor', filter);
      expect([name, found]).toEqual([name, fitting(fits)]);
      const ofOne = await positions('provinceAuditor', filter, `/api/history/${here.workerId}`);
      expect([name, ofOne]).toEqual([name, fitting(event => fits(event) && mentions(event, [here.workerId]))]);
      some += found.length;
    }
    expect(some).toBeGreaterThan(50);
  });

  test('who sees a place sees what happened there and nothing else, whatever is filtered', async () => {
    const inPlace: Fits = ({ metadata }) =>
      log.some(
        ({ type, data, stream }) =>
          type === 'DivisionDefined' && idOfStream(stream) === metadata.division && String(data.code).startsWith(beishan),
      );
    expect(await positions('auditor', {})).toEqual(fitting(inPlace));
    expect(await positions('auditor', { fact: 'SocialWorkerAssigned' })).toEqual(
      fitting(event => event.type === 'SocialWorkerAssigned' && inPlace(event)),
    );
    expect(await positions('auditor', { actor: accountIdOf('otherStaff') })).toEqual([]);
  });

  test('a unit out of reach is as if it were not there', async () => {
    const nowhere = '0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41';
    const ask = (unitId: string) => house.as('auditor').get(asked('/api/history', { unitId }));
    const answers = await Promise.all([nowhere, place('22'), place('2224'), there.centerId, there.stationId].map(ask));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    const [first, ...others] = answers.map(({ body }) => body as { code: string; title: string; detail: string });
    for (const body of others) expect([body.code, body.title, body.detail]).toEqual([first!.code, first!.title, first!.detail]);
    expect(await positions('authority', { unitId: place('22') })).toHaveLength(log.length);
  });

  test('everything at once is for auditors, oversight and registrars', async () => {
    const status = async (account: AccountName, path: string) => (await house.as(account).get(path)).status;
    expect(await Promise.all((['auditor', 'authority', 'registrar'] as const).map(each => status(each, '/api/history')))).toEqual(
      [200, 200, 200],
    );
    expect(await Promise.all((['staff', 'worker'] as const).map(each => status(each, '/api/history')))).toEqual([403, 403]);
    expect((await house.anybody.get('/api/history')).status).toBe(401);
    // Of one thing it is for everybody in whose place it is.
    expect(await status('worker', `/api/history/${here.workerId}?actor=${ofPolicy}`)).toBe(200);
    expect(await status('otherAuditor', `/api/history/${here.workerId}?actor=${ofPolicy}`)).toBe(404);
  });

  test('names are masked for those who only watch', async () => {
    const { rows } = await house.as('auditor').sees<SubjectHistory>('/api/history?fact=SocialWorkerAssigned');
    const words = rows.map(entry => entry.words).join();
    expect(words).toContain('李*');
    expect(words).not.toContain('李玉兰');
  });

  test.each([
    [{ fact: 'StationClosedd' }, 'fact', '没有“StationClosedd”这种事实'],
    [{ unitId: 'x' }, '/unitId', '须是 UUID'],
    [{ actor: "';--" }, '/actor', '格式不正确'],
    [{ from: '2026-02-30' }, '/from', '须是存在的日期,如 2026-03-01'],
    [{ from: '2026-03-08', to: '2026-03-07' }, 'to', '结束日期不能早于起始日期'],
    [{ from: '2099-01-01' }, 'from', '起始日期不能晚于今天'],
    [{ asOf: 'yesterday' }, '/asOf', '格式不正确'],
    [{ colour: 'red' }, '/colour', '不认识这个字段'],
  ])('%j is answered with what is wrong about it', async (filter, pointer, detail) => {
    for (const path of ['/api/history', `/api/history/${here.stationId}`]) {
      const answer = await house
        .as('auditor')
        .get(asked(path, filter as unknown as Record<string, string>))
        .set('accept-language', 'zh-CN');
      expect(answer.status).toBe(400);
      expect((answer.body as { errors: object[] }).errors).toMatchObject([{ pointer, detail }]);
    }
  });

  test('a page goes on where it stopped, while new facts arrive', async () => {
    const before = fitting(({ metadata }) => metadata.actor === accountIdOf('registrar'));
    const seen: string[] = [];
    let nth = 0;
    for (let cursor: string | null = ''; cursor !== null; nth += 1) {
      const filter: Record<string, string> = {
        actor: accountIdOf('registrar'),
        limit: '1',
        ...(cursor === '' ? {} : { cursor }),
      };
      const page: SubjectHistory = await house.as('auditor').sees<SubjectHistory>(asked('/api/history', filter));
      seen.push(...page.rows.map(({ position }) => position));
      await house.as('registrar').does(RenameServiceCenter, { centerId: here.centerId, name: `新名${nth}` });
      cursor = page.next;
    }
    expect(seen).toEqual(before);
    expect(seen.length).toBeGreaterThan(2);
    log = await house.everything();
  });

  test('those who did anything are named, and only within reach', async () => {
    const of = async (account: AccountName) => (await house.as(account).sees<KnownActors>('/api/history/actors')).rows;
    const near = await of('auditor');
    expect(near).toContainEqual({ id: accountIdOf('staff'), name: 'staff账号' });
    expect(near).toContainEqual({ id: ofPolicy, name: '按规则:社工被暂停即离任' });
    expect(near.map(({ id }) => id)).not.toContain(accountIdOf('otherStaff'));
    expect((await of('provinceAuditor')).map(({ id }) => id)).toEqual(
      expect.arrayContaining([accountIdOf('otherStaff'), 'import', 'first-start']),
    );
  });

  describe('a command', () => {
    const commandOf = (type: string) => log.findLast(event => event.type === type)!.metadata.commandId!;
    const trail = (account: AccountName, commandId: string) =>
      house.as(account).sees<CommandTrail>(`/api/history/commands/${commandId}`);

    test('is followed from the request to its facts and to what followed from them', async () => {
      const { command, cause, consequences, whole } = await trail('auditor', commandOf('WorkerSuspended'));
      expect(command).toMatchObject({
        request: '暂停执业',
        unit: '北山街道',
        actor: { name: 'registrar账号', role: '登记员' },
        answers: null,
      });
      expect(command.facts.map(({ fact }) => fact)).toEqual(['WorkerSuspended']);
      expect([cause, whole]).toEqual([null, true]);
      expect(consequences).toMatchObject([
        { request: '免去社工', actor: { id: ofPolicy, name: '按规则:社工被暂停即离任' }, answers: command.facts[0]!.position },
      ]);
      expect(consequences[0]!.facts.map(({ fact }) => fact).sort()).toEqual(['PostingEnded', 'SocialWorkerRelieved']);
      // And back: what the policy did names the fact that it answered.
      const back = await trail('auditor', consequences[0]!.commandId);
      expect(back.cause).toEqual(command.facts[0]);
      expect(back.consequences).toEqual([]);
    });

    test('that leads to many others shows each with the fact that it answers', async () => {
      await house.as('staff').does(CloseServiceStation, { stationId: here.secondStationId, reason: '合并' });
      await house.quiet();
      log = await house.everything();
      const { command, consequences } = await trail('auditor', commandOf('ServiceStationClosed'));
      const closed = command.facts.find(({ fact }) => fact === 'ServiceStationClosed')!;
      expect(consequences.map(({ answers }) => answers)).toEqual([closed.position]);
      expect(consequences[0]!.facts.map(({ stream }) => categoryOfStream(stream))).toContain('volunteerLink');
    });

    test('out of reach is as if it were not there', async () => {
      const status = async (account: AccountName, commandId: string) =>
        (await house.as(account).get(`/api/history/commands/${commandId}`)).status;
      expect(await status('otherAuditor', commandOf('WorkerSuspended'))).toBe(404);
      expect(await status('auditor', '0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41')).toBe(404);
      expect(await status('auditor', 'x')).toBe(400);
      expect((await house.anybody.get(`/api/history/commands/${commandOf('WorkerSuspended')}`)).status).toBe(401);
    });
  });
});
