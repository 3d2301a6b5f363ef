import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Tag } from 'antd';
import { useState, type DragEvent } from 'react';
import { Choice } from '../shell/choice.tsx';
import { number } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, Section, Unreadable } from '../shell/page.tsx';
import { PersonSearch } from '../shell/person-search.tsx';
import { useSlowly } from '../shell/use-slowly.ts';
import { volunteerSkills, weeklySlots } from '../shell/values.ts';
import { candidatesFor, excludedFrom, type Candidate, type Wanted } from './candidate-queries.ts';
import type { Chosen, Person } from './chosen.ts';

/** The kind of what is dragged from the list of candidates. */
export const dragged = 'application/x-yizhan-volunteers';

function CandidateLine({
  candidate: { volunteerId, name, skills, homeDivisionName, total, parts },
  chosen,
  toggle,
  people,
}: {
  candidate: Candidate;
  chosen: boolean;
  toggle: () => void;
  people: readonly Person[];
}) {
  const { say, called } = useWords();
  const startDrag = (event: DragEvent) => {
    event.dataTransfer.setData(dragged, JSON.stringify(chosen ? people : [{ volunteerId, name: name ?? '' }]));
    event.dataTransfer.effectAllowed = 'link';
  };
  return (
    <li>
      <label className="candidate" draggable onDragStart={startDrag} data-chosen={chosen}>
        <input type="checkbox" checked={chosen} onChange={toggle} />
        <span className="candidate-text">
          <span className="candidate-name">{name ?? '—'}</span>
          <span className="quiet">
            {' '}
            {homeDivisionName} {joined(skills.map(skill => called(skill)))}
          </span>
          <span className="candidate-parts">
            {parts.map(({ part, points, most, words }) => (
              <span key={part}>
                {words} <span className="number quiet nowrap">{say('volunteering.points', { points, most })}</span>
              </span>
            ))}
          </span>
        </span>
        <span className="candidate-total number">{say('volunteering.total', { total })}</span>
      </label>
    </li>
  );
}

function Excluded({ stationId, count }: { stationId: string; count: number }) {
  const { say } = useWords();
  const [opened, setOpened] = useState(false);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...excludedFrom(stationId),
    enabled: opened,
  });
  if (count === 0) return null;
  return (
    <details className="excluded" onToggle={({ currentTarget: { open } }) => setOpened(open)}>
      <summary>{say('volunteering.excluded', { count: number(count) })}</summary>
      {opened && !data && !error ? <Loading /> : null}
      {error && !data ? <p className="quiet-note">{error.message}</p> : null}
      <ul className="plain people">
        {data?.pages
          .flatMap(page => page.rows)
          .map(({ volunteerId, name, words }) => (
            <li key={volunteerId}>
              <Link to="/volunteers/$volunteerId" params={{ volunteerId }}>
                {name ?? '—'}
              </Link>
              <span className="quiet">{words}</span>
            </li>
          ))}
      </ul>
      {hasNextPage ? (
        <div className="empty">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </div>
      ) : null}
    </details>
  );
}

/** Who suits a station best and why, and who cannot be linked to it and why not. */
export function CandidateList({
  stationId,
  chosen,
  toggle,
}: {
  stationId: string;
  chosen: Chosen;
  toggle: (person: Person) => void;
}) {
  const { say } = useWords();
  const [wanted, setWanted] = useRemembered<Wanted>('candidates wanted', {});
  const [q, setQ] = useRemembered('candidates q', '');
  const sought = useSlowly(q.trim());
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    candidatesFor(stationId, { ...wanted, q: sought }),
  );
  const first = data?.pages[0];
  const rows = data?.pages.flatMap(page => page.rows) ?? [];
  const listed = new Set(rows.map(({ volunteerId }) => volunteerId));
  const unlisted = [...chosen.values()].filter(({ volunteerId }) => data && !listed.has(volunteerId));
  const excluded = (first?.excluded ?? []).reduce((sum, { count }) => sum + count, 0);
  return (
    <Section
      title={first ? say('volunteering.candidatesFor', { station: first.stationName }) : say('volunteering.candidates')}
      extra={
        <span role="status" className="quiet">
          {chosen.size > 0
            ? say('volunteering.chosen', { count: chosen.size })
            : first
              ? say('volunteering.candidateCount', { count: number(first.count) })
              : ''}
        </span>
      }
    >
      <div className="filters">
        <PersonSearch q={q} seek={setQ} />
        <Choice
          word="volunteering.skill"
          value={wanted.skill}
          choose={skill => setWanted({ ...wanted, skill })}
          values={volunteerSkills}
        />
        <Choice
          word="volunteering.slots"
          value={wanted.availability}
          choose={availability => setWanted({ ...wanted, availability })}
          values={weeklySlots}
        />
      </div>
      {first?.hindrance ? <Alert type="warning" showIcon title={first.hindrance.words} banner /> : null}
      {error && !data ? <Unreadable error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && rows.length === 0 ? (
        <Empty action={<Link to="/volunteers/new">{say('volunteering.register')}</Link>}>
          {sought ? say('volunteering.noneFound') : say('volunteering.noCandidates')}
        </Empty>
      ) : null}
      {unlisted.length > 0 ? (
        <p className="section-body chosen">
          <span className="quiet">{say('volunteering.chosenUnlisted')}</span>
          {unlisted.map(person => (
            <Tag
              key={person.volunteerId}
              closable={{ 'aria-label': say('volunteering.unchoose', { name: person.name }) }}
              onClose={event => {
                event.preventDefault();
                toggle(person);
              }}
            >
              <Link to="/volunteers/$volunteerId" params={{ volunteerId: person.volunteerId }}>
                {person.name}
              </Link>
            </Tag>
          ))}
        </p>
      ) : null}
      <ol className="plain candidates">
        {rows.map(row => (
          <CandidateLine
            key={row.volunteerId}
            candidate={row}
            chosen={chosen.has(row.volunteerId)}
            toggle={() => toggle({ volunteerId: row.volunteerId, name: row.name ?? '' })}
            people={[...chosen.values()]}
          />
        ))}
      </ol>
      {hasNextPage ? (
        <div className="empty">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </div>
      ) : null}
      <Excluded key={stationId} stationId={stationId} count={excluded} />
    </Section>
  );
}
