import { after, given, today } from '@lib/platform/testing/given.js';
import { PostingEnded, PostingStarted } from '@lib/workforce/posting/posting.events.js';
import { WorkerRegistered, WorkerSuspended } from '@lib/workforce/social-worker/social-worker.events.js';
import { DivisionDefined, DivisionReparented } from '@lib/territory/division/division.events.js';
import {
  ServiceCenterEstablished,
  ServiceCenterSuspended,
  StationJoinedCenter,
  StationLeftCenter,
} from '../service-center/service-center.events.js';
import { divisionStanding, serviceCenter } from '../service-center/service-center.js';
import { CommunityCovered, CommunityReleased } from './community-slot.events.js';
import {
  appointActingWorker,
  assignSocialWorker,
  closeServiceStation,
  moveStationToCenter,
  openServiceStation,
  relieveSocialWorker,
  replaceSocialWorker,
  resumeServiceStation,
  setCoverage,
  setStationServiceFields,
  suspendServiceStation,
} from './service-station.commands.js';
import {
  ActingWorkerAppointed,
  ActingWorkerDismissed,
  ServiceStationClosed,
  ServiceStationOpened,
  ServiceStationResumed,
  ServiceStationSuspended,
  SocialWorkerAssigned,
  SocialWorkerRelieved,
  SocialWorkerReplaced,
  StationCoverageSet,
  StationMovedToCenter,
  StationServiceFieldsSet,
} from './service-station.events.js';
import { communitySlot, postingStanding, serviceStation, workerStanding } from './service-station.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [stationId, otherStation, centerId, otherCenter, street, danying, beishan, elsewhere, li, wang] = Array.from(
  { length: 10 },
  (_, n) => uuid(n + 1),
) as [string, string, string, string, string, string, string, string, string, string];

const established = new ServiceCenterEstablished({
  centerId,
  divisionId: street,
  name: '北山街道社工服务中心',
  establishedOn: today,
});
const center = after(serviceCenter, established);
const community = (divisionId: string, parentId = street) =>
  new DivisionDefined({
    divisionId,
    code: '222401002001',
    name: '丹英社区',
    level: 'COMMUNITY',
    kind: 'COMMUNITY',
    parentId,
    centreRequired: false,
  });
const divisions = new Map([
  [danying, after(divisionStanding, community(danying))],
  [beishan, after(divisionStanding, community(beishan))],
]);
const noSlots = new Map([
  [danying, communitySlot.initial],
  [beishan, communitySlot.initial],
]);

const opened = new ServiceStationOpened({
  stationId,
  centerId,
  name: '丹英社区社工服务站',
  communities: [danying],
  serviceFields: ['ELDERLY'],
  openedOn: today,
});
const staffed = new SocialWorkerAssigned({ stationId, workerId: li, from: today });
const suspended = new ServiceStationSuspended({ stationId, from: today, reason: '场地维修' });
const closed = new ServiceStationClosed({ stationId, centerId, on: today, reason: '社区合并', volunteersFollow: false });
const acting = new ActingWorkerAppointed({ stationId, workerId: wang, from: today, until: '2026-05-01' });

const station = (...facts: Parameters<typeof after>[1][]) => after(serviceStation, opened, ...facts);
const registered = new WorkerRegistered({
  workerId: li,
  homeDivisionId: street,
  name: '李玉兰',
  birthYear: 1985,
  idNumber: '22240119850101002X',
  specialisms: [],
  registeredOn: today,
});
const worker = after(workerStanding, registered);
const posting = postingStanding.initial;
const posted = after(
  postingStanding,
  new PostingStarted({ workerId: li, stationId: otherStation, kind: 'PRIMARY', from: today }),
);

describe('opening a station', () => {
  const open = { stationId, centerId, name: '丹英社区社工服务站', communities: [danying], serviceFields: ['ELDERLY' as const] };
  const states = { station: serviceStation.initial, center, divisions: new Map([...divisions].slice(0, 1)), slots: noSlots };

  test('an active center opens a station, which joins its roster and covers its communities', () =>
    given(states)
      .when(openServiceStation, open)
      .then(opened, new StationJoinedCenter({ centerId, stationId }), new CommunityCovered({ divisionId: danying, stationId })));
  test('the same id cannot be opened again', () =>
    given({ ...states, station: station() })
      .when(openServiceStation, open)
      .refused('station-already-opened'));
  test('a suspended center opens no stations', () =>
    given({
      ...states,
      center: after(serviceCenter, established, new ServiceCenterSuspended({ centerId, from: today, reason: '房屋改造' })),
    })
      .when(openServiceStation, open)
      .refused('center-not-active'));
  test('a community outside the street of the center cannot be covered', () =>
    given({
      ...states,
      divisions: new Map([
        [
          danying,
          after(divisionStanding, community(danying), new DivisionReparented({ divisionId: danying, parentId: elsewhere })),
        ],
      ]),
    })
      .when(openServiceStation, open)
      .refused('community-outside-center'));
  test('a community is covered by one station at most', () =>
    given({
      ...states,
      slots: new Map([[danying, after(communitySlot, new CommunityCovered({ divisionId: danying, stationId: otherStation }))]]),
    })
      .when(openServiceStation, open)
      .refused('community-already-covered'));
});

describe('coverage and fields', () => {
  test('new communities are taken, dropped ones are free', () =>
    given({ station: station(), center, divisions: new Map([[beishan, divisions.get(beishan)!]]), slots: noSlots })
      .when(setCoverage, { stationId, communities: [beishan] })
      .then(
        new StationCoverageSet({ stationId, communities: [beishan] }),
        new CommunityReleased({ divisionId: danying, stationId }),
        new CommunityCovered({ divisionId: beishan, stationId }),
      ));
  test('the same coverage again is nothing new', () =>
    given({ station: station(), center, divisions, slots: noSlots })
      .when(setCoverage, { stationId, communities: [danying] })
      .nothing());
  test('a closed station covers nothing', () =>
    given({ station: station(closed), center, divisions, slots: noSlots })
      .when(setCoverage, { stationId, communities: [beishan] })
      .refused('station-closed'));
  test('fields of service are set', () =>
    given({ station: station() })
      .when(setStationServiceFields, { stationId, serviceFields: ['YOUTH'] })
      .then(new StationServiceFieldsSet({ stationId, serviceFields: ['YOUTH'] })));
  test('the same fields again are nothing new', () =>
    given({ station: station() })
      .when(setStationServiceFields, { stationId, serviceFields: ['ELDERLY'] })
      .nothing());
});

describe('one station, one social worker', () => {
  const assign = { stationId, workerId: li };
  const vacant = { station: station(), worker, posting, actingPosting: posting };

  test('an open station gets its worker, whose posting starts', () =>
    given(vacant)
      .when(assignSocialWorker, assign)
      .then(
        new SocialWorkerAssigned({ stationId, workerId: li, from: today }),
        new PostingStarted({ workerId: li, stationId, kind: 'PRIMARY', from: today }),
      ));
  test('assigning the same worker again is nothing new', () =>
    given({ ...vacant, station: station(staffed) })
      .when(assignSocialWorker, assign)
      .nothing());
  test('a staffed station refuses a second worker', () =>
    given({ ...vacant, station: station(staffed) })
      .when(assignSocialWorker, { stationId, workerId: wang })
      .refused('station-already-staffed'));
  test('a suspended station takes no worker', () =>
    given({ ...vacant, station: station(suspended) })
      .when(assignSocialWorker, assign)
      .refused('station-not-open'));
  test('a suspended worker leads no station', () =>
    given({
      ...vacant,
      worker: after(workerStanding, registered, new WorkerSuspended({ workerId: li, from: today, reason: '投诉' })),
    })
      .when(assignSocialWorker, assign)
      .refused('worker-not-eligible'));
  test('nothing counts from before the station opened, the worker was registered or the former one was posted', () => {
    const earlier = { on: '2026-02-20' };
    given(vacant).when(assignSocialWorker, assign, earlier).refused('began-later');
    given({ station: station(staffed), worker, posting, formerPosting: posting })
      .when(replaceSocialWorker, { stationId, workerId: wang }, earlier)
      .refused('began-later');
    given({ station: station(staffed), posting, actingPosting: posting })
      .when(relieveSocialWorker, { stationId, because: 'TRANSFER' }, earlier)
      .refused('began-later');
  });
  test('who was suspended from a day before the posting is relieved all the same, on its first day', () =>
    given({ station: station(staffed), posting: posted, actingPosting: posting })
      .when(relieveSocialWorker, { stationId, workerId: li, because: 'WORKER_SUSPENDED' }, { on: '2026-02-20' })
      .then(
        new SocialWorkerRelieved({ stationId, workerId: li, until: today, because: 'WORKER_SUSPENDED' }),
        new PostingEnded({ workerId: li, stationId, kind: 'PRIMARY', until: today }),
      ));
  test('a worker has one primary posting at a time', () =>
    given({ ...vacant, posting: posted })
      .when(assignSocialWorker, assign)
      .refused('worker-posted-elsewhere'));
  test('who acted for the station goes when its own worker comes', () =>
    given({ ...vacant, station: station(acting) })
      .when(assignSocialWorker, assign)
      .then(
        new ActingWorkerDismissed({ stationId, workerId: wang, until: today }),
        new PostingEnded({ workerId: wang, stationId, kind: 'ACTING', until: today }),
        new SocialWorkerAssigned({ stationId, workerId: li, from: today }),
        new PostingStarted({ workerId: li, stationId, kind: 'PRIMARY', from: today }),
      ));

  test('a replacement ends one posting and starts the other', () =>
    given({ station: station(staffed), worker, posting, formerPosting: posting })
      .when(replaceSocialWorker, { stationId, workerId: wang })
      .then(
        new SocialWorkerReplaced({ stationId, formerWorkerId: li, workerId: wang, from: today }),
        new PostingEnded({ workerId: li, stationId, kind: 'PRIMARY', until: today }),
        new PostingStarted({ workerId: wang, stationId, kind: 'PRIMARY', from: today }),
      ));
  test('a vacant station has nobody to replace', () =>
    given({ station: station(), worker, posting, formerPosting: posting })
      .when(replaceSocialWorker, { stationId, workerId: wang })
      .refused('station-not-staffed'));

  test('relieving leaves the post vacant', () =>
    given({ station: station(staffed), posting, actingPosting: posting })
      .when(relieveSocialWorker, { stationId, because: 'TRANSFER' })
      .then(
        new SocialWorkerRelieved({ stationId, workerId: li, until: today, because: 'TRANSFER' }),
        new PostingEnded({ workerId: li, stationId, kind: 'PRIMARY', until: today }),
      ));
  test('relieving a vacant station, or a worker who is not there, is nothing new', () => {
    given({ station: station(), posting, actingPosting: posting })
      .when(relieveSocialWorker, { stationId, because: 'LEAVE' })
      .nothing();
    given({ station: station(staffed), posting, actingPosting: posting })
      .when(relieveSocialWorker, { stationId, because: 'LEAVE', workerId: wang })
      .nothing();
  });

  const vacancy = { station: station(), worker, posting, actingPosting: posting };
  test('somebody acts for a vacant station for a time, even if posted elsewhere', () =>
    given({ ...vacancy, posting: posted })
      .when(appointActingWorker, { stationId, workerId: wang, until: '2026-05-01' })
      .then(acting, new PostingStarted({ workerId: wang, stationId, kind: 'ACTING', from: today, until: '2026-05-01' })));
  test('nobody acts for a staffed station', () =>
    given({ ...vacancy, station: station(staffed) })
      .when(appointActingWorker, { stationId, workerId: wang, until: '2026-05-01' })
      .refused('station-already-staffed'));
  test('nobody acts for more than ninety days', () =>
    given(vacancy).when(appointActingWorker, { stationId, workerId: wang, until: '2026-06-01' }).refused('acting-too-long'));
});

describe('the life of a station', () => {
  test('it is suspended and resumes', () => {
    given({ station: station() }).when(suspendServiceStation, { stationId, reason: '场地维修' }).then(suspended);
    given({ station: station(suspended), center })
      .when(resumeServiceStation, { stationId })
      .then(new ServiceStationResumed({ stationId, from: today }));
  });
  test('suspending twice and resuming what is open are nothing new', () => {
    given({ station: station(suspended) })
      .when(suspendServiceStation, { stationId, reason: '场地维修' })
      .nothing();
    given({ station: station(), center }).when(resumeServiceStation, { stationId }).nothing();
  });
  test('it moves to the center in whose street its communities lie', () =>
    given({
      station: station(),
      formerCenter: center,
      center: after(serviceCenter, established),
      divisions: new Map([[danying, divisions.get(danying)!]]),
    })
      .when(moveStationToCenter, { stationId, centerId: otherCenter })
      .then(
        new StationMovedToCenter({ stationId, formerCenterId: centerId, centerId: otherCenter }),
        new StationLeftCenter({ centerId, stationId }),
        new StationJoinedCenter({ centerId: otherCenter, stationId }),
      ));
  test('it cannot move to a center of another street', () =>
    given({
      station: station(),
      formerCenter: center,
      center: after(
        serviceCenter,
        new ServiceCenterEstablished({ centerId: otherCenter, divisionId: elsewhere, name: '进学', establishedOn: today }),
      ),
      divisions,
    })
      .when(moveStationToCenter, { stationId, centerId: otherCenter })
      .refused('community-outside-center'));

  const closing = { successor: serviceStation.initial, center, posting, actingPosting: posting, slots: noSlots };
  test('closing ends the posting of its worker and frees its communities', () =>
    given({ ...closing, station: station(staffed) })
      .when(closeServiceStation, { stationId, reason: '社区合并' })
      .then(
        closed,
        new StationLeftCenter({ centerId, stationId }),
        new PostingEnded({ workerId: li, stationId, kind: 'PRIMARY', until: today }),
        new CommunityReleased({ divisionId: danying, stationId }),
      ));
  test('closing again is nothing new', () =>
    given({ ...closing, station: station(closed) })
      .when(closeServiceStation, { stationId, reason: '社区合并' })
      .nothing());
  test('a hand-over plan gives communities and volunteers to another open station of the center', () =>
    given({
      ...closing,
      station: station(),
      successor: after(
        serviceStation,
        new ServiceStationOpened({
          stationId: otherStation,
          centerId,
          name: '北山',
          communities: [beishan],
          serviceFields: [],
          openedOn: today,
        }),
      ),
    })
      .when(closeServiceStation, {
        stationId,
        reason: '社区合并',
        handOver: { successorId: otherStation, volunteersFollow: true, communitiesFollow: true },
      })
      .then(
        new ServiceStationClosed({
          stationId,
          centerId,
          on: today,
          reason: '社区合并',
          successorId: otherStation,
          volunteersFollow: true,
        }),
        new StationLeftCenter({ centerId, stationId }),
        new CommunityReleased({ divisionId: danying, stationId }),
        new StationCoverageSet({ stationId: otherStation, communities: [beishan, danying] }),
        new CommunityCovered({ divisionId: danying, stationId: otherStation }),
      ));
  test('a closed station takes over nothing', () =>
    given({ ...closing, station: station(), successor: station(closed) })
      .when(closeServiceStation, {
        stationId,
        reason: '社区合并',
        handOver: { successorId: otherStation, volunteersFollow: true, communitiesFollow: false },
      })
      .refused('successor-not-open'));
});
