import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import type { ProfessionalLevel } from '../social-worker/social-worker.events.js';
import { CertificateRecorded, CertificateRejected, CertificateVerified } from './certificate.events.js';

export const certificateStages = ['RECORDED', 'VERIFIED', 'REJECTED'] as const;
export type CertificateStage = (typeof certificateStages)[number];

/** How the number of an erased worker's certificate reads; there is no row for one. */
const erasedNumber = '';

/** Every certificate that was recorded, and whether it was found genuine. */
export const certificates = projection(
  {
    name: 'certificate',
    version: 1,
    columns: {
      certificateId: columns.uuid,
      workerId: columns.uuid,
      level: columns.text,
      number: columns.text,
      passedOn: columns.date,
      reviewedOn: nullable(columns.date),
      issuedBy: nullable(columns.text),
      stage: columns.text,
      judgedOn: nullable(columns.date),
    },
    key: ['certificateId'],
    indexes: [{ columns: ['workerId'] }, { columns: ['number'] }],
  },
  on => [
    on(
      CertificateRecorded,
      ({ certificateId }) => ({ certificateId }),
      (_, { certificateId, workerId, level, number, passedOn, reviewedOn, issuedBy }) =>
        number === erasedNumber
          ? null
          : {
              certificateId,
              workerId,
              level,
              number,
              passedOn,
              reviewedOn: reviewedOn ?? null,
              issuedBy: issuedBy ?? null,
              stage: 'RECORDED',
              judgedOn: null,
            },
    ),
    on(
      CertificateVerified,
      ({ certificateId }) => ({ certificateId }),
      (row, { on: judgedOn }) => row && { ...row, stage: 'VERIFIED', judgedOn },
    ),
    on(
      CertificateRejected,
      ({ certificateId }) => ({ certificateId }),
      (row, { on: judgedOn }) => row && { ...row, stage: 'REJECTED', judgedOn },
    ),
  ],
);

/** A row of `read.certificate`. */
export interface CertificateRow {
  readonly certificateId: string;
  readonly workerId: string;
  readonly level: ProfessionalLevel;
  readonly number: string;
  readonly passedOn: string;
  readonly reviewedOn: string | null;
  readonly issuedBy: string | null;
  readonly stage: CertificateStage;
  readonly judgedOn: string | null;
}
