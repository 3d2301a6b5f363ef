import { centerStaff, oversight, registrar } from '@lib/access/roles.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { communitiesOf, serviceStation, type ServiceStation } from '../service-station/service-station.js';
import {
  CloseServiceCenter,
  closeServiceCenter,
  EstablishServiceCenter,
  establishServiceCenter,
  MergeServiceCenter,
  mergeServiceCenter,
  ReassignServiceCenter,
  reassignServiceCenter,
  RenameServiceCenter,
  renameServiceCenter,
  ResumeServiceCenter,
  resumeServiceCenter,
  SetOperatingModel,
  setOperatingModel,
  SuspendServiceCenter,
  suspendServiceCenter,
} from './service-center.commands.js';
import { centerOfCommunity } from '../structure/center-of-community.views.js';
import { centerToday } from '../structure/center-today.views.js';
import { figureSubjects } from '../structure/figure-subjects.views.js';
import { structureConformance } from '../structure/structure-conformance.views.js';
import { structureFigures } from '../structure/structure-figures.views.js';
import { structureTree } from '../structure/structure-tree.views.js';
import { serviceCenterCard, serviceCenters } from './service-center.views.js';
import { centerSlot, divisionStanding, serviceCenter, stationsOf, type ServiceCenter } from './service-center.js';

const place = ({ center }: { center: ServiceCenter }, { centerId }: { centerId: string }) => ({
  centerId,
  divisionId: center.stage === 'unestablished' ? undefined : center.divisionId,
});
const divisionOf = (center: ServiceCenter) => (center.stage === 'unestablished' ? undefined : center.divisionId);

const authorities = [registrar, oversight] as const;

const withSuccessor = {
  successor: of(serviceCenter, ({ successorId }: { successorId?: string }) => successorId),
  stations: each(serviceStation, (_: object, { center }: { center: ServiceCenter }) => stationsOf(center)),
  divisions: each(divisionStanding, (_: object, { stations }: { stations: ReadonlyMap<string, ServiceStation> }) =>
    [...stations.values()].flatMap(communitiesOf),
  ),
  slot: of(centerSlot, (_: object, { center }: { center: ServiceCenter }) => divisionOf(center)),
} as const;

export const ServiceCenterModule = aggregateModule(serviceCenter, {
  as: 'center',
  at: 'service-centers',
  id: 'centerId',
  commands: [
    births(EstablishServiceCenter, establishServiceCenter, {
      words: { zh: '设立社工服务中心', en: 'Establish a service center' },
      by: authorities,
      within: (_, { divisionId }) => ({ divisionId }),
      reads: { division: of(divisionStanding, 'divisionId'), slot: of(centerSlot, 'divisionId') },
    }),
    acts(RenameServiceCenter, renameServiceCenter, {
      words: { zh: '服务中心更名', en: 'Rename a center' },
      by: [registrar, oversight, centerStaff],
      within: place,
      reads: {},
    }),
    acts(SetOperatingModel, setOperatingModel, {
      words: { zh: '确定运行模式', en: 'Set how a center is run' },
      by: [registrar, oversight, centerStaff],
      within: place,
      reads: {},
    }),
    acts(SuspendServiceCenter, suspendServiceCenter, {
      words: { zh: '服务中心停业', en: 'Suspend a center' },
      by: authorities,
      within: place,
      reads: {},
    }),
    acts(ResumeServiceCenter, resumeServiceCenter, {
      words: { zh: '服务中心恢复', en: 'Resume a center' },
      by: authorities,
      within: place,
      reads: {},
    }),
    acts(ReassignServiceCenter, reassignServiceCenter, {
      words: { zh: '服务中心改属街道(乡镇)', en: 'Reassign a center to another street or town' },
      by: authorities,
      within: place,
      reads: {
        division: of(divisionStanding, 'divisionId'),
        slot: of(centerSlot, 'divisionId'),
        formerSlot: of(centerSlot, (_, { center }) => divisionOf(center)),
      },
    }),
    acts(MergeServiceCenter, mergeServiceCenter, {
      words: { zh: '服务中心合并', en: 'Merge a center into another' },
      by: authorities,
      within: place,
      reads: withSuccessor,
    }),
    acts(CloseServiceCenter, closeServiceCenter, {
      words: { zh: '关闭服务中心', en: 'Close a center' },
      by: authorities,
      within: place,
      reads: withSuccessor,
    }),
  ],
  views: [
    serviceCenterCard,
    centerToday,
    structureTree,
    structureConformance,
    structureFigures,
    figureSubjects,
    centerOfCommunity,
  ],
  projections: [serviceCenters],
});
