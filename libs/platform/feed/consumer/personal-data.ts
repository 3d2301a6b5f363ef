import { citizenIdsIn } from '@lib/platform/privacy/citizen-id.js';
import { chinaMobilesIn } from '@lib/platform/privacy/china-mobile.js';

const sealedToken = 'yz1.';
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Between the digits of one number, as people write it. */
const betweenDigits = /(?<=\d)[\s\-–—·]+(?=[\dXx])/gu;

/** What a text holds that speaks of a person; never the value itself. */
function meaningOf(text: string): string | undefined {
  if (text.includes(sealedToken)) return 'a sealed value';
  // Full-width digits are digits; the groups of a UUID are not.
  const plain = text.normalize('NFKC').replaceAll(uuid, ' # ');
  if ([plain, plain.replaceAll(betweenDigits, '')].some(reading => citizenIdsIn(reading).length > 0)) return 'an ID number';
  if (chinaMobilesIn(plain).length > 0) return 'a mobile number';
  return undefined;
}

/**
 * Looks through a value and everything in it, names of fields too.
 * @returns where personal data stands and of which kind, such as `/names/0 holds an ID number`; undefined when there is none
 */
export function personalDataIn(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    const meaning = meaningOf(String(value));
    return meaning === undefined ? undefined : `${path === '' ? 'the value' : path} holds ${meaning}`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, held] of Object.entries(value)) {
    const meaning = meaningOf(name);
    if (meaning !== undefined) return `the name of a field of ${path === '' ? 'the value' : path} holds ${meaning}`;
    const found = personalDataIn(held, `${path}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
