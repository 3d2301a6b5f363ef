import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { ProfessionalLevel } from '../social-worker/social-worker.events.js';
import type { CertificateKeyFact } from './certificate-key.events.js';
import type { CertificateFact } from './certificate.events.js';

export type Certificate =
  | { readonly stage: 'unrecorded' }
  | {
      readonly stage: 'recorded' | 'verified' | 'rejected';
      readonly workerId: string;
      readonly certificateKeyId: string;
      readonly level: ProfessionalLevel;
    };

export const certificate: Aggregate<Certificate, CertificateFact> = {
  category: 'certificate',
  initial: { stage: 'unrecorded' },
  evolve(certificate, { type, data }): Certificate {
    switch (type) {
      case 'CertificateRecorded': {
        const { workerId, certificateKeyId, level } = data;
        return { stage: 'recorded', workerId, certificateKeyId, level };
      }
      case 'CertificateVerified':
        return certificate.stage === 'unrecorded' ? certificate : { ...certificate, stage: 'verified' };
      case 'CertificateRejected':
        return certificate.stage === 'unrecorded' ? certificate : { ...certificate, stage: 'rejected' };
    }
  },
};

/** Which record bears a certificate number. */
export interface CertificateKey {
  readonly certificateId?: string;
}

export const certificateKey: Aggregate<CertificateKey, CertificateKeyFact> = {
  category: 'certificateKey',
  initial: {},
  evolve: (_, { type, data }) => (type === 'CertificateNumberClaimed' ? { certificateId: data.certificateId } : {}),
};
