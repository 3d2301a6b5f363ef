import type { AnyFact } from '@lib/platform/kernel/event.js';
import { insertRows } from './insert-rows.js';
import { everyFact } from './sql-projection.js';

/** Every id that a fact mentions, once. */
export function subjectsOf({ class: { shape }, data }: AnyFact): ReadonlySet<string> {
  const subjects = new Set<string>();
  for (const [name, { refers }] of Object.entries(shape)) {
    if (!refers) continue;
    const value = data[name];
    if (typeof value === 'string') subjects.add(value);
    else if (Array.isArray(value)) for (const id of value as readonly string[]) subjects.add(id);
  }
  return subjects;
}

const columns = { subject_id: 'uuid', position: 'bigint', division_id: 'uuid' } as const;

/** Which facts mention which id: the history of a person or a place is the facts at these positions. */
export const subjectFacts = everyFact({
  name: 'subjectFact',
  version: 1,
  table: table => [`create table ${table} (subject_id uuid not null, position bigint not null, division_id uuid)`],
  indexes: table => [`alter table ${table} add primary key (subject_id, position)`],
  write: (client, table, facts) =>
    insertRows(
      client,
      table,
      columns,
      facts.flatMap(({ fact, about: { position, division } }) =>
        [...subjectsOf(fact)].map(subject => [subject, position, division ?? null]),
      ),
    ),
});
