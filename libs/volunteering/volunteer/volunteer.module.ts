import { centerStaff, registrar, stationWorker } from '@lib/access/roles.js';
import { anyone } from '@lib/platform/cqrs/by.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { personKey } from '@lib/platform/privacy/person-key.js';
import { volunteerLinks } from '../volunteer-link/volunteer-link.js';
import {
  AcceptVolunteer,
  acceptVolunteer,
  DeclareAvailability,
  declareAvailability,
  DeclineVolunteer,
  declineVolunteer,
  RecordSkill,
  recordSkill,
  RegisterVolunteer,
  registerVolunteer,
  ReinstateVolunteer,
  reinstateVolunteer,
  SuspendVolunteer,
  suspendVolunteer,
  WithdrawVolunteer,
  withdrawVolunteer,
} from './volunteer.commands.js';
import { divisionStanding, volunteer, type Volunteer } from './volunteer.js';
import { volunteerRegister } from './volunteer.register.views.js';
import { volunteerCard, volunteers } from './volunteer.views.js';
import { volunteerSheet } from './volunteer.sheet.js';

interface Own {
  readonly volunteer: Volunteer;
}

const place = ({ volunteer }: Own) => ({
  divisionId: volunteer.stage === 'unregistered' ? undefined : volunteer.homeDivisionId,
});
const ownPerson = of(personKey, (_: object, { volunteer }: Own) =>
  volunteer.stage === 'unregistered' ? undefined : volunteer.personKeyId,
);

const staff = [centerStaff, stationWorker] as const;

export const VolunteerModule = aggregateModule(volunteer, {
  as: 'volunteer',
  at: 'volunteers',
  id: 'volunteerId',
  commands: [
    births(RegisterVolunteer, registerVolunteer, {
      words: { zh: '申请成为志愿者', en: 'Apply to be a volunteer' },
      by: [anyone, stationWorker, centerStaff, registrar],
      within: (_, { homeDivisionId }) => ({ divisionId: homeDivisionId }),
      reads: {
        division: of(divisionStanding, 'homeDivisionId'),
        person: each(personKey, async ({ idNumber }, _, lookUps) => [await lookUps.personKey(idNumber)]),
      },
    }),
    acts(AcceptVolunteer, acceptVolunteer, {
      words: { zh: '接纳志愿者', en: 'Accept a volunteer' },
      by: staff,
      within: place,
      reads: {},
    }),
    acts(DeclineVolunteer, declineVolunteer, {
      words: { zh: '不接纳志愿者申请', en: 'Decline an application' },
      by: staff,
      within: place,
      reads: { person: ownPerson },
    }),
    acts(RecordSkill, recordSkill, {
      words: { zh: '登记技能', en: 'Record a skill of a volunteer' },
      by: staff,
      within: place,
      reads: {},
    }),
    acts(DeclareAvailability, declareAvailability, {
      words: { zh: '登记可服务时段', en: 'Declare when a volunteer has time' },
      by: staff,
      within: place,
      reads: {},
    }),
    acts(SuspendVolunteer, suspendVolunteer, {
      words: { zh: '暂停志愿服务', en: 'Suspend a volunteer' },
      by: staff,
      within: place,
      reads: {},
    }),
    acts(ReinstateVolunteer, reinstateVolunteer, {
      words: { zh: '恢复志愿服务', en: 'Reinstate a volunteer' },
      by: staff,
      within: place,
      reads: {},
    }),
    acts(WithdrawVolunteer, withdrawVolunteer, {
      words: { zh: '志愿者退出', en: 'Withdraw a volunteer' },
      by: staff,
      within: place,
      reads: { links: of(volunteerLinks, 'volunteerId'), person: ownPerson },
    }),
  ],
  views: [volunteerRegister, volunteerCard],
  sheets: [volunteerSheet],
  projections: [volunteers],
});
