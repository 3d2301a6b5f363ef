import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id } from '@lib/platform/kernel/shape.js';

const event = eventsOf('erasure', 'subjectId');

/**
 * The key of a person is gone, and with it everything that was sealed under it. Those who got fields of that person in clear, by the
 * field scope of a replay, learn from it that they must delete them. Written at the end of an erasure, in a stream of the person's own.
 */
export class SubjectKeyShredded extends event(
  'SubjectKeyShredded',
  1,
  { subjectId: id, erasedOn: date },
  { zh: '“{subjectId}”的密钥已销毁({erasedOn})', en: 'The key of “{subjectId}” was destroyed ({erasedOn})' },
) {}

export type ErasureFact = SubjectKeyShredded;
