import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, oneOf, optional, personal, text } from '@lib/platform/kernel/shape.js';
import { professionalLevels } from '../social-worker/social-worker.events.js';

const event = eventsOf('certificate', 'certificateId');

/** A professional certificate of a worker was recorded; it counts once it is verified. @source 四(二)1 */
export class CertificateRecorded extends event(
  'CertificateRecorded',
  1,
  {
    certificateId: id,
    workerId: id,
    certificateKeyId: id,
    level: oneOf(...professionalLevels),
    number: personal('workerId', text),
    passedOn: date,
    reviewedOn: optional(date),
    issuedBy: optional(text),
  },
  {
    zh: '录入“{workerId}”的{level}级证书({passedOn} 通过[,{issuedBy}颁发])',
    en: 'A certificate of level {level} (passed {passedOn}[, issued by {issuedBy}]) was recorded for “{workerId}”',
  },
) {}

/** The certificate was found genuine. */
export class CertificateVerified extends event(
  'CertificateVerified',
  1,
  { certificateId: id, workerId: id, on: date },
  { zh: '“{workerId}”的证书核验属实({on})', en: 'The certificate of “{workerId}” was found genuine ({on})' },
) {}

/** The certificate could not be confirmed; the record stays and counts for nothing. */
export class CertificateRejected extends event(
  'CertificateRejected',
  1,
  { certificateId: id, workerId: id, on: date },
  { zh: '“{workerId}”的证书核验不符({on})', en: 'The certificate of “{workerId}” could not be confirmed ({on})' },
) {}

export type CertificateFact = CertificateRecorded | CertificateVerified | CertificateRejected;
