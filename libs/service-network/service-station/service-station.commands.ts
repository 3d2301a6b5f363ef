import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { addDays } from '@lib/platform/kernel/calendar.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { serviceFields, type ServiceField } from '@lib/workforce/social-worker/social-worker.events.js';
import { PostingEnded, PostingStarted } from '@lib/workforce/posting/posting.events.js';
import { StationJoinedCenter, StationLeftCenter } from '../service-center/service-center.events.js';
import type { DivisionStanding, ServiceCenter } from '../service-center/service-center.js';
import { CommunityCovered, CommunityReleased } from './community-slot.events.js';
import {
  ActingWorkerAppointed,
  ActingWorkerDismissed,
  relievingReasons,
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
  type RelievingReason,
} from './service-station.events.js';
import {
  isLiving,
  type CommunitySlot,
  type LivingStation,
  type PostingStanding,
  type ServiceStation,
  type WorkerStanding,
} from './service-station.js';

/** How long somebody may act for a station before it needs a worker of its own. */
export const actingDays = 90;

const living = (station: ServiceStation): LivingStation => {
  if (isLiving(station)) return station;
  throw new Refusal('station-closed', { zh: '服务站已关闭', en: 'The station is closed' });
};

const open = (station: ServiceStation): LivingStation => {
  const alive = living(station);
  if (alive.stage === 'open') return alive;
  throw new Refusal('station-not-open', { zh: '服务站暂停中', en: 'The station is suspended' });
};

const activeCenter = (center: ServiceCenter) => {
  if (center.stage === 'active') return center;
  throw new Refusal('center-not-active', {
    zh: '服务中心不存在、已停业或已关闭',
    en: 'The center does not exist, is suspended or closed',
  });
};

/** Nothing counts from before what it rests on began. */
const requireBegun = (on: string, ...beginnings: readonly (string | undefined)[]) => {
  const since = beginnings.reduce<string>((latest, begun) => (begun !== undefined && begun > latest ? begun : latest), '');
  if (on < since) {
    throw new Refusal('began-later', { zh: `不能早于 ${since} 起算`, en: `It cannot count from before ${since}` }, { since });
  }
};

export type Divisions = ReadonlyMap<string, DivisionStanding>;
type Slots = ReadonlyMap<string, CommunitySlot>;

/** A station covers communities of its center's own street or town. */
export const requireInside = (divisionId: string, communities: Divisions) => {
  for (const [communityId, { active, level, parentId }] of communities) {
    if (active && level === 'COMMUNITY' && parentId === divisionId) continue;
    throw new Refusal(
      'community-outside-center',
      { zh: '所选社区不在该服务中心的街道(乡镇)内', en: 'The community is not in the street or town of the center' },
      { communityId },
    );
  }
};

/** No community has two stations. */
const requireUncovered = (stationId: string, communities: Iterable<string>, slots: Slots) => {
  for (const communityId of communities) {
    const holder = slots.get(communityId)?.stationId;
    if (!holder || holder === stationId) continue;
    throw new Refusal(
      'community-already-covered',
      { zh: '该社区已由另一服务站覆盖', en: 'Another station covers that community already' },
      { communityId, stationId: holder },
    );
  }
};

/** Open a station of an active center, for communities that no other station covers. */
export class OpenServiceStation {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly stationId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  @IsUUID() readonly centerId!: string;
  /** @example "丹英社区社工服务站" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** The communities that it covers. @example ["0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  readonly communities!: string[];
  /** @example ["ELDERLY", "YOUTH"] */
  @IsOptional() @IsArray() @ArrayUnique() @IsIn(serviceFields, { each: true }) readonly serviceFields?: ServiceField[];
}

export function openServiceStation(
  { stationId, centerId, name, communities, serviceFields = [] }: OpenServiceStation,
  { station, center, divisions, slots }: { station: ServiceStation; center: ServiceCenter; divisions: Divisions; slots: Slots },
  { on }: Circumstances,
) {
  if (station.stage !== 'unopened') {
    throw new Refusal('station-already-opened', { zh: '该服务站已开设', en: 'This station was opened already' });
  }
  const { divisionId, establishedOn } = activeCenter(center);
  requireInside(divisionId, divisions);
  requireUncovered(stationId, communities, slots);
  requireBegun(on, establishedOn);
  return [
    new ServiceStationOpened({ stationId, centerId, name, communities, serviceFields, openedOn: on }),
    new StationJoinedCenter({ centerId, stationId }),
    ...communities.map(divisionId => new CommunityCovered({ divisionId, stationId })),
  ];
}

/** Say which communities a station covers. */
export class SetCoverage {
  @IsUUID() readonly stationId!: string;
  /** @example ["0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21", "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c22"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  readonly communities!: string[];
}

export function setCoverage(
  { stationId, communities }: SetCoverage,
  { station, center, divisions, slots }: { station: ServiceStation; center: ServiceCenter; divisions: Divisions; slots: Slots },
) {
  const { communities: before } = living(station);
  const added = communities.filter(communityId => !before.includes(communityId));
  const dropped = before.filter(communityId => !communities.includes(communityId));
  if (added.length === 0 && dropped.length === 0) return [];
  const wanted = new Map(added.map(communityId => [communityId, divisions.get(communityId)!]));
  requireInside(activeCenter(center).divisionId, wanted);
  requireUncovered(stationId, added, slots);
  return [
    new StationCoverageSet({ stationId, communities }),
    ...dropped.map(divisionId => new CommunityReleased({ divisionId, stationId })),
    ...added.map(divisionId => new CommunityCovered({ divisionId, stationId })),
  ];
}

/** Say in which fields a station serves. */
export class SetStationServiceFields {
  @IsUUID() readonly stationId!: string;
  /** @example ["ELDERLY", "DISABLED"] */
  @IsArray() @ArrayUnique() @IsIn(serviceFields, { each: true }) readonly serviceFields!: ServiceField[];
}

export function setStationServiceFields(
  { stationId, serviceFields }: SetStationServiceFields,
  { station }: { station: ServiceStation },
) {
  const { serviceFields: before } = living(station);
  if (before.length === serviceFields.length && before.every(field => serviceFields.includes(field))) return [];
  return [new StationServiceFieldsSet({ stationId, serviceFields })];
}

const requireEligible = (worker: WorkerStanding, posting: PostingStanding) => {
  if (!worker.mayLeadStation) {
    throw new Refusal('worker-not-eligible', {
      zh: '该社工未入库、已暂停或已退休',
      en: 'The worker is not in the register, suspended or retired',
    });
  }
  if (posting.primary) {
    throw new Refusal(
      'worker-posted-elsewhere',
      { zh: '该社工已在另一服务站任职', en: 'The worker is posted at another station' },
      { stationId: posting.primary },
    );
  }
};

const endActing = ({ acting }: LivingStation, stationId: string, until: string): AnyFact[] =>
  acting
    ? [
        new ActingWorkerDismissed({ stationId, workerId: acting.workerId, until }),
        new PostingEnded({ workerId: acting.workerId, stationId, kind: 'ACTING', until }),
      ]
    : [];

interface Staffing {
  readonly station: ServiceStation;
  readonly worker: WorkerStanding;
  readonly posting: PostingStanding;
}

/** Give a station its social worker. The worker's posting starts with the same stroke. */
export class AssignSocialWorker {
  @IsUUID() readonly stationId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  @IsUUID() readonly workerId!: string;
}

export function assignSocialWorker(
  { stationId, workerId }: AssignSocialWorker,
  { station, worker, posting }: Staffing & { actingPosting: PostingStanding },
  { on }: Circumstances,
) {
  const staffed = open(station);
  if (staffed.workerId === workerId) return [];
  if (staffed.workerId) {
    throw new Refusal(
      'station-already-staffed',
      { zh: '该服务站已有社工:一站一社工,请先免去或直接更换', en: 'The station has its social worker: relieve or replace first' },
      { workerId: staffed.workerId },
    );
  }
  requireEligible(worker, posting);
  requireBegun(on, staffed.openedOn, staffed.acting?.since, worker.registeredOn);
  return [
    ...endActing(staffed, stationId, on),
    new SocialWorkerAssigned({ stationId, workerId, from: on }),
    new PostingStarted({ workerId, stationId, kind: 'PRIMARY', from: on }),
  ];
}

/** Let another social worker take the place of the station's own in one stroke. */
export class ReplaceSocialWorker {
  @IsUUID() readonly stationId!: string;
  /** The new worker. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c32" */
  @IsUUID() readonly workerId!: string;
}

export function replaceSocialWorker(
  { stationId, workerId }: ReplaceSocialWorker,
  { station, worker, posting }: Staffing & { formerPosting: PostingStanding },
  { on }: Circumstances,
) {
  const staffed = open(station);
  const { workerId: formerWorkerId } = staffed;
  if (formerWorkerId === workerId) return [];
  if (!formerWorkerId) {
    throw new Refusal('station-not-staffed', {
      zh: '该服务站目前没有社工,请直接指派',
      en: 'The station has no social worker; assign one',
    });
  }
  requireEligible(worker, posting);
  requireBegun(on, staffed.workerSince, worker.registeredOn);
  return [
    new SocialWorkerReplaced({ stationId, formerWorkerId, workerId, from: on }),
    new PostingEnded({ workerId: formerWorkerId, stationId, kind: 'PRIMARY', until: on }),
    new PostingStarted({ workerId, stationId, kind: 'PRIMARY', from: on }),
  ];
}

/** Relieve a station's social worker, or the one who acts for it if that one is named; the posting ends. */
export class RelieveSocialWorker {
  @IsUUID() readonly stationId!: string;
  /** @example "TRANSFER" */
  @IsIn(relievingReasons) readonly because!: RelievingReason;
  /** Relieve only if it is still this worker. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  @IsOptional() @IsUUID() readonly workerId?: string;
}

/** Whose suspension or retirement is recorded late, from a day before the posting, is relieved all the same: on its first day. */
const endOf = (since: string | undefined, because: RelievingReason, on: string) => {
  if (since === undefined || since <= on) return on;
  if (because !== 'WORKER_SUSPENDED' && because !== 'WORKER_RETIRED') requireBegun(on, since);
  return since;
};

export function relieveSocialWorker(
  { stationId, because, workerId: meant }: RelieveSocialWorker,
  { station }: { station: ServiceStation; posting: PostingStanding; actingPosting: PostingStanding },
  { on }: Circumstances,
): AnyFact[] {
  const staffed = living(station);
  const { workerId, acting } = staffed;
  if (acting && meant === acting.workerId) return endActing(staffed, stationId, endOf(acting.since, because, on));
  if (!workerId || (meant && meant !== workerId)) return [];
  const until = endOf(staffed.workerSince, because, on);
  return [
    new SocialWorkerRelieved({ stationId, workerId, until, because }),
    new PostingEnded({ workerId, stationId, kind: 'PRIMARY', until }),
  ];
}

/** Let somebody lead a vacant station for a time, beside an own station. */
export class AppointActingWorker {
  @IsUUID() readonly stationId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c33" */
  @IsUUID() readonly workerId!: string;
  /** The first day without; at most 90 days ahead. @example "2026-12-01" */
  @IsCalendarDate() readonly until!: string;
}

export function appointActingWorker(
  { stationId, workerId, until }: AppointActingWorker,
  { station, worker }: Omit<Staffing, 'posting'> & { posting: PostingStanding; actingPosting: PostingStanding },
  { on }: Circumstances,
) {
  const vacant = open(station);
  if (vacant.acting?.workerId === workerId && vacant.acting.until === until) return [];
  if (vacant.workerId) {
    throw new Refusal(
      'station-already-staffed',
      { zh: '该服务站有社工在任,无须代理', en: 'The station has its social worker; nobody need act for it' },
      { workerId: vacant.workerId },
    );
  }
  if (!worker.mayLeadStation) {
    throw new Refusal('worker-not-eligible', {
      zh: '该社工未入库、已暂停或已退休',
      en: 'The worker is not in the register, suspended or retired',
    });
  }
  if (until <= on || until > addDays(on, actingDays)) {
    throw new Refusal('acting-too-long', {
      zh: `代理须晚于今天结束,且不超过 ${actingDays} 天`,
      en: `Acting ends after today and lasts at most ${actingDays} days`,
    });
  }
  requireBegun(on, vacant.openedOn, vacant.acting?.since, worker.registeredOn);
  return [
    ...endActing(vacant, stationId, on),
    new ActingWorkerAppointed({ stationId, workerId, from: on, until }),
    new PostingStarted({ workerId, stationId, kind: 'ACTING', from: on, until }),
  ];
}

/** Stop the work of a station for a time. */
export class SuspendServiceStation {
  @IsUUID() readonly stationId!: string;
  /** @example "场地维修" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function suspendServiceStation(
  { stationId, reason }: SuspendServiceStation,
  { station }: { station: ServiceStation },
  { on }: Circumstances,
) {
  const { stage, openedOn } = living(station);
  if (stage === 'suspended') return [];
  requireBegun(on, openedOn);
  return [new ServiceStationSuspended({ stationId, from: on, reason })];
}

/** Let a suspended station work again. */
export class ResumeServiceStation {
  @IsUUID() readonly stationId!: string;
}

export function resumeServiceStation(
  { stationId }: ResumeServiceStation,
  { station, center }: { station: ServiceStation; center: ServiceCenter },
  { on }: Circumstances,
) {
  if (living(station).stage === 'open') return [];
  activeCenter(center);
  return [new ServiceStationResumed({ stationId, from: on })];
}

/** Let a station belong to another center, whose street or town its communities lie in. */
export class MoveStationToCenter {
  @IsUUID() readonly stationId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c04" */
  @IsUUID() readonly centerId!: string;
}

export function moveStationToCenter(
  { stationId, centerId }: MoveStationToCenter,
  {
    station,
    center,
    divisions,
  }: { station: ServiceStation; center: ServiceCenter; formerCenter: ServiceCenter; divisions: Divisions },
) {
  const { centerId: formerCenterId } = living(station);
  if (formerCenterId === centerId) return [];
  requireInside(activeCenter(center).divisionId, divisions);
  return [
    new StationMovedToCenter({ stationId, formerCenterId, centerId }),
    new StationLeftCenter({ centerId: formerCenterId, stationId }),
    new StationJoinedCenter({ centerId, stationId }),
  ];
}

/** What becomes of a station's volunteers and communities when it closes. */
export class HandOverPlan {
  /** The station that takes over. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c12" */
  @IsUUID() readonly successorId!: string;
  /** True: volunteers are linked to the successor; false: their links end. @example true */
  @IsBoolean() readonly volunteersFollow!: boolean;
  /** True: the successor covers the communities from now on; false: they are free. @example true */
  @IsBoolean() readonly communitiesFollow!: boolean;
}

/** Close a station for good: its worker's posting ends at once, its links by the hand-over plan. */
export class CloseServiceStation {
  @IsUUID() readonly stationId!: string;
  /** @example "社区合并" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
  /** Without one, links end and communities are free. */
  @IsOptional() @ValidateNested() @Type(() => HandOverPlan) readonly handOver?: HandOverPlan;
}

export function closeServiceStation(
  { stationId, reason, handOver }: CloseServiceStation,
  {
    station,
    successor,
  }: {
    station: ServiceStation;
    successor: ServiceStation;
    center: ServiceCenter;
    posting: PostingStanding;
    actingPosting: PostingStanding;
    slots: Slots;
  },
  { on }: Circumstances,
) {
  if (station.stage === 'closed') return [];
  const closing = living(station);
  const { centerId, communities, workerId } = closing;
  if (handOver && (handOver.successorId === stationId || successor.stage !== 'open' || successor.centerId !== centerId)) {
    throw new Refusal(
      'successor-not-open',
      {
        zh: '承接的服务站须是同一中心的另一个开放的服务站',
        en: 'The station that takes over must be another open station of the same center',
      },
      { successorId: handOver.successorId },
    );
  }
  requireBegun(on, closing.openedOn, closing.workerSince, closing.acting?.since);
  const follow = handOver?.communitiesFollow === true && isLiving(successor);
  return [
    new ServiceStationClosed({
      stationId,
      centerId,
      on,
      reason,
      successorId: handOver?.successorId,
      volunteersFollow: handOver?.volunteersFollow ?? false,
    }),
    new StationLeftCenter({ centerId, stationId }),
    ...(workerId ? [new PostingEnded({ workerId, stationId, kind: 'PRIMARY', until: on })] : []),
    ...(closing.acting ? [new PostingEnded({ workerId: closing.acting.workerId, stationId, kind: 'ACTING', until: on })] : []),
    ...communities.map(divisionId => new CommunityReleased({ divisionId, stationId })),
    ...(follow
      ? [
          new StationCoverageSet({ stationId: handOver.successorId, communities: [...successor.communities, ...communities] }),
          ...communities.map(divisionId => new CommunityCovered({ divisionId, stationId: handOver.successorId })),
        ]
      : []),
  ];
}
