import type { ComponentProps, ReactNode } from 'react';
import { usePlace } from '../access/place.ts';
import { useRemembered } from './drafts.ts';
import { PageHead } from './page.tsx';
import { PersonSearch } from './person-search.tsx';
import { RegisterTable } from './register-table.tsx';
import { useSlowly } from './use-slowly.ts';

/**
 * Who is looked for in a register of people, and where: what was typed, and the place that one works in.
 * @returns `sought`, the part of the filter that every such register has; it follows once the typing has rested
 */
export function useRegisterSearch(name: string) {
  const [q, seek] = useRemembered(name, '');
  const place = usePlace();
  const typed = useSlowly(q.trim());
  const sought = { ...(typed ? { q: typed } : {}), ...(place ? { divisionId: place.divisionId } : {}) };
  return { q, seek, sought };
}

/** A register of people on a page of its own: what can be done, what it is narrowed down to, and the list that fills the window. */
export function RegisterPage<Row extends object>({
  title,
  actions,
  search,
  choices,
  filter,
  ...list
}: Omit<ComponentProps<typeof RegisterTable<Row>>, 'label'> & {
  title: string;
  actions: ReactNode;
  search: ComponentProps<typeof PersonSearch>;
  choices: ReactNode;
  /** Another filter is another list, which begins at its top. */
  filter: object;
}) {
  return (
    <div className="register-page">
      <PageHead title={title} actions={actions} />
      <section className="section register">
        <div className="filters">
          <PersonSearch q={search.q} seek={search.seek} />
          {choices}
        </div>
        <RegisterTable<Row> key={JSON.stringify(filter)} label={title} {...list} />
      </section>
    </div>
  );
}
