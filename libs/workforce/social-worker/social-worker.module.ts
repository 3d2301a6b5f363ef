import { centerStaff, registrar } from '@lib/access/roles.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { personKey } from '@lib/platform/privacy/person-key.js';
import { postings } from '../posting/posting.views.js';
import {
  CorrectWorkerIdentity,
  correctWorkerIdentity,
  RegisterWorker,
  registerWorker,
  ReinstateWorker,
  reinstateWorker,
  RetireWorker,
  retireWorker,
  SuspendWorker,
  suspendWorker,
  UpdateWorkerContact,
  updateWorkerContact,
} from './social-worker.commands.js';
import { divisionStanding, socialWorker, type SocialWorker } from './social-worker.js';
import { workerRegister } from './social-worker.register.views.js';
import { publicWorkerCheck, socialWorkers, workerCard } from './social-worker.views.js';
import { workerSheet } from './social-worker.sheet.js';

interface Own {
  readonly worker: SocialWorker;
}

const place = ({ worker }: Own) => ({ divisionId: worker.stage === 'unregistered' ? undefined : worker.homeDivisionId });
const ownPerson = of(personKey, (_: object, { worker }: Own) =>
  worker.stage === 'unregistered' ? undefined : worker.personKeyId,
);

export const SocialWorkerModule = aggregateModule(socialWorker, {
  as: 'worker',
  at: 'social-workers',
  id: 'workerId',
  commands: [
    births(RegisterWorker, registerWorker, {
      words: { zh: '社工入库', en: 'Enter a worker in the register' },
      by: [centerStaff, registrar],
      within: (_, { homeDivisionId }) => ({ divisionId: homeDivisionId }),
      reads: {
        division: of(divisionStanding, 'homeDivisionId'),
        person: each(personKey, async ({ idNumber }, _, lookUps) => [await lookUps.personKey(idNumber)]),
      },
    }),
    acts(CorrectWorkerIdentity, correctWorkerIdentity, {
      words: { zh: '更正身份信息', en: 'Correct the identity of a worker' },
      by: [registrar],
      within: place,
      reads: {
        person: each(personKey, async ({ idNumber }, _, lookUps) => (idNumber ? [await lookUps.personKey(idNumber)] : [])),
        formerPerson: ownPerson,
      },
    }),
    acts(UpdateWorkerContact, updateWorkerContact, {
      words: { zh: '更新联系方式', en: 'Update the contact of a worker' },
      by: [centerStaff, registrar],
      within: place,
      reads: {},
    }),
    acts(SuspendWorker, suspendWorker, {
      words: { zh: '暂停执业', en: 'Suspend a worker' },
      by: [registrar],
      within: place,
      reads: {},
    }),
    acts(ReinstateWorker, reinstateWorker, {
      words: { zh: '恢复执业', en: 'Reinstate a worker' },
      by: [registrar],
      within: place,
      reads: {},
    }),
    acts(RetireWorker, retireWorker, {
      words: { zh: '社工退休', en: 'Retire a worker' },
      by: [registrar],
      within: place,
      reads: { person: ownPerson },
    }),
  ],
  views: [workerRegister, workerCard, publicWorkerCheck],
  sheets: [workerSheet],
  projections: [socialWorkers, postings],
});
