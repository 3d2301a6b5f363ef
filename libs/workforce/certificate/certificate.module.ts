import { centerStaff, registrar } from '@lib/access/roles.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { socialWorker, type SocialWorker } from '../social-worker/social-worker.js';
import { RecordCertificate, recordCertificate, VerifyCertificate, verifyCertificate } from './certificate.commands.js';
import { certificate, certificateKey, type Certificate } from './certificate.js';
import { certificates } from './certificate.views.js';

/** A certificate lies where its worker has his home. */
const place = ({ worker }: { worker: SocialWorker }) => ({
  divisionId: worker.stage === 'unregistered' ? undefined : worker.homeDivisionId,
});

interface Own {
  readonly certificate: Certificate;
}

export const CertificateModule = aggregateModule(certificate, {
  as: 'certificate',
  at: 'certificates',
  id: 'certificateId',
  commands: [
    births(RecordCertificate, recordCertificate, {
      words: { zh: '录入职业水平证书', en: 'Record a professional certificate' },
      by: [centerStaff, registrar],
      within: place,
      reads: {
        worker: of(socialWorker, 'workerId'),
        number: each(certificateKey, async ({ number }, _, lookUps) => [await lookUps.certificateKey(number)]),
      },
    }),
    acts(VerifyCertificate, verifyCertificate, {
      words: { zh: '核验职业水平证书', en: 'Verify a professional certificate' },
      by: [registrar],
      within: place,
      reads: {
        worker: of(socialWorker, (_: object, { certificate }: Own) =>
          certificate.stage === 'unrecorded' ? undefined : certificate.workerId,
        ),
        number: of(certificateKey, (_: object, { certificate }: Own) =>
          certificate.stage === 'unrecorded' ? undefined : certificate.certificateKeyId,
        ),
      },
    }),
  ],
  projections: [certificates],
});
