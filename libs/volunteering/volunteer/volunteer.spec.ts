import type { AnyFact } from '@lib/platform/kernel/event.js';
import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import { personKey } from '@lib/platform/privacy/person-key.js';
import { after, given, today } from '@lib/platform/testing/given.js';
import { DivisionAbolished, DivisionDefined } from '@lib/territory/division/division.events.js';
import { VolunteerLinkedToStation, VolunteerUnlinked } from '../volunteer-link/volunteer-link.events.js';
import { volunteerLinks } from '../volunteer-link/volunteer-link.js';
import {
  acceptVolunteer,
  declareAvailability,
  declineVolunteer,
  recordSkill,
  registerVolunteer,
  reinstateVolunteer,
  suspendVolunteer,
  volunteerNoOf,
  withdrawVolunteer,
} from './volunteer.commands.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerDeclined,
  VolunteerRegistered,
  VolunteerReinstated,
  VolunteerSkillRecorded,
  VolunteerSuspended,
  VolunteerWithdrawn,
} from './volunteer.events.js';
import { divisionStanding, volunteer } from './volunteer.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [volunteerId, otherId, street, personKeyId, danying, beishan] = Array.from({ length: 6 }, (_, n) => uuid(n + 1)) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const defined = new DivisionDefined({
  divisionId: street,
  code: '222401002',
  name: '北山街道',
  level: 'TOWNSHIP',
  kind: 'SUBDISTRICT',
  centreRequired: true,
});
const division = after(divisionStanding, defined);
const idNumber = '11010519491231002X';

const registered = new VolunteerRegistered({
  volunteerId,
  homeDivisionId: street,
  name: '金顺姬',
  birthYear: 1949,
  idNumber,
  phone: '13843350002',
  phoneTail: '0002',
  skills: ['COOKING'],
  fields: [],
  registeredOn: today,
  personKeyId,
});
const volunteerNo = volunteerNoOf(volunteerId);
const acceptance = new VolunteerAccepted({ volunteerId, volunteerNo, on: today });
const suspension = new VolunteerSuspended({ volunteerId, from: today, reason: '投诉' });
const decline = new VolunteerDeclined({ volunteerId, on: today, reason: '住址不在范围内' });
const withdrawal = new VolunteerWithdrawn({ volunteerId, on: today, because: 'OWN_WISH' });
const released = new PersonKeyReleased({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId });

const state = (...facts: AnyFact[]) => ({ volunteer: after(volunteer, registered, ...facts) });
const person = personKey.initial;
const nobody = { volunteer: volunteer.initial };

describe('applying', () => {
  const register = {
    volunteerId,
    homeDivisionId: street,
    name: '金顺姬',
    idNumber,
    phone: '13843350002',
    skills: ['COOKING' as const],
  };
  const known = (...facts: AnyFact[]) => new Map([[personKeyId, after(personKey, ...facts)]]);
  const states = { ...nobody, division, person: known() };

  test('an application claims the key of the person', () =>
    given(states)
      .when(registerVolunteer, register)
      .then(registered, new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId })));
  test('a worker may volunteer', () =>
    given({ ...states, person: known(new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId: otherId })) })
      .when(registerVolunteer, register)
      .then(registered, new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId })));
  test('one live record for one person', () =>
    given({ ...states, person: known(new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: otherId })) })
      .when(registerVolunteer, register)
      .refused('person-already-volunteer'));
  test('who was declined or has withdrawn may apply anew, on a new record', () =>
    given({
      ...states,
      person: known(
        new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: otherId }),
        new PersonKeyReleased({ personKeyId, role: 'VOLUNTEER', recordId: otherId }),
      ),
    })
      .when(registerVolunteer, register)
      .then(registered, new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId })));
  test('the same record is not registered twice', () =>
    given({ ...states, ...state() })
      .when(registerVolunteer, register)
      .refused('volunteer-already-registered'));
  test('nobody under fourteen, for lack of a guardian’s consent; the birthday itself will do', () => {
    const young = { ...register, idNumber: '220102201203020010' };
    given(states).when(registerVolunteer, young, { on: '2026-03-01' }).refused('volunteer-under-age');
    given(states)
      .when(registerVolunteer, young)
      .then(
        new VolunteerRegistered({ ...registered.data, idNumber: young.idNumber, birthYear: 2012 }),
        new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId }),
      );
  });
  test('a wrong ID number is refused', () =>
    given(states)
      .when(registerVolunteer, { ...register, idNumber: '110105194912310021' })
      .refused('id-number-wrong'));
  test('nobody lives in a division that has ended', () =>
    given({ ...states, division: after(divisionStanding, defined, new DivisionAbolished({ divisionId: street, on: today })) })
      .when(registerVolunteer, register)
      .refused('division-not-active'));
});

describe('deciding an application', () => {
  test('who is accepted gets a number', () => given(state()).when(acceptVolunteer, { volunteerId }).then(acceptance));
  test('the number is short, its own, and always the same', () => {
    expect(volunteerNo).toMatch(/^V[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(volunteerNoOf(volunteerId)).toBe(volunteerNo);
    expect(new Set(Array.from({ length: 5_000 }, (_, n) => volunteerNoOf(uuid(n)))).size).toBe(5_000);
  });
  test('accepting again is nothing new', () => given(state(acceptance)).when(acceptVolunteer, { volunteerId }).nothing());
  test('who was declined, has withdrawn or is suspended is not accepted', () => {
    given(state(decline)).when(acceptVolunteer, { volunteerId }).refused('volunteer-declined');
    given(state(withdrawal)).when(acceptVolunteer, { volunteerId }).refused('volunteer-withdrawn');
    given(state(acceptance, suspension)).when(acceptVolunteer, { volunteerId }).refused('volunteer-suspended');
    given(nobody).when(acceptVolunteer, { volunteerId }).refused('volunteer-not-registered');
  });

  const decline1 = { volunteerId, reason: '住址不在范围内' };
  test('who is declined is free to apply anew', () =>
    given({ ...state(), person })
      .when(declineVolunteer, decline1)
      .then(decline, released));
  test('declining again is nothing new', () =>
    given({ ...state(decline), person })
      .when(declineVolunteer, decline1)
      .nothing());
  test('who was accepted is not declined', () =>
    given({ ...state(acceptance), person })
      .when(declineVolunteer, decline1)
      .refused('volunteer-already-accepted'));
});

describe('skills and time', () => {
  test('a skill is recorded', () =>
    given(state())
      .when(recordSkill, { volunteerId, skill: 'FIRST_AID' })
      .then(new VolunteerSkillRecorded({ volunteerId, skill: 'FIRST_AID' })));
  test('a skill that is on record is nothing new', () => {
    given(state()).when(recordSkill, { volunteerId, skill: 'COOKING' }).nothing();
    given(state(new VolunteerSkillRecorded({ volunteerId, skill: 'IT' })))
      .when(recordSkill, { volunteerId, skill: 'IT' })
      .nothing();
  });
  test('a record that is closed gets no skills', () =>
    given(state(withdrawal)).when(recordSkill, { volunteerId, skill: 'IT' }).refused('volunteer-withdrawn'));

  const declared = new VolunteerAvailabilityDeclared({ volunteerId, slots: ['SATURDAY_MORNING', 'SUNDAY_EVENING'] });
  test('free time is declared, in the order of the week', () =>
    given(state(acceptance))
      .when(declareAvailability, { volunteerId, slots: ['SUNDAY_EVENING', 'SATURDAY_MORNING'] })
      .then(declared));
  test('the same time again, in whatever order, is nothing new', () =>
    given(state(declared))
      .when(declareAvailability, { volunteerId, slots: ['SUNDAY_EVENING', 'SATURDAY_MORNING'] })
      .nothing());
  test('who has no time any more says so', () =>
    given(state(declared))
      .when(declareAvailability, { volunteerId, slots: [] })
      .then(new VolunteerAvailabilityDeclared({ volunteerId, slots: [] })));
  test('a record that is closed has no time', () =>
    given(state(decline)).when(declareAvailability, { volunteerId, slots: [] }).refused('volunteer-declined'));
});

describe('suspending', () => {
  const suspend = { volunteerId, reason: '投诉' };
  test('a volunteer is suspended and reinstated', () => {
    given(state(acceptance)).when(suspendVolunteer, suspend).then(suspension);
    given(state(acceptance, suspension))
      .when(reinstateVolunteer, { volunteerId })
      .then(new VolunteerReinstated({ volunteerId, from: today }));
  });
  test('suspending twice and reinstating who is not suspended are nothing new', () => {
    given(state(acceptance, suspension)).when(suspendVolunteer, suspend).nothing();
    given(state(acceptance)).when(reinstateVolunteer, { volunteerId }).nothing();
  });
  test('an applicant is not suspended, nor reinstated', () => {
    given(state()).when(suspendVolunteer, suspend).refused('volunteer-not-accepted-yet');
    given(state()).when(reinstateVolunteer, { volunteerId }).refused('volunteer-not-accepted-yet');
  });
});

describe('withdrawing', () => {
  const linked = (stationId: string, primary: boolean, from = '2026-02-01') =>
    new VolunteerLinkedToStation({ volunteerId, stationId, from, primary });
  const links = after(volunteerLinks, linked(danying, true), linked(beishan, false));
  const unlinked = (stationId: string, primary: boolean) =>
    new VolunteerUnlinked({ volunteerId, stationId, until: today, because: 'VOLUNTEER_WITHDRAWN', primary });
  const withdraw = { volunteerId, because: 'OWN_WISH' as const };

  test('all links end with the same stroke, and the person is free to apply anew', () =>
    given({ ...state(acceptance), links, person })
      .when(withdrawVolunteer, withdraw)
      .then(withdrawal, unlinked(danying, true), unlinked(beishan, false), released));
  test('an applicant and a suspended volunteer may withdraw too', () => {
    for (const facts of [[], [acceptance, suspension]]) {
      given({ ...state(...facts), links: volunteerLinks.initial, person })
        .when(withdrawVolunteer, withdraw)
        .then(withdrawal, released);
    }
  });
  test('withdrawing again is nothing new', () =>
    given({ ...state(withdrawal), links, person })
      .when(withdrawVolunteer, withdraw)
      .nothing());
  test('who was declined has nothing to withdraw from', () =>
    given({ ...state(decline), links, person })
      .when(withdrawVolunteer, withdraw)
      .refused('volunteer-declined'));
  test('nobody withdraws from before a link began', () =>
    given({ ...state(acceptance), links: after(volunteerLinks, linked(danying, true, today)), person })
      .when(withdrawVolunteer, withdraw, { on: '2026-02-20' })
      .refused('link-began-later'));
});
