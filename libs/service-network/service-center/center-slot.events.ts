import { eventsOf } from '@lib/platform/kernel/event.js';
import { id } from '@lib/platform/kernel/shape.js';

const event = eventsOf('centerSlot', 'divisionId');

/** The one place for a center in a street or town was taken. Written with the center's own fact. @source 三(二)2 */
export class CenterSlotTaken extends event(
  'CenterSlotTaken',
  1,
  { divisionId: id, centerId: id },
  { zh: '“{centerId}”占用“{divisionId}”的服务中心名额', en: '“{centerId}” took the center slot of “{divisionId}”' },
) {}

/** The place became free again. */
export class CenterSlotFreed extends event(
  'CenterSlotFreed',
  1,
  { divisionId: id, centerId: id },
  { zh: '“{centerId}”释放“{divisionId}”的服务中心名额', en: '“{centerId}” freed the center slot of “{divisionId}”' },
) {}

export type CenterSlotFact = CenterSlotTaken | CenterSlotFreed;
