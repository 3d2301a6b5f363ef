import { after, given, today } from '@lib/platform/testing/given.js';
import { DivisionAbolished, DivisionClassified, DivisionDefined } from '@lib/territory/division/division.events.js';
import { ServiceStationOpened, StationMovedToCenter } from '../service-station/service-station.events.js';
import { serviceStation } from '../service-station/service-station.js';
import { CenterSlotFreed, CenterSlotTaken } from './center-slot.events.js';
import {
  closeServiceCenter,
  establishServiceCenter,
  mergeServiceCenter,
  reassignServiceCenter,
  renameServiceCenter,
  resumeServiceCenter,
  setOperatingModel,
  suspendServiceCenter,
} from './service-center.commands.js';
import {
  OperatingModelSet,
  ServiceCenterClosed,
  ServiceCenterEstablished,
  ServiceCenterMerged,
  ServiceCenterReassigned,
  ServiceCenterRenamed,
  ServiceCenterResumed,
  ServiceCenterSuspended,
  StationJoinedCenter,
  StationLeftCenter,
} from './service-center.events.js';
import { centerSlot, divisionStanding, serviceCenter } from './service-center.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const centerId = uuid(1);
const successorId = uuid(2);
const divisionId = uuid(3);
const elsewhere = uuid(4);
const stationId = uuid(5);

const township = new DivisionDefined({
  divisionId,
  code: '222401002',
  name: '北山街道',
  level: 'TOWNSHIP',
  kind: 'SUBDISTRICT',
  parentId: uuid(6),
  centreRequired: true,
});
const division = after(divisionStanding, township);
const established = new ServiceCenterEstablished({
  centerId,
  divisionId,
  name: '北山街道社工服务中心',
  operatingModel: 'GOV_PURCHASED',
  establishedOn: today,
});
const suspended = new ServiceCenterSuspended({ centerId, from: today, reason: '房屋改造' });
const closed = new ServiceCenterClosed({ centerId, divisionId, on: today, reason: '机构调整' });
const center = (...facts: Parameters<typeof after>[1][]) => after(serviceCenter, established, ...facts);
const joined = new StationJoinedCenter({ centerId, stationId });
const successor = after(
  serviceCenter,
  new ServiceCenterEstablished({
    centerId: successorId,
    divisionId: elsewhere,
    name: '新兴街道社工服务中心',
    establishedOn: today,
  }),
);
const slot = centerSlot.initial;
const taken = after(centerSlot, new CenterSlotTaken({ divisionId, centerId: successorId }));
const communityId = uuid(7);
const community = (parentId: string) =>
  after(
    divisionStanding,
    new DivisionDefined({
      divisionId: communityId,
      code: '222401002001',
      name: '丹英社区',
      level: 'COMMUNITY',
      kind: 'COMMUNITY',
      parentId,
      centreRequired: false,
    }),
  );
const nowhere = new Map<string, ReturnType<typeof community>>();
const there = new Map([[communityId, community(elsewhere)]]);
const none = new Map<string, typeof serviceStation.initial>();
const one = new Map([
  [
    stationId,
    after(
      serviceStation,
      new ServiceStationOpened({
        stationId,
        centerId,
        name: '丹英社区社工服务站',
        communities: [communityId],
        serviceFields: [],
        openedOn: today,
      }),
    ),
  ],
]);

describe('one street, one center', () => {
  const establish = { centerId, divisionId, name: '北山街道社工服务中心', operatingModel: 'GOV_PURCHASED' as const };
  const states = { center: serviceCenter.initial, division, slot };

  test('a street without a center gets one, which takes its slot', () =>
    given(states).when(establishServiceCenter, establish).then(established, new CenterSlotTaken({ divisionId, centerId })));
  test('a street with a center refuses a second one', () =>
    given({ ...states, slot: taken })
      .when(establishServiceCenter, establish)
      .refused('division-has-center'));
  test('a slot that was freed can be taken again', () =>
    given({
      ...states,
      slot: after(
        centerSlot,
        new CenterSlotTaken({ divisionId, centerId: successorId }),
        new CenterSlotFreed({ divisionId, centerId: successorId }),
      ),
    })
      .when(establishServiceCenter, establish)
      .then(established, new CenterSlotTaken({ divisionId, centerId })));
  test('the same id cannot be established again', () =>
    given({ ...states, center: center() })
      .when(establishServiceCenter, establish)
      .refused('center-already-established'));
  test('a division that is not known or has ended gets none', () => {
    given({ ...states, division: divisionStanding.initial })
      .when(establishServiceCenter, establish)
      .refused('division-not-active');
    given({ ...states, division: after(divisionStanding, township, new DivisionAbolished({ divisionId, on: today })) })
      .when(establishServiceCenter, establish)
      .refused('division-not-active');
  });
  test('a county gets none', () =>
    given({ ...states, division: { ...division, level: 'COUNTY' as const } })
      .when(establishServiceCenter, establish)
      .refused('division-not-a-township'));
  test('a farm or zone gets one only when that is said', () => {
    const quasi = after(divisionStanding, township, new DivisionClassified({ divisionId, kind: 'QUASI', centreRequired: false }));
    given({ ...states, division: quasi })
      .when(establishServiceCenter, establish)
      .refused('division-needs-no-center');
    given({ ...states, division: quasi })
      .when(establishServiceCenter, { ...establish, evenIfNotRequired: true })
      .then(established, new CenterSlotTaken({ divisionId, centerId }));
  });
});

describe('the life of a center', () => {
  test('it is renamed; the same name again is nothing new; a closed one is not renamed', () => {
    given({ center: center() })
      .when(renameServiceCenter, { centerId, name: '北山社工中心' })
      .then(new ServiceCenterRenamed({ centerId, name: '北山社工中心' }));
    given({ center: center() }).when(renameServiceCenter, { centerId, name: '北山街道社工服务中心' }).nothing();
    given({ center: center(closed) })
      .when(renameServiceCenter, { centerId, name: '北山社工中心' })
      .refused('center-closed');
  });
  test('its operating model is set; the same again is nothing new; a closed one has none', () => {
    given({ center: center() })
      .when(setOperatingModel, { centerId, operatingModel: 'IN_HOUSE_CONVERTED' })
      .then(new OperatingModelSet({ centerId, operatingModel: 'IN_HOUSE_CONVERTED' }));
    given({ center: center() }).when(setOperatingModel, { centerId, operatingModel: 'GOV_PURCHASED' }).nothing();
    given({ center: center(closed) })
      .when(setOperatingModel, { centerId, operatingModel: 'GOV_PURCHASED' })
      .refused('center-closed');
  });
  test('it is suspended and resumes; twice is nothing new; a closed one does neither', () => {
    given({ center: center() }).when(suspendServiceCenter, { centerId, reason: '房屋改造' }).then(suspended);
    given({ center: center(suspended) })
      .when(suspendServiceCenter, { centerId, reason: '房屋改造' })
      .nothing();
    given({ center: center(closed) })
      .when(suspendServiceCenter, { centerId, reason: '房屋改造' })
      .refused('center-closed');
    given({ center: center(suspended) })
      .when(resumeServiceCenter, { centerId })
      .then(new ServiceCenterResumed({ centerId, from: today }));
    given({ center: center() }).when(resumeServiceCenter, { centerId }).nothing();
    given({ center: center(closed) })
      .when(resumeServiceCenter, { centerId })
      .refused('center-closed');
  });
  test('it is reassigned to another street, whose slot it takes while the former one is freed', () => {
    const states = { center: center(), division, slot, formerSlot: slot };
    given(states)
      .when(reassignServiceCenter, { centerId, divisionId: elsewhere })
      .then(
        new ServiceCenterReassigned({ centerId, formerDivisionId: divisionId, divisionId: elsewhere }),
        new CenterSlotFreed({ divisionId, centerId }),
        new CenterSlotTaken({ divisionId: elsewhere, centerId }),
      );
    given(states).when(reassignServiceCenter, { centerId, divisionId }).nothing();
    given({ ...states, slot: taken })
      .when(reassignServiceCenter, { centerId, divisionId: elsewhere })
      .refused('division-has-center');
  });
  test('it is merged into another one, which takes its stations', () => {
    given({ center: center(joined), successor, stations: one, divisions: there, slot })
      .when(mergeServiceCenter, { centerId, successorId })
      .then(
        new StationMovedToCenter({ stationId, formerCenterId: centerId, centerId: successorId }),
        new StationLeftCenter({ centerId, stationId }),
        new StationJoinedCenter({ centerId: successorId, stationId }),
        new ServiceCenterMerged({ centerId, divisionId, successorId, on: today }),
        new CenterSlotFreed({ divisionId, centerId }),
      );
    given({ center: center(), successor, stations: none, divisions: nowhere, slot })
      .when(mergeServiceCenter, { centerId, successorId: centerId })
      .refused('successor-is-itself');
    given({ center: center(), successor: serviceCenter.initial, stations: none, divisions: nowhere, slot })
      .when(mergeServiceCenter, { centerId, successorId })
      .refused('successor-not-active');
  });
  test('its stations go only to a center in whose street their communities lie', () => {
    const states = {
      center: center(joined),
      successor,
      stations: one,
      divisions: new Map([[communityId, community(divisionId)]]),
      slot,
    };
    given(states).when(mergeServiceCenter, { centerId, successorId }).refused('community-outside-center');
    given(states).when(closeServiceCenter, { centerId, successorId, reason: '机构调整' }).refused('community-outside-center');
  });
  test('it closes when it has no open station, and frees its slot', () => {
    given({ center: center(), successor: serviceCenter.initial, stations: none, divisions: nowhere, slot })
      .when(closeServiceCenter, { centerId, reason: '机构调整' })
      .then(closed, new CenterSlotFreed({ divisionId, centerId }));
    given({ center: center(closed), successor, stations: none, divisions: nowhere, slot })
      .when(closeServiceCenter, { centerId, reason: '机构调整' })
      .nothing();
  });
  test('a center with open stations closes only with a successor that takes them', () => {
    const states = { center: center(joined), successor, stations: one, divisions: there, slot };
    given(states).when(closeServiceCenter, { centerId, reason: '机构调整' }).refused('center-has-open-stations');
    given(states)
      .when(closeServiceCenter, { centerId, successorId, reason: '机构调整' })
      .then(
        new StationMovedToCenter({ stationId, formerCenterId: centerId, centerId: successorId }),
        new StationLeftCenter({ centerId, stationId }),
        new StationJoinedCenter({ centerId: successorId, stationId }),
        new ServiceCenterClosed({ centerId, divisionId, successorId, on: today, reason: '机构调整' }),
        new CenterSlotFreed({ divisionId, centerId }),
      );
  });
});
