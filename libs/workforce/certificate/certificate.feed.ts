import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, oneOf } from '@lib/platform/kernel/shape.js';
import { professionalLevels } from '../social-worker/social-worker.events.js';
import type { CertificateFact } from './certificate.events.js';

/** What the outside is told of a certificate: never its number, nor the key that is made of it. */
export const certificateFeed = publication<CertificateFact>()({
  noun: 'certificate',
  category: 'certificate',
  id: 'certificateId',
  tells: {
    CertificateRecorded: {
      workerId: tell,
      certificateKeyId: keep,
      level: tell,
      passedOn: tell,
      reviewedOn: tell,
      issuedBy: keep,
    },
    CertificateVerified: { workerId: tell, on: tell },
    CertificateRejected: { workerId: tell, on: tell },
  },
})
  .withState({
    certificateId: id,
    workerId: id,
    level: oneOf(...professionalLevels),
    passedOn: date,
    stage: oneOf('recorded', 'verified', 'rejected'),
  })
  .foldedBy({
    CertificateRecorded: (_, { certificateId, workerId, level, passedOn }) => ({
      certificateId,
      workerId,
      level,
      passedOn,
      stage: 'recorded',
    }),
    CertificateVerified: certificate => ({ ...certificate, stage: 'verified' }),
    CertificateRejected: certificate => ({ ...certificate, stage: 'rejected' }),
  });
