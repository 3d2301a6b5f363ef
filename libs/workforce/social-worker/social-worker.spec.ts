import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import { personKey } from '@lib/platform/privacy/person-key.js';
import { after, given, today } from '@lib/platform/testing/given.js';
import { DivisionAbolished, DivisionDefined } from '@lib/territory/division/division.events.js';
import {
  correctWorkerIdentity,
  registerWorker,
  reinstateWorker,
  retireWorker,
  suspendWorker,
  updateWorkerContact,
} from './social-worker.commands.js';
import {
  WorkerContactUpdated,
  WorkerIdentityCorrected,
  WorkerRegistered,
  WorkerReinstated,
  WorkerRetired,
  WorkerSuspended,
} from './social-worker.events.js';
import { divisionStanding, socialWorker } from './social-worker.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [workerId, otherWorker, street, keyId, otherKeyId] = [uuid(1), uuid(2), uuid(3), uuid(4), uuid(5)] as const;
const idNumber = '34052419800101001X';
const otherIdNumber = '11010519491231002X';
const sixteenToday = '222401201003020018';
const sixteenTomorrow = '222401201003030013';
const notBornYet = '222401202701010014';

const registered = new WorkerRegistered({
  workerId,
  homeDivisionId: street,
  name: '李玉兰',
  birthYear: 1980,
  idNumber,
  phone: '13843350000',
  phoneTail: '0000',
  specialisms: ['ELDERLY'],
  registeredOn: today,
  personKeyId: keyId,
});
const suspended = new WorkerSuspended({ workerId, from: today, reason: '投诉调查期间暂停' });
const retired = new WorkerRetired({ workerId, on: today });
const worker = (...facts: Parameters<typeof after>[1][]) => after(socialWorker, registered, ...facts);

const defined = new DivisionDefined({
  divisionId: street,
  code: '222401002',
  name: '北山街道',
  level: 'TOWNSHIP',
  kind: 'SUBDISTRICT',
  centreRequired: true,
});
const claimed = (recordId: string, personKeyId: string = keyId) =>
  new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId });
const released = (personKeyId: string = keyId) => new PersonKeyReleased({ personKeyId, role: 'WORKER', recordId: workerId });
const nobodys = new Map([[keyId, personKey.initial]]);
const somebodys = new Map([[keyId, after(personKey, claimed(otherWorker))]]);

describe('registering a worker', () => {
  const register = {
    workerId,
    homeDivisionId: street,
    name: '李玉兰',
    idNumber: '34052419800101001x',
    phone: '13843350000',
    specialisms: ['ELDERLY' as const],
  };
  const states = { worker: socialWorker.initial, division: after(divisionStanding, defined), person: nobodys };

  test('a person enters the register and claims the one key of that human', () =>
    given(states).when(registerWorker, register).then(registered, claimed(workerId)));
  test('a phone and specialisms may come later', () =>
    given(states)
      .when(registerWorker, { workerId, homeDivisionId: street, name: '李玉兰', idNumber })
      .then(
        new WorkerRegistered({
          workerId,
          homeDivisionId: street,
          name: '李玉兰',
          birthYear: 1980,
          idNumber,
          specialisms: [],
          registeredOn: today,
          personKeyId: keyId,
        }),
        claimed(workerId),
      ));
  test('who volunteers may be a worker besides', () =>
    given({
      ...states,
      person: new Map([
        [keyId, after(personKey, new PersonKeyClaimed({ personKeyId: keyId, role: 'VOLUNTEER', recordId: otherWorker }))],
      ]),
    })
      .when(registerWorker, register)
      .then(registered, claimed(workerId)));
  test('who retired and comes back is registered anew', () =>
    given({
      ...states,
      person: new Map([
        [
          keyId,
          after(
            personKey,
            claimed(otherWorker),
            new PersonKeyReleased({ personKeyId: keyId, role: 'WORKER', recordId: otherWorker }),
          ),
        ],
      ]),
    })
      .when(registerWorker, register)
      .then(registered, claimed(workerId)));
  test('the same id cannot be registered again', () =>
    given({ ...states, worker: worker() })
      .when(registerWorker, register)
      .refused('worker-already-registered'));
  test('one human has one live record, and whose it is stays unsaid', () => {
    given({ ...states, person: somebodys })
      .when(registerWorker, register)
      .refused('person-already-registered');
    expect(() =>
      registerWorker(register, { ...states, person: somebodys }, { now: '', today, on: today, actor: 'spec' }),
    ).toThrow(expect.objectContaining({ details: {} }) as Error);
  });
  test('a home is a division that exists', () =>
    given({ ...states, division: divisionStanding.initial })
      .when(registerWorker, register)
      .refused('division-not-active'));
  test('a home is no division that has ended', () =>
    given({ ...states, division: after(divisionStanding, defined, new DivisionAbolished({ divisionId: street, on: today })) })
      .when(registerWorker, register)
      .refused('division-not-active'));
  test('on the sixteenth birthday a person may enter', () => {
    const facts = registerWorker({ ...register, idNumber: sixteenToday }, states, { now: '', today, on: today, actor: 'spec' });
    expect(facts[0]?.data).toMatchObject({ birthYear: 2010 });
  });
  test('a day before the sixteenth birthday is too early', () =>
    given(states)
      .when(registerWorker, { ...register, idNumber: sixteenTomorrow })
      .refused('worker-too-young'));
  test('nobody is registered who is not born yet', () =>
    given(states)
      .when(registerWorker, { ...register, idNumber: notBornYet })
      .refused('birth-date-ahead'));
});

describe('correcting an identity', () => {
  const formerPerson = after(personKey, claimed(workerId));
  const byName = { worker: worker(), person: new Map<string, never>(), formerPerson };
  const byNumber = { worker: worker(), person: new Map([[otherKeyId, personKey.initial]]), formerPerson };

  test('a wrong name is put right and the key stays', () =>
    given(byName)
      .when(correctWorkerIdentity, { workerId, name: '李玉岚' })
      .then(new WorkerIdentityCorrected({ workerId, name: '李玉岚' })));
  test('another ID number moves the claim to its own key', () =>
    given(byNumber)
      .when(correctWorkerIdentity, { workerId, idNumber: otherIdNumber })
      .then(
        new WorkerIdentityCorrected({ workerId, birthYear: 1949, idNumber: otherIdNumber, personKeyId: otherKeyId }),
        released(),
        claimed(workerId, otherKeyId),
      ));
  test('the same ID number changes nothing', () =>
    given({ ...byNumber, person: new Map([[keyId, formerPerson]]) })
      .when(correctWorkerIdentity, { workerId, idNumber })
      .nothing());
  test('a correction without anything to correct changes nothing', () =>
    given(byName).when(correctWorkerIdentity, { workerId }).nothing());
  test('the ID number of another registered person is refused', () =>
    given({ ...byNumber, person: new Map([[otherKeyId, after(personKey, claimed(otherWorker, otherKeyId))]]) })
      .when(correctWorkerIdentity, { workerId, idNumber: otherIdNumber })
      .refused('person-already-registered'));
  test('a number that makes the worker a child is refused', () =>
    given(byNumber).when(correctWorkerIdentity, { workerId, idNumber: sixteenTomorrow }).refused('worker-too-young'));
  test('the record of a retired worker is closed', () =>
    given({ ...byName, worker: worker(retired) })
      .when(correctWorkerIdentity, { workerId, name: '李玉岚' })
      .refused('worker-retired'));
});

describe('updating a contact', () => {
  const update = { workerId, phone: '13943350001' };
  test('a new phone is kept, and its last four to find it by', () =>
    given({ worker: worker() })
      .when(updateWorkerContact, update)
      .then(new WorkerContactUpdated({ workerId, phone: '13943350001', phoneTail: '0001' })));
  test('a suspended worker can still be reached', () =>
    given({ worker: worker(suspended) })
      .when(updateWorkerContact, update)
      .then(new WorkerContactUpdated({ workerId, phone: '13943350001', phoneTail: '0001' })));
  test('nobody can be reached who is not in the register', () =>
    given({ worker: socialWorker.initial }).when(updateWorkerContact, update).refused('worker-not-registered'));
});

describe('suspending and reinstating', () => {
  const suspend = { workerId, reason: '投诉调查期间暂停' };
  test('a worker is suspended with a reason', () => given({ worker: worker() }).when(suspendWorker, suspend).then(suspended));
  test('a suspended worker is not suspended again', () =>
    given({ worker: worker(suspended) })
      .when(suspendWorker, suspend)
      .nothing());
  test('a retired worker is not suspended', () =>
    given({ worker: worker(retired) })
      .when(suspendWorker, suspend)
      .refused('worker-retired'));
  test('a suspended worker is reinstated', () =>
    given({ worker: worker(suspended) })
      .when(reinstateWorker, { workerId })
      .then(new WorkerReinstated({ workerId, from: today })));
  test('a worker who works needs no reinstating', () =>
    given({ worker: worker() }).when(reinstateWorker, { workerId }).nothing());
  test('a retired worker is not reinstated but registered anew', () =>
    given({ worker: worker(suspended, retired) })
      .when(reinstateWorker, { workerId })
      .refused('worker-retired'));
});

describe('retiring', () => {
  const person = after(personKey, claimed(workerId));
  test('a worker retires and the key of that human is free again', () =>
    given({ worker: worker(), person }).when(retireWorker, { workerId }).then(retired, released()));
  test('a suspended worker may retire', () =>
    given({ worker: worker(suspended), person })
      .when(retireWorker, { workerId })
      .then(retired, released()));
  test('after a correction it is the new key that becomes free', () =>
    given({
      worker: worker(
        new WorkerIdentityCorrected({ workerId, birthYear: 1949, idNumber: otherIdNumber, personKeyId: otherKeyId }),
      ),
      person,
    })
      .when(retireWorker, { workerId })
      .then(retired, released(otherKeyId)));
  test('nobody retires twice', () =>
    given({ worker: worker(retired), person })
      .when(retireWorker, { workerId })
      .nothing());
  test('nobody retires who is not in the register', () =>
    given({ worker: socialWorker.initial, person: personKey.initial })
      .when(retireWorker, { workerId })
      .refused('worker-not-registered'));
});
