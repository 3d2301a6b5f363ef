import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { theOnly } from '@lib/platform/cqrs/module-table.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { livingWorker } from '../social-worker/social-worker.commands.js';
import { professionalLevels, WorkerStatusChanged, type ProfessionalLevel } from '../social-worker/social-worker.events.js';
import type { LivingWorker, SocialWorker } from '../social-worker/social-worker.js';
import { CertificateNumberClaimed, CertificateNumberReleased } from './certificate-key.events.js';
import { CertificateRecorded, CertificateRejected, CertificateVerified } from './certificate.events.js';
import type { Certificate, CertificateKey } from './certificate.js';

/** For how long the pass slip of the senior examination is good; the review must be passed within. */
export const seniorSlipYears = 3;

const yearsLater = (date: string, years: number) => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`;

/** The senior level takes an examination and a review; the others an examination only. */
const requireReview = (level: ProfessionalLevel, passedOn: string, reviewedOn: string | undefined) => {
  if (level !== 'SENIOR') {
    if (reviewedOn) {
      throw new Refusal('review-not-of-this-level', {
        zh: '只有高级社会工作师须经评审',
        en: 'Only the senior level takes a review',
      });
    }
    return;
  }
  if (!reviewedOn) {
    throw new Refusal('senior-review-missing', {
      zh: '高级社会工作师须考试合格并通过评审:请填写评审通过日期',
      en: 'The senior level takes an examination and a review: say when the review was passed',
    });
  }
  if (reviewedOn < passedOn || reviewedOn > yearsLater(passedOn, seniorSlipYears)) {
    throw new Refusal('senior-review-outside-slip', {
      zh: `评审须在考试合格后 ${seniorSlipYears} 年内通过`,
      en: `The review is passed within ${seniorSlipYears} years after the examination`,
    });
  }
};

/** Record a professional certificate of a worker. It counts once it is verified. */
export class RecordCertificate {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c51" */
  @IsUUID() readonly certificateId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  @IsUUID() readonly workerId!: string;
  /** @example "INTERMEDIATE" */
  @IsIn(professionalLevels) readonly level!: ProfessionalLevel;
  /** The management number, as it is printed. @example "2023112204400001234" */
  @IsString() @IsNotEmpty() @MaxLength(40) readonly number!: string;
  /** The day of the examination that was passed. @example "2023-06-17" */
  @IsCalendarDate() readonly passedOn!: string;
  /** SENIOR only: the day on which the review was passed. @example "2024-11-20" */
  @IsOptional() @IsCalendarDate() readonly reviewedOn?: string;
  /** @example "吉林省人力资源和社会保障厅" */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly issuedBy?: string;
}

interface Recording {
  readonly certificate: Certificate;
  readonly worker: SocialWorker;
  readonly number: ReadonlyMap<string, CertificateKey>;
}

export function recordCertificate(
  { certificateId, workerId, level, number, passedOn, reviewedOn, issuedBy }: RecordCertificate,
  { certificate, worker, number: key }: Recording,
  { on }: Circumstances,
) {
  if (certificate.stage !== 'unrecorded') {
    throw new Refusal('certificate-already-recorded', { zh: '该证书已录入', en: 'This certificate was recorded already' });
  }
  livingWorker(worker);
  if (passedOn > on || (reviewedOn && reviewedOn > on)) {
    throw new Refusal('certificate-date-ahead', {
      zh: '考试或评审通过日期不能晚于今天',
      en: 'The day of the examination or of the review lies ahead',
    });
  }
  requireReview(level, passedOn, reviewedOn);
  const [certificateKeyId, { certificateId: holder }] = theOnly(key);
  if (holder) {
    throw new Refusal('certificate-number-taken', {
      zh: '该证书编号已录入:一证一号',
      en: 'A certificate with that number was recorded already',
    });
  }
  return [
    new CertificateRecorded({ certificateId, workerId, certificateKeyId, level, number, passedOn, reviewedOn, issuedBy }),
    new CertificateNumberClaimed({ certificateKeyId, certificateId }),
  ];
}

export const verificationOutcomes = ['CONFIRMED', 'REJECTED'] as const;
export type VerificationOutcome = (typeof verificationOutcomes)[number];

/** The level never falls, and a registration that runs or has lapsed is not undone by a certificate. */
const riseBy = (level: ProfessionalLevel, { status, level: before }: LivingWorker, workerId: string): AnyFact[] => {
  const rank = (of: ProfessionalLevel | undefined) => (of ? professionalLevels.indexOf(of) : -1);
  if (rank(level) <= rank(before)) return [];
  return [new WorkerStatusChanged({ workerId, status: status === 'UNCERTIFIED' ? 'CERTIFIED' : status, level })];
};

/** Say whether a recorded certificate is genuine. The status of the worker follows with the same stroke. */
export class VerifyCertificate {
  @IsUUID() readonly certificateId!: string;
  /** CONFIRMED when left out. A rejected one counts for nothing, and its number may be recorded anew. @example "CONFIRMED" */
  @IsOptional() @IsIn(verificationOutcomes) readonly outcome?: VerificationOutcome;
}

export function verifyCertificate(
  { certificateId, outcome = 'CONFIRMED' }: VerifyCertificate,
  { certificate, worker }: { certificate: Certificate; worker: SocialWorker; number: CertificateKey },
  { on }: Circumstances,
): AnyFact[] {
  if (certificate.stage === 'unrecorded') {
    throw new Refusal('certificate-not-recorded', { zh: '该证书未录入', en: 'The certificate was not recorded' });
  }
  const { stage, workerId, certificateKeyId, level } = certificate;
  if (stage === (outcome === 'CONFIRMED' ? 'verified' : 'rejected')) return [];
  if (stage !== 'recorded') {
    throw new Refusal('certificate-already-judged', {
      zh: '该证书已有核验结论',
      en: 'It was decided already whether the certificate is genuine',
    });
  }
  const holder = livingWorker(worker);
  if (outcome === 'REJECTED') {
    return [
      new CertificateRejected({ certificateId, workerId, on }),
      new CertificateNumberReleased({ certificateKeyId, certificateId }),
    ];
  }
  return [new CertificateVerified({ certificateId, workerId, on }), ...riseBy(level, holder, workerId)];
}
