import { after, given, today } from '@lib/platform/testing/given.js';
import {
  WorkerRegistered,
  WorkerRetired,
  WorkerStatusChanged,
  WorkerSuspended,
  type ProfessionalLevel,
  type ProfessionalStatus,
} from '../social-worker/social-worker.events.js';
import { socialWorker } from '../social-worker/social-worker.js';
import { CertificateNumberClaimed, CertificateNumberReleased } from './certificate-key.events.js';
import { recordCertificate, verifyCertificate } from './certificate.commands.js';
import { CertificateRecorded, CertificateRejected, CertificateVerified } from './certificate.events.js';
import { certificate, certificateKey } from './certificate.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [certificateId, otherCertificate, workerId, street, certificateKeyId] = [
  uuid(1),
  uuid(2),
  uuid(3),
  uuid(4),
  uuid(5),
] as const;

const registered = new WorkerRegistered({
  workerId,
  homeDivisionId: street,
  name: '李玉兰',
  birthYear: 1980,
  idNumber: '34052419800101001X',
  specialisms: [],
  registeredOn: today,
});
const worker = (...facts: Parameters<typeof after>[1][]) => after(socialWorker, registered, ...facts);
const holds = (status: ProfessionalStatus, level: ProfessionalLevel) => new WorkerStatusChanged({ workerId, status, level });

const recorded = new CertificateRecorded({
  certificateId,
  workerId,
  certificateKeyId,
  level: 'INTERMEDIATE',
  number: '2023112204400001234',
  passedOn: '2023-06-17',
  issuedBy: '吉林省人力资源和社会保障厅',
});
const claimed = (by: string = certificateId) => new CertificateNumberClaimed({ certificateKeyId, certificateId: by });
const released = new CertificateNumberReleased({ certificateKeyId, certificateId });
const verified = new CertificateVerified({ certificateId, workerId, on: today });
const rejected = new CertificateRejected({ certificateId, workerId, on: today });

describe('recording a certificate', () => {
  const record = {
    certificateId,
    workerId,
    level: 'INTERMEDIATE' as const,
    number: '2023112204400001234',
    passedOn: '2023-06-17',
    issuedBy: '吉林省人力资源和社会保障厅',
  };
  const senior = { ...record, level: 'SENIOR' as const };
  const states = {
    certificate: certificate.initial,
    worker: worker(),
    number: new Map([[certificateKeyId, certificateKey.initial]]),
  };

  test('a certificate of a worker is recorded and its number taken', () =>
    given(states).when(recordCertificate, record).then(recorded, claimed()));
  test('a number that was freed by a rejection can be recorded anew', () =>
    given({ ...states, number: new Map([[certificateKeyId, after(certificateKey, claimed(otherCertificate), released)]]) })
      .when(recordCertificate, record)
      .then(recorded, claimed()));
  test('one number stands in one record only', () =>
    given({ ...states, number: new Map([[certificateKeyId, after(certificateKey, claimed(otherCertificate))]]) })
      .when(recordCertificate, record)
      .refused('certificate-number-taken'));
  test('the same id cannot be recorded again', () =>
    given({ ...states, certificate: after(certificate, recorded) })
      .when(recordCertificate, record)
      .refused('certificate-already-recorded'));
  test('a certificate belongs to a worker in the register', () =>
    given({ ...states, worker: socialWorker.initial })
      .when(recordCertificate, record)
      .refused('worker-not-registered'));
  test('the record of a retired worker is closed', () =>
    given({ ...states, worker: worker(new WorkerRetired({ workerId, on: today })) })
      .when(recordCertificate, record)
      .refused('worker-retired'));
  test('nobody has passed tomorrow', () =>
    given(states)
      .when(recordCertificate, { ...record, passedOn: '2026-03-03' })
      .refused('certificate-date-ahead'));
  test('the senior level takes a review besides the examination', () =>
    given(states).when(recordCertificate, senior).refused('senior-review-missing'));
  test('the review is passed within three years after the examination', () => {
    given({ ...states })
      .when(recordCertificate, { ...senior, passedOn: '2022-06-18', reviewedOn: '2025-06-19' })
      .refused('senior-review-outside-slip');
    given({ ...states })
      .when(recordCertificate, { ...senior, passedOn: '2022-06-18', reviewedOn: '2022-06-17' })
      .refused('senior-review-outside-slip');
    given(states)
      .when(recordCertificate, { ...senior, issuedBy: undefined, passedOn: '2022-06-18', reviewedOn: '2025-06-18' })
      .then(
        new CertificateRecorded({
          certificateId,
          workerId,
          certificateKeyId,
          level: 'SENIOR',
          number: '2023112204400001234',
          passedOn: '2022-06-18',
          reviewedOn: '2025-06-18',
        }),
        claimed(),
      );
  });
  test('the other levels take no review', () =>
    given(states)
      .when(recordCertificate, { ...record, reviewedOn: '2024-01-01' })
      .refused('review-not-of-this-level'));
});

describe('verifying a certificate', () => {
  const states = { certificate: after(certificate, recorded), worker: worker(), number: after(certificateKey, claimed()) };
  const verify = { certificateId };
  const reject = { certificateId, outcome: 'REJECTED' as const };

  test('a genuine certificate makes its worker certified at that level', () =>
    given(states).when(verifyCertificate, verify).then(verified, holds('CERTIFIED', 'INTERMEDIATE')));
  test('a higher level raises the worker', () =>
    given({ ...states, worker: worker(holds('CERTIFIED', 'ASSISTANT')) })
      .when(verifyCertificate, verify)
      .then(verified, holds('CERTIFIED', 'INTERMEDIATE')));
  test('a lower level is verified and takes nothing away', () =>
    given({ ...states, worker: worker(holds('CERTIFIED', 'SENIOR')) })
      .when(verifyCertificate, verify)
      .then(verified));
  test('who is registered stays registered at the higher level', () =>
    given({ ...states, worker: worker(holds('REGISTERED', 'ASSISTANT')) })
      .when(verifyCertificate, verify)
      .then(verified, holds('REGISTERED', 'INTERMEDIATE')));
  test('a certificate of a suspended worker can be verified', () =>
    given({ ...states, worker: worker(new WorkerSuspended({ workerId, from: today, reason: '投诉' })) })
      .when(verifyCertificate, verify)
      .then(verified, holds('CERTIFIED', 'INTERMEDIATE')));
  test('a rejected certificate counts for nothing and frees its number', () =>
    given(states).when(verifyCertificate, reject).then(rejected, released));
  test('what was decided already is not decided again', () => {
    given({ ...states, certificate: after(certificate, recorded, verified) })
      .when(verifyCertificate, verify)
      .nothing();
    given({ ...states, certificate: after(certificate, recorded, rejected) })
      .when(verifyCertificate, reject)
      .nothing();
  });
  test('a decision is not turned round', () => {
    given({ ...states, certificate: after(certificate, recorded, verified) })
      .when(verifyCertificate, reject)
      .refused('certificate-already-judged');
    given({ ...states, certificate: after(certificate, recorded, rejected) })
      .when(verifyCertificate, verify)
      .refused('certificate-already-judged');
  });
  test('the record of a retired worker is closed', () =>
    given({ ...states, worker: worker(new WorkerRetired({ workerId, on: today })) })
      .when(verifyCertificate, verify)
      .refused('worker-retired'));
});
