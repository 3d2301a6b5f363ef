import { randomUUID } from 'node:crypto';
import { office } from '@lib/house/office.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { beishan, communitiesOf, idNumber, openTestHouse, phone, place, type AccountName, type TestHouse } from './open-house.js';

const tables = office.flatMap(({ commands }) => commands);

/** What no other suite shows by itself: that each command of the office can be carried out over HTTP, by who may. */
(hasPostgres ? describe : describe.skip)('a year of the office', () => {
  let house: TestHouse;
  const carriedOut = new Set<string>();
  const todo = tables.map(({ command }) => command.name);

  const done = async (account: AccountName, name: string, fields: Record<string, unknown>) => {
    const row = tables.find(({ command }) => command.name === name)!;
    const receipt = await house.as(account).does(row.command, fields);
    expect([name, receipt.facts.length > 0]).toEqual([name, true]);
    carriedOut.add(name);
  };

  beforeAll(async () => {
    house = await openTestHouse();
  });
  afterAll(() => house?.close());

  test('every command of every table is carried out', async () => {
    const [center, second, stationA, stationB, stationC] = Array.from({ length: 5 }, () => randomUUID());
    const [street, other] = [place(beishan), place('222401003')];
    const [c1, c2, c3] = communitiesOf(beishan, 3);

    await done('registrar', 'EstablishServiceCenter', { centerId: center, divisionId: street, name: '北山中心' });
    await done('registrar', 'RenameServiceCenter', { centerId: center, name: '北山街道社工服务中心' });
    await done('staff', 'SetOperatingModel', { centerId: center, operatingModel: 'GOV_PURCHASED' });
    await done('registrar', 'SuspendServiceCenter', { centerId: center, reason: '房屋改造' });
    await done('registrar', 'ResumeServiceCenter', { centerId: center });
    await done('staff', 'OpenServiceStation', { stationId: stationA, centerId: center, name: '甲站', communities: [c1] });
    await done('staff', 'OpenServiceStation', { stationId: stationB, centerId: center, name: '乙站', communities: [c2] });
    await done('staff', 'SetCoverage', { stationId: stationA, communities: [c1, c3] });
    await done('staff', 'SetStationServiceFields', { stationId: stationA, serviceFields: ['ELDERLY'] });
    await done('staff', 'SuspendServiceStation', { stationId: stationA, reason: '场地维修' });
    await done('staff', 'ResumeServiceStation', { stationId: stationA });

    const [li, wang, zhao] = Array.from({ length: 3 }, () => randomUUID());
    for (const [nth, workerId] of [li, wang, zhao].entries()) {
      const person = { name: '李玉兰', idNumber: idNumber(nth), phone: phone(nth) };
      await done('staff', 'RegisterWorker', { workerId, homeDivisionId: street, ...person });
    }
    await done('registrar', 'CorrectWorkerIdentity', { workerId: li, name: '李玉蓝' });
    await done('staff', 'UpdateWorkerContact', { workerId: li, phone: phone(90) });
    const certificateId = randomUUID();
    const certificate = { level: 'INTERMEDIATE', number: '20210522001', passedOn: '2021-10-20' };
    await done('staff', 'RecordCertificate', { certificateId, workerId: li, ...certificate });
    await done('registrar', 'VerifyCertificate', { certificateId });
    await done('staff', 'AppointActingWorker', { stationId: stationA, workerId: wang, until: house.day(20) });
    await done('staff', 'AssignSocialWorker', { stationId: stationA, workerId: li });
    await done('staff', 'ReplaceSocialWorker', { stationId: stationA, workerId: wang });
    await done('staff', 'RelieveSocialWorker', { stationId: stationA, because: 'TRANSFER' });
    await done('registrar', 'SuspendWorker', { workerId: zhao, reason: '投诉调查' });
    await done('registrar', 'ReinstateWorker', { workerId: zhao });
    await done('registrar', 'RetireWorker', { workerId: zhao });

    const [jin, piao] = Array.from({ length: 2 }, () => randomUUID());
    for (const [nth, volunteerId] of [jin, piao].entries()) {
      const person = { name: '金哲', idNumber: idNumber(50 + nth), phone: phone(50 + nth) };
      await done('staff', 'RegisterVolunteer', { volunteerId, homeDivisionId: street, ...person });
    }
    await done('staff', 'AcceptVolunteer', { volunteerId: jin });
    await done('staff', 'DeclineVolunteer', { volunteerId: piao, reason: '资料不实' });
    await done('worker', 'RecordSkill', { volunteerId: jin, skill: 'FIRST_AID' });
    await done('worker', 'DeclareAvailability', { volunteerId: jin, slots: ['SATURDAY_MORNING'] });
    await done('worker', 'LinkVolunteer', { volunteerId: jin, stationId: stationA });
    await done('worker', 'LinkVolunteer', { volunteerId: jin, stationId: stationB });
    await done('worker', 'SetPrimaryStation', { volunteerId: jin, stationId: stationB });
    await done('worker', 'UnlinkVolunteer', { volunteerId: jin, stationId: stationA });
    await done('worker', 'TransferVolunteer', { volunteerId: jin, fromStationId: stationB, toStationId: stationA });
    await done('staff', 'SuspendVolunteer', { volunteerId: jin, reason: '调查' });
    await done('staff', 'ReinstateVolunteer', { volunteerId: jin });
    await done('staff', 'WithdrawVolunteer', { volunteerId: jin });

    const county = place('222401');
    const [town, north, south, lost] = Array.from({ length: 4 }, () => randomUUID());
    const define = (divisionId: string | undefined, code: string, name: string) =>
      done('authority', 'DefineDivision', { divisionId, code, name, kind: 'TOWN', parentId: county });
    await define(town, '222401150', '试验镇');
    await define(lost, '222401151', '撤销镇');
    await done('authority', 'RenameDivision', { divisionId: town, name: '实验镇' });
    await done('authority', 'RecodeDivision', { divisionId: town, code: '222401152' });
    await done('authority', 'ClassifyDivision', { divisionId: town, kind: 'TOWNSHIP' });
    await done('authority', 'ReparentDivision', { divisionId: town, parentId: place('220104') });
    const census = { population: 12_000, countedOn: '2020-11-01', source: '第七次人口普查' };
    await done('authority', 'RecordPopulation', { divisionId: street, ...census });
    await done('authority', 'AbolishDivision', { divisionId: lost, withoutSuccessor: true });
    await done('authority', 'ReparentDivision', { divisionId: town, parentId: county });
    const parts = [
      { divisionId: north, code: '222401153', name: '北镇', children: [] },
      { divisionId: south, code: '222401154', name: '南镇', children: [] },
    ];
    await done('authority', 'SplitDivision', { divisionId: town, parts });

    await done('authority', 'EstablishServiceCenter', { centerId: second, divisionId: other, name: '新兴中心' });
    const [o1] = communitiesOf('222401003', 1);
    await done('authority', 'ReassignServiceCenter', { centerId: second, divisionId: north });
    await done('authority', 'ReassignServiceCenter', { centerId: second, divisionId: other });
    await done('authority', 'MergeDivisions', { divisionId: street, sourceIds: [other] });
    // The communities of the street that went lie in the one that took it in, and so may its stations.
    await done('staff', 'OpenServiceStation', { stationId: stationC, centerId: center, name: '丙站', communities: [o1] });
    await done('authority', 'ReassignServiceCenter', { centerId: second, divisionId: south });
    await done('authority', 'ReparentDivision', { divisionId: o1, parentId: south });
    await done('staff', 'MoveStationToCenter', { stationId: stationC, centerId: second });
    await done('authority', 'ReparentDivision', { divisionId: o1, parentId: street });
    await done('authority', 'MergeServiceCenter', { centerId: second, successorId: center });
    for (const stationId of [stationA, stationB, stationC])
      await done('staff', 'CloseServiceStation', { stationId, reason: '年底' });
    await done('registrar', 'CloseServiceCenter', { centerId: center, reason: '机构调整' });

    const subscriptionId = randomUUID();
    const topic = 'yizhan.service-station.v1';
    await done('authority', 'RegisterSubscriber', { subscriptionId, name: '民政统计平台' });
    await done('authority', 'GrantTopics', { subscriptionId, nouns: ['service-station', 'social-worker'] });
    await done('authority', 'SetFieldScope', { subscriptionId, fields: ['socialWorker.name'] });
    await done('authority', 'RequestReplay', { subscriptionId, replayId: randomUUID() });
    const gap = { topic, stream: `serviceStation-${stationA}`, expected: 1, met: 3 };
    await done('authority', 'ReportGap', { subscriptionId, ...gap });
    await done('authority', 'SuspendSubscriber', { subscriptionId, reason: '核查' });
    await done('authority', 'ResumeSubscriber', { subscriptionId });
    await done('authority', 'RevokeSubscriber', { subscriptionId });

    await house.quiet();
    expect(await house.reactor.parked()).toBe(0);
    expect(todo.filter(name => !carriedOut.has(name))).toEqual([]);
  });
});
