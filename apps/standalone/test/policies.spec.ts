import { randomUUID } from 'node:crypto';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import {
  EstablishServiceCenter,
  MergeServiceCenter,
  ReassignServiceCenter,
} from '@lib/service-network/service-center/service-center.commands.js';
import type { ServiceCenterCard } from '@lib/service-network/service-center/service-center.views.js';
import {
  AppointActingWorker,
  AssignSocialWorker,
  CloseServiceStation,
  OpenServiceStation,
  SuspendServiceStation,
} from '@lib/service-network/service-station/service-station.commands.js';
import type { ServiceStationCard } from '@lib/service-network/service-station/service-station.views.js';
import type { StructureConformance } from '@lib/service-network/structure/structure-conformance.views.js';
import type { StructureTree } from '@lib/service-network/structure/structure-tree.views.js';
import { MergeDivisions } from '@lib/territory/division/division.commands.js';
import { LinkVolunteer, UnlinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { AcceptVolunteer, RegisterVolunteer, SuspendVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import type { VolunteerCard } from '@lib/volunteering/volunteer/volunteer.views.js';
import {
  ReinstateWorker,
  RetireWorker,
  RegisterWorker,
  SuspendWorker,
} from '@lib/workforce/social-worker/social-worker.commands.js';
import type { WorkerCard } from '@lib/workforce/social-worker/social-worker.views.js';
import { beishan, communitiesOf, idNumber, openTestHouse, phone, place, yongchang, type TestHouse } from './open-house.js';

(hasPostgres ? describe : describe.skip)('one thing leads to another', () => {
  let house: TestHouse;
  let centerId: string;
  let people = 0;
  const late = (days: number) => ({ 'effective-on': house.day(-days), 'reason-code': 'late-entry' });
  const communities = communitiesOf(beishan, 70)[Symbol.iterator]();

  const station = async (name: string) => {
    const stationId = randomUUID();
    await house
      .as('staff')
      .does(OpenServiceStation, { stationId, centerId, name, communities: [communities.next().value] }, late(15));
    return stationId;
  };
  const worker = async () => {
    const workerId = randomUUID();
    const name = `社工${(people += 1)}`;
    await house
      .as('staff')
      .does(RegisterWorker, { workerId, homeDivisionId: place(beishan), name, idNumber: idNumber(people) }, late(15));
    return workerId;
  };
  const volunteer = async (...stationIds: string[]) => {
    const volunteerId = randomUUID();
    const name = `义工${(people += 1)}`;
    const person = { name, idNumber: idNumber(people), phone: phone(people) };
    await house.anybody.does(RegisterVolunteer, { volunteerId, homeDivisionId: place(beishan), ...person });
    await house.as('staff').does(AcceptVolunteer, { volunteerId });
    for (const stationId of stationIds) await house.as('staff').does(LinkVolunteer, { volunteerId, stationId });
    return volunteerId;
  };
  const stationCard = (stationId: string) => house.as('staff').sees<ServiceStationCard>(`/api/service-stations/${stationId}`);
  const workerCard = (workerId: string) => house.as('staff').sees<WorkerCard>(`/api/social-workers/${workerId}`);
  const linksOf = async (volunteerId: string) =>
    (await house.as('staff').sees<VolunteerCard>(`/api/volunteers/${volunteerId}`)).links.map(
      ({ stationId, until, primary, because }) => ({ stationId, until, primary, because }),
    );
  const lastOf = async (stream: string) => (await house.store.read([stream])).get(stream)!.at(-1)!;

  beforeAll(async () => {
    house = await openTestHouse();
    centerId = randomUUID();
    await house
      .as('registrar')
      .does(EstablishServiceCenter, { centerId, divisionId: place(beishan), name: '北山中心' }, late(20));
  });
  afterAll(() => house?.close());

  test('a worker is suspended: the own station and those that the worker acts for are vacant', async () => {
    const [own, other, workerId] = [await station('本站'), await station('代理站'), await worker()];
    await house.as('staff').does(AssignSocialWorker, { stationId: own, workerId });
    await house.as('staff').does(AppointActingWorker, { stationId: other, workerId, until: house.day(30) });
    expect((await stationCard(own)).worker?.id).toBe(workerId);
    await house.as('registrar').does(SuspendWorker, { workerId, reason: '投诉调查' });
    await house.quiet();
    expect(await stationCard(own)).toMatchObject({ worker: null, colour: 'red' });
    expect(await stationCard(other)).toMatchObject({ worker: null, actingWorker: null });
    expect((await workerCard(workerId)).postings.map(({ until }) => until)).toEqual([house.day(), house.day()]);
    const relieved = await lastOf(`serviceStation-${own}`);
    expect(relieved).toMatchObject({ type: 'SocialWorkerRelieved', data: { because: 'WORKER_SUSPENDED' } });
    expect(relieved.metadata).toMatchObject({
      actor: 'policy:relieve-suspended-worker',
      actorRole: 'system',
      reasonCode: 'consequence',
    });
    expect(relieved.metadata.causationId).toBe((await lastOf(`socialWorker-${workerId}`)).id);
    // Reinstated, the worker may be assigned again, and stays.
    await house.as('registrar').does(ReinstateWorker, { workerId });
    await house.as('staff').does(AssignSocialWorker, { stationId: own, workerId });
    await house.quiet();
    expect((await stationCard(own)).worker?.id).toBe(workerId);
  });

  test('a worker retires: the station is vacant from the same day', async () => {
    const [own, workerId] = [await station('退休站'), await worker()];
    await house.as('staff').does(AssignSocialWorker, { stationId: own, workerId }, late(9));
    await house.as('registrar').does(RetireWorker, { workerId }, late(3));
    await house.quiet();
    expect((await workerCard(workerId)).postings).toMatchObject([{ from: house.day(-9), until: house.day(-3) }]);
    expect((await stationCard(own)).worker).toBeNull();
    expect((await lastOf(`serviceStation-${own}`)).metadata).toMatchObject({
      effectiveOn: house.day(-3),
      reasonCode: 'late-entry',
    });
  });

  test('a worker is suspended from a day before the posting began: it is as if it had never begun', async () => {
    const [own, workerId] = [await station('迟报站'), await worker()];
    await house.as('staff').does(AssignSocialWorker, { stationId: own, workerId }, late(2));
    await house.as('registrar').does(SuspendWorker, { workerId, reason: '调查' }, late(5));
    await house.quiet();
    expect((await stationCard(own)).worker).toBeNull();
    expect(await house.reactor.parked()).toBe(0);
  });

  test('a station closes: the links of its volunteers end, also of those who are suspended', async () => {
    const [closing, staying] = [await station('关闭站'), await station('留存站')];
    const both = await volunteer(closing, staying);
    const one = await volunteer(closing);
    await house.as('staff').does(SuspendVolunteer, { volunteerId: one, reason: '调查' });
    await house.as('staff').does(CloseServiceStation, { stationId: closing, reason: '社区合并' });
    await house.quiet();
    // Links of the same day come in no order of their own.
    const links = await linksOf(both);
    expect(links.find(({ stationId }) => stationId === closing)).toMatchObject({
      until: house.day(),
      primary: true,
      because: 'STATION_CLOSED',
    });
    expect(links.find(({ stationId }) => stationId === staying)).toMatchObject({ until: null, primary: true, because: null });
    expect(links).toHaveLength(2);
    expect(await linksOf(one)).toMatchObject([{ stationId: closing, because: 'STATION_CLOSED' }]);
    expect(await stationCard(staying)).toMatchObject({ volunteerCount: 1 });
  });

  test('a station closes with a plan: its volunteers follow to the successor', async () => {
    const [closing, successorId] = [await station('移交站'), await station('承接站')];
    const volunteers = [await volunteer(closing), await volunteer(closing), await volunteer(successorId, closing)];
    const handOver = { successorId, volunteersFollow: true, communitiesFollow: true };
    await house.as('staff').does(CloseServiceStation, { stationId: closing, reason: '社区合并', handOver });
    await house.quiet();
    const card = await stationCard(successorId);
    expect(card.volunteers.map(({ id }) => id).sort()).toEqual([...volunteers].sort());
    expect(card.volunteers.every(({ primary }) => primary)).toBe(true);
    expect(card.communities).toHaveLength(2);
    expect((await stationCard(closing)).volunteerCount).toBe(0);
  });

  test('what a policy wanted and the office refused is parked, shown by health, and left to a person', async () => {
    const [closing, successorId] = [await station('停放站'), await station('暂停站')];
    const volunteerId = await volunteer(closing);
    await house.reactor.stop();
    const handOver = { successorId, volunteersFollow: true, communitiesFollow: false };
    await house.as('staff').does(CloseServiceStation, { stationId: closing, reason: '社区合并', handOver });
    await house.as('staff').does(SuspendServiceStation, { stationId: successorId, reason: '维修' });
    await house.reactor.start();
    await house.quiet();
    const { status, body } = await house.anybody.get('/api/health/ready');
    expect([status, body.parked]).toEqual([200, 1]);
    expect(await house.sql('select policy, command, code from reactor.parked')).toEqual([
      { policy: 'release-volunteers-of-closed-station', command: 'TransferVolunteer', code: 'station-not-open-to-volunteers' },
    ]);
    expect(await linksOf(volunteerId)).toMatchObject([{ stationId: closing, until: null }]);
    await house.as('staff').does(UnlinkVolunteer, { volunteerId, stationId: closing, because: 'STATION_CLOSED' });
    expect(await linksOf(volunteerId)).toMatchObject([{ stationId: closing, until: house.day() }]);
  });

  test('a reactor that lost its place says everything again, and nothing happens twice', async () => {
    await house.quiet();
    await house.reactor.stop();
    const head = await house.store.head();
    await house.sql('update reactor.policy set position = 0');
    await house.reactor.start();
    await house.quiet();
    expect(await house.store.head()).toBe(head);
    expect(await house.reactor.parked()).toBe(1);
  });

  describe('divisions are merged', () => {
    const findings = async (finding: string) =>
      (await house.as('authority').sees<StructureConformance>(`/api/structure-conformance?finding=${finding}`)).rows;
    const node = async (divisionId: string) =>
      (await house.as('authority').sees<StructureTree>(`/api/structure-tree?divisionId=${divisionId}`)).node;
    const establish = async (divisionId: string, name: string) => {
      const id = randomUUID();
      await house.as('countyRegistrar').does(EstablishServiceCenter, { centerId: id, divisionId, name });
      return id;
    };

    test('a center too many is red, with the successor named, until it is merged into the one that stays', async () => {
      const ending = place('222401003');
      const surplus = await establish(ending, '新兴中心');
      const stationId = randomUUID();
      const [community] = communitiesOf('222401003');
      await house
        .as('countyRegistrar')
        .does(OpenServiceStation, { stationId, centerId: surplus, name: '新兴站', communities: [community] });
      expect(await findings('CENTER_SURPLUS')).toEqual([]);
      await house.as('authority').does(MergeDivisions, { divisionId: place(beishan), sourceIds: [ending] });
      expect(await findings('CENTER_SURPLUS')).toMatchObject([{ id: surplus, name: '新兴中心', successors: ['北山街道'] }]);
      expect(await node(ending)).toMatchObject({ colour: 'red', reasons: expect.arrayContaining(['CENTER_SURPLUS']) });
      // Who had the street that goes on now has what came to it.
      const card = await house.as('staff').sees<ServiceCenterCard>(`/api/service-centers/${surplus}`);
      expect(card).toMatchObject({
        colour: 'red',
        reasons: ['CENTER_SURPLUS', 'STATIONS_RED'],
        divisionSuccessors: ['北山街道'],
      });
      expect(await house.as('registrar').refused(ReassignServiceCenter, { centerId: surplus, divisionId: place(beishan) })).toBe(
        'division-has-center',
      );
      await house.as('registrar').does(MergeServiceCenter, { centerId: surplus, successorId: centerId });
      expect(await findings('CENTER_SURPLUS')).toEqual([]);
      expect(await stationCard(stationId)).toMatchObject({ centerId, divisionId: place(beishan) });
      const merged = await house.as('staff').sees<ServiceCenterCard>(`/api/service-centers/${surplus}`);
      expect(merged).toMatchObject({ stage: 'CLOSED', successorId: centerId, colour: 'grey', stations: [] });
    });

    test('a center whose street went into one without a center may be reassigned to it', async () => {
      const ending = place('222401101');
      const moving = await establish(ending, '小营中心');
      await house.as('authority').does(MergeDivisions, { divisionId: place(yongchang), sourceIds: [ending] });
      expect(await findings('CENTER_SURPLUS')).toMatchObject([{ id: moving, successors: ['永昌街道'] }]);
      expect((await findings('TOWNSHIP_WITHOUT_CENTER')).map(({ code }) => code)).toContain(yongchang);
      await house.as('authority').does(ReassignServiceCenter, { centerId: moving, divisionId: place(yongchang) });
      expect(await findings('CENTER_SURPLUS')).toEqual([]);
      expect(await node(place(yongchang))).toMatchObject({ counts: { centers: 1, townshipsWithCenter: 1 } });
      expect((await findings('TOWNSHIP_WITHOUT_CENTER')).map(({ code }) => code)).not.toContain(yongchang);
    });
  });
});
