import { eventsOf } from '@lib/platform/kernel/event.js';
import { id } from '@lib/platform/kernel/shape.js';

const event = eventsOf('certificateKey', 'certificateKeyId');

/** The number of a certificate is taken: no other record may bear it. Written with the record's own fact. */
export class CertificateNumberClaimed extends event(
  'CertificateNumberClaimed',
  1,
  { certificateKeyId: id, certificateId: id },
  { zh: '证书编号由“{certificateId}”占用', en: 'The certificate number was taken by “{certificateId}”' },
) {}

/** The number is free again, as after a record that turned out wrong. */
export class CertificateNumberReleased extends event(
  'CertificateNumberReleased',
  1,
  { certificateKeyId: id, certificateId: id },
  { zh: '“{certificateId}”释放证书编号', en: '“{certificateId}” freed the certificate number' },
) {}

export type CertificateKeyFact = CertificateNumberClaimed | CertificateNumberReleased;
