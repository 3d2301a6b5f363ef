import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Sight } from '@lib/platform/kernel/access.js';
import { columns } from '@lib/platform/kernel/projection.js';
import { nameHas, partsOf } from './name-parts.js';
import type { SortColumn } from './reading.js';
import { spellingOf, type Spelling } from './spelling.js';

/** The columns by which a register finds people by name, and sorts them. */
export const nameColumns = { name: columns.text, spelling: columns.text, initials: columns.text, nameParts: columns.texts };

/** What stands in them. */
export interface NameColumns extends Spelling {
  readonly name: string;
  readonly nameParts: readonly string[];
}

/** A name as the columns keep it. */
export const asNameColumns = (name: string) => ({ name, nameParts: partsOf(name), ...spellingOf(name) });

const lettersOf = (q: string) => q.toLowerCase().replaceAll(/[\s'’]/g, '');

/** Whether pinyin or initials are searched for, and not a part of the name as it is written. */
export const isSpelled = (q: string) => /^[a-z0-9]+$/.test(lettersOf(q));

/**
 * Whether a person is meant: by a part of the name, the last four of the phone, or letters; by what the asker may see of people.
 * @param alias of a read model with `nameColumns` and `phoneTail`
 * @param isSpelledSo whether the pinyin or the initials begin with these letters, in the way that the indexes of the register like best
 */
export function isPersonSought(
  alias: string,
  q: string,
  sight: Sight,
  isSpelledSo: (letters: string) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  // A search by parts would spell out, guess by guess, what the mask hides.
  if (sight.name === 'none') return sql`false`;
  if (sight.name === 'masked') return sql`(${nameHas(alias, q)} and ${sql.ref(`${alias}.name`)} = ${q})`;
  if (/^\d{4}$/.test(q)) return sight.phone === 'none' ? sql`false` : sql`${sql.ref(`${alias}.phoneTail`)} = ${q}`;
  return isSpelled(q) ? isSpelledSo(lettersOf(q)) : nameHas(alias, q);
}

export const personOrders = ['name', 'registeredOn'] as const;
export type PersonOrder = (typeof personOrders)[number];

/**
 * The order in which people are listed: by pinyin, or by day of registration, which is all that is left to who does not see names.
 * @param alias of a read model with `nameColumns` and `registeredOn`
 * @param id the column that names a person
 */
export function orderOfPeople(
  alias: string,
  id: string,
  { sort = 'name', direction = 'asc' }: { readonly sort?: PersonOrder; readonly direction?: 'asc' | 'desc' },
  sight: Sight,
): readonly SortColumn[] {
  // The order of names, and a cursor that holds one, would say what the mask hides.
  const by = sight.name === 'full' && sort === 'name' ? 'spelling' : 'registeredOn';
  return [
    { ref: `${alias}.${by}`, direction },
    { ref: `${alias}.${id}`, direction },
  ];
}
