import { eventsOf } from '@lib/platform/kernel/event.js';
import { id, text } from '@lib/platform/kernel/shape.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';

const event = eventsOf('divisionCode', 'codeId');

/** The stream of a code: what keeps it from meaning two places. */
export const codeIdOf = (code: string): string => uuidV5(namespaces.division, `code:${code}`);

/** A code means one place, now and for ever. Written with the division's own fact. */
export class DivisionCodeTaken extends event(
  'DivisionCodeTaken',
  1,
  { codeId: id, code: text, divisionId: id },
  { zh: '代码 {code} 归“{divisionId}”', en: 'Code {code} belongs to “{divisionId}”' },
) {}

export type DivisionCodeFact = DivisionCodeTaken;
