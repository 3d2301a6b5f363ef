import { eventsOf } from '@lib/platform/kernel/event.js';
import { id, oneOf } from '@lib/platform/kernel/shape.js';

const event = eventsOf('personKey', 'personKeyId');

/** What one human can be in the office; each role has its own record, and at most one that is live. */
export const personRoles = ['WORKER', 'VOLUNTEER'] as const;
export type PersonRole = (typeof personRoles)[number];

/** A human has a live record in a role. Written with the record's own fact, and never published. */
export class PersonKeyClaimed extends event(
  'PersonKeyClaimed',
  1,
  { personKeyId: id, role: oneOf(...personRoles), recordId: id },
  { zh: '“{recordId}”成为此人的有效档案({role})', en: '“{recordId}” became the live record of this person ({role})' },
) {}

/** The record in that role is not live any more, or was never this human's. */
export class PersonKeyReleased extends event(
  'PersonKeyReleased',
  1,
  { personKeyId: id, role: oneOf(...personRoles), recordId: id },
  { zh: '“{recordId}”不再是此人的有效档案({role})', en: '“{recordId}” is no longer the live record of this person ({role})' },
) {}

export type PersonKeyFact = PersonKeyClaimed | PersonKeyReleased;
