import type { Sight } from '@lib/platform/kernel/access.js';
import { maskIdNumber, maskName, maskPhone } from '@lib/platform/privacy/masks.js';
import type { Reader } from './reader.js';

/** Who looks at people, and through what. */
interface Onlooker {
  readonly reader: Reader;
  readonly sight: Sight;
}

/** The name as far as the asker may see it. */
export const shownName = (name: string, { name: seen }: Sight): string | null => {
  if (seen === 'full') return name;
  return seen === 'masked' ? maskName(name) : null;
};

const shownPhone = (phone: unknown, { phone: seen }: Sight): string | null => {
  if (typeof phone !== 'string' || seen === 'none') return null;
  return seen === 'full' ? phone : maskPhone(phone);
};

/** The phones of a page, opened in one go, as far as the asker may see them; in the order of its rows. */
export async function shownPhones(
  rows: readonly { readonly phone: string | null }[],
  { reader, sight }: Onlooker,
): Promise<readonly (string | null)[]> {
  if (sight.phone === 'none') return rows.map(() => null);
  const opened = await reader.open(rows.map(({ phone }) => phone));
  return opened.map(phone => shownPhone(phone, sight));
}

/** What a register keeps of who a person is; the ID number and the phone are sealed. */
interface Identity {
  readonly name: string;
  readonly birthYear: number | null;
  readonly idNumber: string;
  readonly phone: string | null;
}

/** Who a person is, as far as the asker may see it: the year of birth goes with the name, and of the ID number nobody sees the whole. */
export async function shownIdentity(person: Identity, { reader, sight }: Onlooker) {
  const [idNumber, phone] = await reader.open([
    sight.idNumber === 'none' ? null : person.idNumber,
    sight.phone === 'none' ? null : person.phone,
  ]);
  return {
    name: shownName(person.name, sight),
    birthYear: sight.name === 'full' ? person.birthYear : null,
    idNumber: typeof idNumber === 'string' ? maskIdNumber(idNumber) : null,
    phone: shownPhone(phone, sight),
  };
}
