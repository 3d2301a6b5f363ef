import { isUuid } from '@lib/platform/kernel/uuid.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import type { AnySheet, Called, Filter } from './sheets.js';
import type { Language } from './views.js';

type Named = Readonly<Record<string, Readonly<Record<string, string>>>>;

async function nameOf(reader: Reader, { table, key }: NonNullable<Filter['names']>, id: unknown): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const found = await reader
    .tables<Named>()
    .selectFrom(table)
    .select('name')
    .where(key, '=', id)
    .where(holds(table, now))
    .executeTakeFirst();
  return found?.name;
}

/** What a list was narrowed down to, one filter a text, such as `居住地:北山街道`. */
export function filtersInWords(
  { filters }: AnySheet,
  ask: Readonly<Record<string, unknown>>,
  { reader, language, called }: { readonly reader: Reader; readonly language: Language; readonly called: Called },
): Promise<readonly string[]> {
  const set = Object.entries(ask).filter(([name, value]) => value !== undefined && filters[name] !== undefined);
  return Promise.all(
    set.map(async ([name, value]) => {
      const { words, names, values } = filters[name]!;
      const shown =
        (names && (await nameOf(reader, names, value))) ?? values?.[String(value)]?.[language] ?? called(value, language);
      return `${words[language]}:${shown}`;
    }),
  );
}
