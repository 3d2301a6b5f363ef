import { centerStaff, registrar, stationWorker } from '@lib/access/roles.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { divisionStanding, serviceCenter, type ServiceCenter } from '../service-center/service-center.js';
import {
  AppointActingWorker,
  appointActingWorker,
  AssignSocialWorker,
  assignSocialWorker,
  CloseServiceStation,
  closeServiceStation,
  MoveStationToCenter,
  moveStationToCenter,
  OpenServiceStation,
  openServiceStation,
  RelieveSocialWorker,
  relieveSocialWorker,
  ReplaceSocialWorker,
  replaceSocialWorker,
  ResumeServiceStation,
  resumeServiceStation,
  SetCoverage,
  setCoverage,
  SetStationServiceFields,
  setStationServiceFields,
  SuspendServiceStation,
  suspendServiceStation,
} from './service-station.commands.js';
import {
  communitiesOf,
  communitySlot,
  isLiving,
  postingStanding,
  serviceStation,
  workerStanding,
  type ServiceStation,
} from './service-station.js';
import { relieveRetiredWorker, relieveSuspendedWorker } from './service-station.policies.js';
import { communityCoverage, serviceStationCard, serviceStations } from './service-station.views.js';
import { stationSheet } from './service-station.sheet.js';
import { stationRegister } from './service-station.register.views.js';

interface Own {
  readonly station: ServiceStation;
}

const centerOf = ({ station }: Own) => (station.stage === 'unopened' ? undefined : station.centerId);
const ownCommunities = ({ station }: Own) => communitiesOf(station);
const actingOf = ({ station }: Own) => (isLiving(station) ? station.acting?.workerId : undefined);
const workerOf = ({ station }: Own) => (isLiving(station) ? station.workerId : undefined);

const ownCenter = of(serviceCenter, (_: object, states: Own) => centerOf(states));
const actingPosting = of(postingStanding, (_: object, states: Own) => actingOf(states));
const workersPosting = of(postingStanding, (_: object, states: Own) => workerOf(states));

/** A station lies where its center lies. */
const place = (
  states: Own & { readonly center?: ServiceCenter; readonly formerCenter?: ServiceCenter },
  { stationId }: { stationId: string },
) => {
  const center = states.formerCenter ?? states.center;
  return {
    stationId,
    centerId: centerOf(states),
    divisionId: center && center.stage !== 'unestablished' ? center.divisionId : undefined,
  };
};

const staff = [centerStaff, registrar] as const;

export const ServiceStationModule = aggregateModule(serviceStation, {
  as: 'station',
  at: 'service-stations',
  id: 'stationId',
  commands: [
    births(OpenServiceStation, openServiceStation, {
      words: { zh: '开设社工服务站', en: 'Open a service station' },
      by: staff,
      within: ({ center }, { centerId, stationId }) => ({
        stationId,
        centerId,
        divisionId: center.stage === 'unestablished' ? undefined : center.divisionId,
      }),
      reads: {
        center: of(serviceCenter, 'centerId'),
        divisions: each(divisionStanding, 'communities'),
        slots: each(communitySlot, 'communities'),
      },
    }),
    acts(SetCoverage, setCoverage, {
      words: { zh: '确定覆盖社区', en: 'Set the communities that a station covers' },
      by: staff,
      within: place,
      reads: {
        center: ownCenter,
        divisions: each(divisionStanding, 'communities'),
        slots: each(communitySlot, ({ communities }, states) => [...new Set([...communities, ...ownCommunities(states)])]),
      },
    }),
    acts(SetStationServiceFields, setStationServiceFields, {
      words: { zh: '确定服务领域', en: 'Set the fields of service of a station' },
      by: [centerStaff, registrar, stationWorker],
      within: place,
      reads: { center: ownCenter },
    }),
    acts(AssignSocialWorker, assignSocialWorker, {
      words: { zh: '指派社工', en: 'Assign the social worker of a station' },
      by: staff,
      within: place,
      reads: {
        center: ownCenter,
        worker: of(workerStanding, 'workerId'),
        posting: of(postingStanding, 'workerId'),
        actingPosting,
      },
    }),
    acts(ReplaceSocialWorker, replaceSocialWorker, {
      words: { zh: '更换社工', en: 'Replace the social worker of a station' },
      by: staff,
      within: place,
      reads: {
        center: ownCenter,
        worker: of(workerStanding, 'workerId'),
        posting: of(postingStanding, 'workerId'),
        formerPosting: workersPosting,
      },
    }),
    acts(RelieveSocialWorker, relieveSocialWorker, {
      words: { zh: '免去社工', en: 'Relieve the social worker of a station' },
      by: staff,
      within: place,
      reads: { center: ownCenter, posting: workersPosting, actingPosting },
    }),
    acts(AppointActingWorker, appointActingWorker, {
      words: { zh: '指定代理社工', en: 'Appoint somebody to act for a vacant station' },
      by: staff,
      within: place,
      reads: {
        center: ownCenter,
        worker: of(workerStanding, 'workerId'),
        posting: of(postingStanding, 'workerId'),
        actingPosting,
      },
    }),
    acts(SuspendServiceStation, suspendServiceStation, {
      words: { zh: '服务站暂停', en: 'Suspend a station' },
      by: staff,
      within: place,
      reads: { center: ownCenter },
    }),
    acts(ResumeServiceStation, resumeServiceStation, {
      words: { zh: '服务站恢复', en: 'Resume a station' },
      by: staff,
      within: place,
      reads: { center: ownCenter },
    }),
    acts(MoveStationToCenter, moveStationToCenter, {
      words: { zh: '服务站改属中心', en: 'Move a station to another center' },
      by: staff,
      within: place,
      reads: {
        center: of(serviceCenter, 'centerId'),
        formerCenter: ownCenter,
        divisions: each(divisionStanding, (_, states) => ownCommunities(states)),
      },
    }),
    acts(CloseServiceStation, closeServiceStation, {
      words: { zh: '关闭服务站', en: 'Close a station' },
      by: staff,
      within: place,
      reads: {
        successor: of(serviceStation, ({ handOver }) => handOver?.successorId),
        center: ownCenter,
        posting: workersPosting,
        actingPosting,
        slots: each(communitySlot, (_, states) => ownCommunities(states)),
      },
    }),
  ],
  views: [stationRegister, serviceStationCard],
  sheets: [stationSheet],
  projections: [serviceStations, communityCoverage],
  policies: [relieveSuspendedWorker, relieveRetiredWorker],
});
