import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer } from 'antd';
import { useState, type ReactNode } from 'react';
import { day, moment, number } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';
import { Empty, Loading, Unreadable } from '../shell/page.tsx';
import { factsUpTo, subjectsOfFigure, type FigureName } from './overview-queries.ts';

export interface AskedFigure {
  readonly figure: FigureName;
  readonly divisionId: string;
  readonly place: string;
  readonly count: number;
}

/** Where something is dealt with. */
export function SubjectLink({ kind, id, children }: { kind: string; id: string; children: ReactNode }) {
  if (kind === 'CENTER')
    return (
      <Link to="/centers/$centerId" params={{ centerId: id }}>
        {children}
      </Link>
    );
  if (kind === 'STATION')
    return (
      <Link to="/stations/$stationId" params={{ stationId: id }}>
        {children}
      </Link>
    );
  if (kind === 'VOLUNTEER')
    return (
      <Link to="/volunteers/$volunteerId" params={{ volunteerId: id }}>
        {children}
      </Link>
    );
  if (kind === 'WORKER' || kind === 'ACTING_WORKER')
    return (
      <Link to="/workers/$workerId" params={{ workerId: id }}>
        {children}
      </Link>
    );
  return (
    <Link to="/places/$divisionId" params={{ divisionId: id }}>
      {children}
    </Link>
  );
}

/** The facts that one command wrote, up to the position that made something count. */
function FactBehind({ id, position }: { id: string; position: string }) {
  const { say } = useWords();
  const { data, error } = useQuery(factsUpTo(id, position));
  if (error) return <p className="quiet">{say('overview.noFact')}</p>;
  if (!data) return <Loading />;
  const [latest] = data;
  if (!latest) return <p className="quiet">{say('overview.noFact')}</p>;
  return (
    <div className="fact-behind">
      {data
        .filter(({ commandId, position: at }) => (commandId ? commandId === latest.commandId : at === latest.position))
        .toReversed()
        .map(({ position: at, words }) => (
          <p key={at}>{words}</p>
        ))}
      <p className="quiet">
        {say('overview.facts', { by: latest.actor.role, at: moment(latest.recordedAt) })} ·{' '}
        <Link to="/history/$subjectId" params={{ subjectId: id }}>
          {say('shell.history')}
        </Link>
      </p>
    </div>
  );
}

function Subjects({ asked: { figure, divisionId }, on }: { asked: AskedFigure; on: string | undefined }) {
  const { say } = useWords();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    subjectsOfFigure(figure, divisionId, on),
  );
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const rows = data.pages.flatMap(page => page.rows);
  if (rows.length === 0) return <Empty>{say('overview.noneCounted')}</Empty>;
  return (
    <>
      <ul className="plain subjects">
        {rows.map(({ kind, id, name, stationId, divisionName, since, position }) => {
          const key = `${id} ${stationId}`;
          return (
            <li key={key}>
              <SubjectLink kind={kind} id={id}>
                {name}
              </SubjectLink>
              <span className="quiet">
                {kind === 'DIVISION' ? '' : `${divisionName} · `}
                {say('period.since', { date: day(since) })}
              </span>
              <details onToggle={({ currentTarget: { open } }) => open && setOpened(new Set([...opened, key]))}>
                <summary>{say('overview.fact')}</summary>
                {opened.has(key) ? <FactBehind id={id} position={position} /> : null}
              </details>
            </li>
          );
        })}
      </ul>
      {hasNextPage ? (
        <div className="empty">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** Everything that a figure counts, with the fact behind each. */
export function SubjectsDrawer({
  asked,
  on,
  close,
}: {
  asked: AskedFigure | undefined;
  on: string | undefined;
  close: () => void;
}) {
  const { say } = useWords();
  return (
    <Drawer
      open={asked !== undefined}
      onClose={close}
      size={480}
      title={asked ? `${asked.place} · ${say(`figure.${asked.figure}`)}:${number(asked.count)}` : ''}
      destroyOnHidden
      classNames={{ body: 'drawer-body' }}
    >
      {asked ? <Subjects asked={asked} on={on} /> : null}
    </Drawer>
  );
}
