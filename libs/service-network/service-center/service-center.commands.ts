import { IsBoolean, IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { StationMovedToCenter } from '../service-station/service-station.events.js';
import { requireInside, type Divisions } from '../service-station/service-station.commands.js';
import type { ServiceStation } from '../service-station/service-station.js';
import { CenterSlotFreed, CenterSlotTaken } from './center-slot.events.js';
import {
  OperatingModelSet,
  operatingModels,
  ServiceCenterClosed,
  ServiceCenterEstablished,
  ServiceCenterMerged,
  ServiceCenterReassigned,
  ServiceCenterRenamed,
  ServiceCenterResumed,
  ServiceCenterSuspended,
  StationJoinedCenter,
  StationLeftCenter,
  type OperatingModel,
} from './service-center.events.js';
import type { CenterSlot, DivisionStanding, ServiceCenter } from './service-center.js';

type Existing = Extract<ServiceCenter, { stage: 'active' | 'suspended' }>;

const existing = (center: ServiceCenter): Existing => {
  if (center.stage === 'active' || center.stage === 'suspended') return center;
  throw new Refusal('center-closed', { zh: '服务中心已关闭', en: 'The center is closed' });
};

/** Where a center may stand: an active street or town; quasi units (farms, zones) only when that is said. @source 三(二)2 */
const requireTownship = (division: DivisionStanding, divisionId: string, although: boolean | undefined) => {
  if (!division.active) {
    throw new Refusal(
      'division-not-active',
      { zh: '该行政区划不存在或已撤并', en: 'The division does not exist or has ended' },
      { divisionId },
    );
  }
  if (division.level !== 'TOWNSHIP') {
    throw new Refusal(
      'division-not-a-township',
      { zh: '服务中心只设在街道、镇、乡', en: 'A center stands in a street, town or township only' },
      { divisionId },
    );
  }
  if (!division.centreRequired && !although) {
    throw new Refusal(
      'division-needs-no-center',
      { zh: '该区域不要求设服务中心;如确需设立请注明', en: 'No center is required there; say so if one is wanted all the same' },
      { divisionId },
    );
  }
};

const requireFreeSlot = (slot: CenterSlot, divisionId: string) => {
  if (slot.centerId) {
    throw new Refusal(
      'division-has-center',
      {
        zh: '该街道(乡镇)已有社工服务中心:一街镇一中心',
        en: 'That street or town has its center already: one street, one center',
      },
      { divisionId, centerId: slot.centerId },
    );
  }
};

/** Give a street or town its social-work service center. */
export class EstablishServiceCenter {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  @IsUUID() readonly centerId!: string;
  /** The street, town or township. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly divisionId!: string;
  /** @example "北山街道社工服务中心" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** How it is run. @example "GOV_PURCHASED" */
  @IsOptional() @IsIn(operatingModels) readonly operatingModel?: OperatingModel;
  /** True to establish one where none is required, such as a farm or a development zone. @example false */
  @IsOptional() @IsBoolean() readonly evenIfNotRequired?: boolean;
}

export function establishServiceCenter(
  { centerId, divisionId, name, operatingModel, evenIfNotRequired }: EstablishServiceCenter,
  { center, division, slot }: { center: ServiceCenter; division: DivisionStanding; slot: CenterSlot },
  { on }: Circumstances,
) {
  if (center.stage !== 'unestablished') {
    throw new Refusal('center-already-established', { zh: '该服务中心已设立', en: 'This center was established already' });
  }
  requireTownship(division, divisionId, evenIfNotRequired);
  requireFreeSlot(slot, divisionId);
  return [
    new ServiceCenterEstablished({ centerId, divisionId, name, operatingModel, establishedOn: on }),
    new CenterSlotTaken({ divisionId, centerId }),
  ];
}

/** Give a center another name. */
export class RenameServiceCenter {
  @IsUUID() readonly centerId!: string;
  /** @example "北山街道社会工作服务中心" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
}

export function renameServiceCenter({ centerId, name }: RenameServiceCenter, { center }: { center: ServiceCenter }) {
  if (existing(center).name === name) return [];
  return [new ServiceCenterRenamed({ centerId, name })];
}

/** Say how a center is run. */
export class SetOperatingModel {
  @IsUUID() readonly centerId!: string;
  /** @example "IN_HOUSE_CONVERTED" */
  @IsIn(operatingModels) readonly operatingModel!: OperatingModel;
}

export function setOperatingModel({ centerId, operatingModel }: SetOperatingModel, { center }: { center: ServiceCenter }) {
  if (existing(center).operatingModel === operatingModel) return [];
  return [new OperatingModelSet({ centerId, operatingModel })];
}

/** Stop the work of a center for a time. */
export class SuspendServiceCenter {
  @IsUUID() readonly centerId!: string;
  /** @example "房屋改造" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function suspendServiceCenter(
  { centerId, reason }: SuspendServiceCenter,
  { center }: { center: ServiceCenter },
  { on }: Circumstances,
) {
  if (existing(center).stage === 'suspended') return [];
  return [new ServiceCenterSuspended({ centerId, from: on, reason })];
}

/** Let a suspended center work again. */
export class ResumeServiceCenter {
  @IsUUID() readonly centerId!: string;
}

export function resumeServiceCenter(
  { centerId }: ResumeServiceCenter,
  { center }: { center: ServiceCenter },
  { on }: Circumstances,
) {
  if (existing(center).stage === 'active') return [];
  return [new ServiceCenterResumed({ centerId, from: on })];
}

/** Let a center serve another street or town, as after a change of divisions. */
export class ReassignServiceCenter {
  @IsUUID() readonly centerId!: string;
  /** The street, town or township that it serves from now on. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c03" */
  @IsUUID() readonly divisionId!: string;
  /** True where no center is required there. @example false */
  @IsOptional() @IsBoolean() readonly evenIfNotRequired?: boolean;
}

export function reassignServiceCenter(
  { centerId, divisionId, evenIfNotRequired }: ReassignServiceCenter,
  { center, division, slot }: { center: ServiceCenter; division: DivisionStanding; slot: CenterSlot; formerSlot: CenterSlot },
) {
  const { divisionId: formerDivisionId } = existing(center);
  if (formerDivisionId === divisionId) return [];
  requireTownship(division, divisionId, evenIfNotRequired);
  requireFreeSlot(slot, divisionId);
  return [
    new ServiceCenterReassigned({ centerId, formerDivisionId, divisionId }),
    new CenterSlotFreed({ divisionId: formerDivisionId, centerId }),
    new CenterSlotTaken({ divisionId, centerId }),
  ];
}

/** The stations of a center that ends go to its successor, in whose street or town their communities must lie. */
const handOver = (centerId: string, successorId: string, { successor, stations, divisions }: WithSuccessor): AnyFact[] => {
  requireOther(centerId, successorId);
  if (successor.stage !== 'active') {
    throw new Refusal('successor-not-active', {
      zh: '承接的服务中心不在运行',
      en: 'The center that should take over is not active',
    });
  }
  requireInside(successor.divisionId, divisions);
  return [...stations.keys()].flatMap(stationId => [
    new StationMovedToCenter({ stationId, formerCenterId: centerId, centerId: successorId }),
    new StationLeftCenter({ centerId, stationId }),
    new StationJoinedCenter({ centerId: successorId, stationId }),
  ]);
};

const requireOther = (centerId: string, successorId: string) => {
  if (centerId === successorId) {
    throw new Refusal('successor-is-itself', { zh: '承接方不能是自己', en: 'A center cannot be its own successor' });
  }
};

interface WithSuccessor {
  readonly center: ServiceCenter;
  readonly successor: ServiceCenter;
  readonly stations: ReadonlyMap<string, ServiceStation>;
  /** The communities of these stations. */
  readonly divisions: Divisions;
  readonly slot: CenterSlot;
}

/** End a center by merging it into another one, which takes its stations. */
export class MergeServiceCenter {
  @IsUUID() readonly centerId!: string;
  /** The center that goes on. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c04" */
  @IsUUID() readonly successorId!: string;
}

export function mergeServiceCenter({ centerId, successorId }: MergeServiceCenter, states: WithSuccessor, { on }: Circumstances) {
  const { divisionId } = existing(states.center);
  return [
    ...handOver(centerId, successorId, states),
    new ServiceCenterMerged({ centerId, divisionId, successorId, on }),
    new CenterSlotFreed({ divisionId, centerId }),
  ];
}

/** Close a center for good. Stations that are still open need a center that takes them. */
export class CloseServiceCenter {
  @IsUUID() readonly centerId!: string;
  /** The center that takes the open stations. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c04" */
  @IsOptional() @IsUUID() readonly successorId?: string;
  /** @example "机构调整" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function closeServiceCenter(
  { centerId, successorId, reason }: CloseServiceCenter,
  states: WithSuccessor,
  { on }: Circumstances,
) {
  if (states.center.stage === 'closed') return [];
  const { divisionId, stations: open } = existing(states.center);
  if (open.length > 0 && !successorId) {
    throw new Refusal(
      'center-has-open-stations',
      {
        zh: `还有 ${open.length} 个服务站未关闭:请指明承接的服务中心`,
        en: `${open.length} stations are still open: name the center that takes them`,
      },
      { stations: open },
    );
  }
  return [
    ...(successorId ? handOver(centerId, successorId, states) : []),
    new ServiceCenterClosed({ centerId, divisionId, successorId, on, reason }),
    new CenterSlotFreed({ divisionId, centerId }),
  ];
}
