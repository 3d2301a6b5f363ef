import {
  SocialWorkerAssigned,
  SocialWorkerRelieved,
  SocialWorkerReplaced,
  type RelievingReason,
} from '@lib/service-network/service-station/service-station.events.js';
import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import { CertificateNumberClaimed } from '@lib/workforce/certificate/certificate-key.events.js';
import { CertificateRecorded, CertificateVerified } from '@lib/workforce/certificate/certificate.events.js';
import { PostingEnded, PostingStarted } from '@lib/workforce/posting/posting.events.js';
import {
  serviceFields,
  WorkerContactUpdated,
  WorkerRegistered,
  WorkerReinstated,
  WorkerRetired,
  WorkerStatusChanged,
  WorkerSuspended,
} from '@lib/workforce/social-worker/social-worker.events.js';
import type { Deed } from './bring-deeds.js';
import { deedOf, type Growing, type Happening } from './growing.js';
import { identityOf, phoneOf } from './people.js';
import type { Station, Structure } from './structure.js';

interface Worker {
  readonly nth: number;
  readonly divisionId: string;
  station: Station | undefined;
  stage: 'active' | 'suspended' | 'retired';
  phones: number;
  certificate: 'none' | 'recorded' | 'verified';
}

/** ID numbers and phones of workers are the even ones, of volunteers the odd ones: nobody is two people. */
const identityNumber = (nth: number) => nth * 2;

const tries = 8;

/** The register, certificates and postings. */
export function workersOf(growing: Growing, { stations, anyStation, anyTownship }: Structure) {
  const { by, today, idOf } = growing;
  const workers: Worker[] = [];
  /** Active and without a station, and some who are not any more. */
  const idle: Worker[] = [];
  const suspended: Worker[] = [];
  /** What policies ask for after the fact before. */
  const following: (() => Deed)[] = [];
  let certificates = 0;

  const workerIdOf = ({ nth }: Worker) => idOf('worker', nth);
  const personKeyIdOf = ({ nth }: Worker) => idOf('person', identityNumber(nth));

  const anyWorker = (fits: (worker: Worker) => boolean) => {
    for (let tried = 0; tried < tries && workers.length > 0; tried += 1) {
      const worker = by.among(workers);
      if (fits(worker)) return worker;
    }
    return undefined;
  };

  const takeIdle = (): Worker | undefined => {
    while (idle.length > 0) {
      const at = by.below(idle.length);
      const worker = idle[at]!;
      idle[at] = idle.at(-1)!;
      idle.pop();
      if (worker.stage === 'active' && !worker.station) return worker;
    }
    return undefined;
  };

  const stationOf = (fits: (station: Station) => boolean) => {
    for (let tried = 0; tried < tries && stations.length > 0; tried += 1) {
      const station = anyStation()!;
      if (fits(station)) return station;
    }
    return undefined;
  };

  const relieve = (worker: Worker, because: RelievingReason): Deed => {
    const station = worker.station!;
    station.worker = -1;
    worker.station = undefined;
    if (worker.stage === 'active') idle.push(worker);
    const { stationId } = station;
    const workerId = workerIdOf(worker);
    return deedOf(
      growing,
      station.divisionId,
      new SocialWorkerRelieved({ stationId, workerId, until: today(), because }),
      new PostingEnded({ workerId, stationId, kind: 'PRIMARY', until: today() }),
    );
  };

  const register = (): Deed | undefined => {
    const home = anyTownship();
    if (!home) return undefined;
    const worker: Worker = {
      nth: workers.length,
      divisionId: home.divisionId,
      station: undefined,
      stage: 'active',
      phones: 0,
      certificate: 'none',
    };
    workers.push(worker);
    idle.push(worker);
    const workerId = workerIdOf(worker);
    const personKeyId = personKeyIdOf(worker);
    return deedOf(
      growing,
      home.divisionId,
      new WorkerRegistered({
        workerId,
        homeDivisionId: home.divisionId,
        ...identityOf(identityNumber(worker.nth), by),
        specialisms: by.some(serviceFields, 3),
        registeredOn: today(),
        personKeyId,
      }),
      new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId: workerId }),
    );
  };

  const recordCertificate = (): Deed | undefined => {
    const worker = anyWorker(({ stage, certificate }) => stage !== 'retired' && certificate === 'none');
    if (!worker) return undefined;
    worker.certificate = 'recorded';
    certificates += 1;
    const certificateId = idOf('certificate', worker.nth);
    const certificateKeyId = idOf('certificate key', worker.nth);
    return deedOf(
      growing,
      worker.divisionId,
      new CertificateRecorded({
        certificateId,
        workerId: workerIdOf(worker),
        certificateKeyId,
        level: levelOf(worker),
        number: `${passedOn.slice(0, 4)}1122${String(certificates).padStart(11, '0')}`,
        passedOn,
        issuedBy: '吉林省人力资源和社会保障厅',
      }),
      new CertificateNumberClaimed({ certificateKeyId, certificateId }),
    );
  };

  const verifyCertificate = (): Deed | undefined => {
    const worker = anyWorker(({ stage, certificate }) => stage !== 'retired' && certificate === 'recorded');
    if (!worker) return undefined;
    worker.certificate = 'verified';
    const workerId = workerIdOf(worker);
    return deedOf(
      growing,
      worker.divisionId,
      new CertificateVerified({ certificateId: idOf('certificate', worker.nth), workerId, on: today() }),
      new WorkerStatusChanged({ workerId, status: 'CERTIFIED', level: levelOf(worker) }),
    );
  };

  const assign = (): Deed | undefined => {
    const station = stationOf(({ open, worker }) => open && worker < 0);
    const worker = station && takeIdle();
    if (!worker) return undefined;
    station.worker = worker.nth;
    worker.station = station;
    const { stationId } = station;
    const workerId = workerIdOf(worker);
    return deedOf(
      growing,
      station.divisionId,
      new SocialWorkerAssigned({ stationId, workerId, from: today() }),
      new PostingStarted({ workerId, stationId, kind: 'PRIMARY', from: today() }),
    );
  };

  const replace = (): Deed | undefined => {
    const station = stationOf(({ open, worker }) => open && worker >= 0);
    const worker = station && takeIdle();
    if (!worker) return undefined;
    const former = workers[station.worker]!;
    former.station = undefined;
    idle.push(former);
    station.worker = worker.nth;
    worker.station = station;
    const { stationId } = station;
    const [workerId, formerWorkerId] = [workerIdOf(worker), workerIdOf(former)];
    return deedOf(
      growing,
      station.divisionId,
      new SocialWorkerReplaced({ stationId, formerWorkerId, workerId, from: today() }),
      new PostingEnded({ workerId: formerWorkerId, stationId, kind: 'PRIMARY', until: today() }),
      new PostingStarted({ workerId, stationId, kind: 'PRIMARY', from: today() }),
    );
  };

  const relieveOne = (): Deed | undefined => {
    const worker = anyWorker(({ station }) => station !== undefined);
    return worker && relieve(worker, 'TRANSFER');
  };

  const updateContact = (): Deed | undefined => {
    const worker = anyWorker(({ stage }) => stage !== 'retired');
    if (!worker) return undefined;
    worker.phones += 1;
    const phone = phoneOf(identityNumber(worker.nth) + 1_000_003 * worker.phones);
    const updated = new WorkerContactUpdated({ workerId: workerIdOf(worker), phone, phoneTail: phone.slice(-4) });
    return deedOf(growing, worker.divisionId, updated);
  };

  const suspend = (): Deed | undefined => {
    const worker = anyWorker(({ stage }) => stage === 'active');
    if (!worker) return undefined;
    worker.stage = 'suspended';
    suspended.push(worker);
    if (worker.station) following.push(() => relieve(worker, 'WORKER_SUSPENDED'));
    const fact = new WorkerSuspended({ workerId: workerIdOf(worker), from: today(), reason: '投诉调查期间暂停执业' });
    return deedOf(growing, worker.divisionId, fact);
  };

  const reinstate = (): Deed | undefined => {
    const worker = suspended.shift();
    if (worker?.stage !== 'suspended') return undefined;
    worker.stage = 'active';
    idle.push(worker);
    return deedOf(growing, worker.divisionId, new WorkerReinstated({ workerId: workerIdOf(worker), from: today() }));
  };

  const retire = (): Deed | undefined => {
    const worker = anyWorker(({ stage }) => stage !== 'retired');
    if (!worker) return undefined;
    worker.stage = 'retired';
    if (worker.station) following.push(() => relieve(worker, 'WORKER_RETIRED'));
    const workerId = workerIdOf(worker);
    return deedOf(
      growing,
      worker.divisionId,
      new WorkerRetired({ workerId, on: today() }),
      new PersonKeyReleased({ personKeyId: personKeyIdOf(worker), role: 'WORKER', recordId: workerId }),
    );
  };

  const happenings: readonly Happening[] = [
    { weight: 40, happens: register },
    { weight: 25, happens: recordCertificate },
    { weight: 22, happens: verifyCertificate },
    { weight: 40, happens: assign },
    { weight: 12, happens: replace },
    { weight: 6, happens: relieveOne },
    { weight: 25, happens: updateContact },
    { weight: 2, happens: suspend },
    { weight: 2, happens: reinstate },
    { weight: 2, happens: retire },
  ];
  return { happenings, follows: (): Deed | undefined => following.shift()?.() };
}

const passedOn = '2021-06-19';
const levelOf = ({ nth }: Worker) => (nth % 5 < 3 ? 'ASSISTANT' : 'INTERMEDIATE');
