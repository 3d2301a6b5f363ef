import { ArrayUnique, IsArray, IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { theOnly } from '@lib/platform/cqrs/module-table.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { IsChinaMobile } from '@lib/platform/privacy/china-mobile.js';
import { IsCitizenId, parseCitizenId } from '@lib/platform/privacy/citizen-id.js';
import { lastFour } from '@lib/platform/privacy/masks.js';
import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import type { PersonKey } from '@lib/platform/privacy/person-key.js';
import {
  serviceFields,
  WorkerContactUpdated,
  WorkerIdentityCorrected,
  WorkerRegistered,
  WorkerReinstated,
  WorkerRetired,
  WorkerSuspended,
  type ServiceField,
} from './social-worker.events.js';
import type { DivisionStanding, LivingWorker, SocialWorker } from './social-worker.js';

/** Nobody works before that birthday. */
export const youngestWorker = 16;

/** @throws Refusal when nobody is registered under this id, or that person has retired */
export const livingWorker = (worker: SocialWorker): LivingWorker => {
  if (worker.stage === 'unregistered') {
    throw new Refusal('worker-not-registered', { zh: '该社工未入库', en: 'The worker is not in the register' });
  }
  if (worker.stage === 'retired') {
    throw new Refusal('worker-retired', { zh: '该社工已退休', en: 'The worker has retired' });
  }
  return worker;
};

const requireIdentity = (idNumber: string, on: string) => {
  const identity = parseCitizenId(idNumber);
  if (!identity) {
    throw new Refusal('id-number-wrong', { zh: '身份证号码不正确(GB 11643)', en: 'The ID number is not right (GB 11643)' });
  }
  const { normalised, birthDate } = identity;
  if (birthDate > on) {
    throw new Refusal('birth-date-ahead', { zh: '身份证上的出生日期晚于今天', en: 'The birth date in the ID number lies ahead' });
  }
  const birthYear = Number(birthDate.slice(0, 4));
  if (`${birthYear + youngestWorker}${birthDate.slice(4)}` > on) {
    throw new Refusal('worker-too-young', {
      zh: `社工须年满 ${youngestWorker} 周岁`,
      en: `A worker is at least ${youngestWorker} years old`,
    });
  }
  return { normalised, birthYear };
};

/** One live record for one human. Whose it is stays unsaid: it may lie out of the sender's reach. */
const requireUnclaimed = ({ WORKER: holder }: PersonKey, workerId: string) => {
  if (holder && holder !== workerId) {
    throw new Refusal('person-already-registered', {
      zh: '持此身份证号码的人已入库:一人一档;如需转入,请联系登记机关',
      en: 'The person with this ID number is in the register already: one record each; for a transfer ask the registrar',
    });
  }
};

/** Enter a person in the talent register as a social worker. */
export class RegisterWorker {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  @IsUUID() readonly workerId!: string;
  /** The division in whose scope the record lies. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly homeDivisionId!: string;
  /** @example "李玉兰" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** 18 characters, GB 11643. @example "11010519491231002X" */
  @IsCitizenId() readonly idNumber!: string;
  /** @example "13843350000" */
  @IsOptional() @IsChinaMobile() readonly phone?: string;
  /** @example ["ELDERLY", "COMMUNITY_BUILDING"] */
  @IsOptional() @IsArray() @ArrayUnique() @IsIn(serviceFields, { each: true }) readonly specialisms?: ServiceField[];
}

export function registerWorker(
  { workerId, homeDivisionId, name, idNumber, phone, specialisms = [] }: RegisterWorker,
  { worker, division, person }: { worker: SocialWorker; division: DivisionStanding; person: ReadonlyMap<string, PersonKey> },
  { on }: Circumstances,
) {
  if (worker.stage !== 'unregistered') {
    throw new Refusal('worker-already-registered', { zh: '该社工已入库', en: 'This worker was registered already' });
  }
  if (!division.active) {
    throw new Refusal(
      'division-not-active',
      { zh: '该行政区划不存在或已撤并', en: 'The division does not exist or has ended' },
      { divisionId: homeDivisionId },
    );
  }
  const { normalised, birthYear } = requireIdentity(idNumber, on);
  const [personKeyId, key] = theOnly(person);
  requireUnclaimed(key, workerId);
  return [
    new WorkerRegistered({
      workerId,
      homeDivisionId,
      name,
      birthYear,
      idNumber: normalised,
      phone,
      phoneTail: phone && lastFour(phone),
      specialisms,
      registeredOn: on,
      personKeyId,
    }),
    new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId: workerId }),
  ];
}

/** Put a wrong name or ID number right. Another ID number is another human's key, which must be free. */
export class CorrectWorkerIdentity {
  @IsUUID() readonly workerId!: string;
  /** @example "李玉岚" */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly name?: string;
  /** @example "440524188001010014" */
  @IsOptional() @IsCitizenId() readonly idNumber?: string;
}

export function correctWorkerIdentity(
  { workerId, name, idNumber }: CorrectWorkerIdentity,
  { worker, person }: { worker: SocialWorker; person: ReadonlyMap<string, PersonKey>; formerPerson: PersonKey },
  { on }: Circumstances,
): AnyFact[] {
  const { personKeyId: formerKeyId } = livingWorker(worker);
  const [personKeyId, key] = idNumber === undefined ? [formerKeyId, {}] : theOnly(person);
  if (idNumber === undefined || personKeyId === undefined || personKeyId === formerKeyId) {
    return name === undefined ? [] : [new WorkerIdentityCorrected({ workerId, name })];
  }
  const { normalised, birthYear } = requireIdentity(idNumber, on);
  requireUnclaimed(key, workerId);
  return [
    new WorkerIdentityCorrected({ workerId, name, birthYear, idNumber: normalised, personKeyId }),
    ...(formerKeyId ? [new PersonKeyReleased({ personKeyId: formerKeyId, role: 'WORKER', recordId: workerId })] : []),
    new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId: workerId }),
  ];
}

/** Say how a worker can be reached. */
export class UpdateWorkerContact {
  @IsUUID() readonly workerId!: string;
  /** @example "13943350001" */
  @IsChinaMobile() readonly phone!: string;
}

export function updateWorkerContact({ workerId, phone }: UpdateWorkerContact, { worker }: { worker: SocialWorker }) {
  livingWorker(worker);
  return [new WorkerContactUpdated({ workerId, phone, phoneTail: lastFour(phone) })];
}

/** Keep a worker from leading a station for the time being. */
export class SuspendWorker {
  @IsUUID() readonly workerId!: string;
  /** @example "投诉调查期间暂停" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly reason!: string;
}

export function suspendWorker({ workerId, reason }: SuspendWorker, { worker }: { worker: SocialWorker }, { on }: Circumstances) {
  if (livingWorker(worker).stage === 'suspended') return [];
  return [new WorkerSuspended({ workerId, from: on, reason })];
}

/** Let a suspended worker work again. */
export class ReinstateWorker {
  @IsUUID() readonly workerId!: string;
}

export function reinstateWorker({ workerId }: ReinstateWorker, { worker }: { worker: SocialWorker }, { on }: Circumstances) {
  if (livingWorker(worker).stage === 'active') return [];
  return [new WorkerReinstated({ workerId, from: on })];
}

/** Close the record of a worker who leaves for good. Who comes back later is registered anew. */
export class RetireWorker {
  @IsUUID() readonly workerId!: string;
}

export function retireWorker(
  { workerId }: RetireWorker,
  { worker }: { worker: SocialWorker; person: PersonKey },
  { on }: Circumstances,
): AnyFact[] {
  if (worker.stage === 'retired') return [];
  const { personKeyId } = livingWorker(worker);
  return [
    new WorkerRetired({ workerId, on }),
    ...(personKeyId ? [new PersonKeyReleased({ personKeyId, role: 'WORKER', recordId: workerId })] : []),
  ];
}
