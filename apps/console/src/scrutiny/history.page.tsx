import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { day } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';
import { PageHead, Section, Unreadable } from '../shell/page.tsx';
import { filterOf, HistoryFilters, type Wanted } from './history-filters.tsx';
import { historyBy, subjectOf } from './queries.ts';
import { aboutOf, Timeline } from './timeline.tsx';

const route = getRouteApi('/office/history/$subjectId');

/** Who did what, when and why, to one thing: sentences, the latest first; also as it was known on an earlier day. */
export function HistoryPage() {
  const { say } = useWords();
  const { subjectId } = route.useParams();
  const [wanted, setWanted] = useState<Wanted>({});
  const { data, error, refetch } = useInfiniteQuery(historyBy({}, subjectId));
  const own = data?.pages.flatMap(page => page.rows).find(({ stream }) => stream.endsWith(subjectId))?.stream ?? '';
  const { data: subject } = useQuery(subjectOf(subjectId, aboutOf(own).category));
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  return (
    <>
      <PageHead
        above={
          subject ? (
            <Link to={subject.at.to} params={subject.at.params}>
              {subject.name}
            </Link>
          ) : null
        }
        title={subject ? say('scrutiny.of', { name: subject.name }) : say('scrutiny.anything')}
        beside={
          <span className="quiet">
            {wanted.until ? say('scrutiny.asOfShown', { date: day(wanted.until) }) : say('scrutiny.latestFirst')}
          </span>
        }
      />
      <Section title={say('shell.history')}>
        <HistoryFilters wanted={wanted} want={setWanted} />
        <Timeline history={historyBy(filterOf(wanted), subjectId)} about={{ ...aboutOf(own), id: subjectId }} />
      </Section>
    </>
  );
}
