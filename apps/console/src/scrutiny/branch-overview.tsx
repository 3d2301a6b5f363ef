import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { day, number } from '../shell/dates.ts';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, Section, Unreadable } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { Change } from './change.tsx';
import { branchOn, type Branch, type Days, type StructureNode } from './overview-queries.ts';
import { SubjectLink } from './subjects-drawer.tsx';

type Counted = 'stations' | 'staffedStations' | 'redStations' | 'volunteers';

function UnitRow({ node, before, days }: { node: StructureNode; before: StructureNode | undefined; days: Days }) {
  const { say, called } = useWords();
  const { id, kind, name, colour = 'grey', reasons = [], stage, counts } = node;
  const ofCenter = kind === 'CENTER';
  const figure = (which: Counted) => (
    <td data-label={say(`figure.${which}`)} className="right number">
      <span>
        {number(counts?.[which] ?? 0)}{' '}
        <Change change={before?.counts && counts ? counts[which] - before.counts[which] : undefined} since={days.compare} />
      </span>
    </td>
  );
  return (
    <tr>
      <td>
        <Link to="/overview" search={{ ...(ofCenter ? { center: id } : { station: id }), ...days }}>
          {name}
        </Link>
        {stage === 'ACTIVE' || stage === 'OPEN' ? null : (
          <span className="quiet"> {called(stage, ofCenter ? 'centerStage' : 'stationStage')}</span>
        )}
      </td>
      <td data-label={say('network.state')}>
        <span>
          <State colour={colour}>{called(colour, 'colour')}</State>
          {reasons.length > 0 ? <span className="reasons">{joined(reasons.map(reason => called(reason, 'reason')))}</span> : null}
        </span>
      </td>
      {ofCenter ? figure('stations') : null}
      {figure('staffedStations')}
      {ofCenter ? figure('redStations') : null}
      {figure('volunteers')}
    </tr>
  );
}

function PersonRow({ node: { id, kind, name, primary, since } }: { node: StructureNode }) {
  const { say, called } = useWords();
  return (
    <tr>
      <td>
        <SubjectLink kind={kind} id={id}>
          {name}
        </SubjectLink>
      </td>
      <td data-label={say('network.state')}>
        <span>
          {called(kind, 'node')}
          {primary ? <span className="quiet"> · {say('network.primary')}</span> : null}
        </span>
      </td>
      <td data-label={say('overview.since')}>{since ? say('period.since', { date: day(since) }) : '—'}</td>
    </tr>
  );
}

/** The centers of a street, the stations of a center, or the people of a station, on a day and compared with another. */
export function BranchOverview({ of, days }: { of: Branch; days: Days }) {
  const { say } = useWords();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    branchOn(of, { on: days.on }),
  );
  const earlier = useInfiniteQuery({ ...branchOn(of, { on: days.compare }), enabled: days.compare !== undefined });
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const children = data.pages.flatMap(page => page.children);
  const before = new Map(earlier.data?.pages.flatMap(page => page.children).map(node => [node.id, node]));
  const kind = 'stationId' in of ? 'PERSON' : 'centerId' in of ? 'STATION' : 'CENTER';
  const title = kind === 'PERSON' ? say('overview.people') : say(`node.${kind}`);
  const whenEmpty = { CENTER: 'network.noCenterHint', STATION: 'network.noStations', PERSON: 'network.vacantHint' } as const;
  const columns = {
    CENTER: ['figure.stations', 'figure.staffedStations', 'figure.redStations', 'figure.volunteers'],
    STATION: ['figure.staffedStations', 'figure.volunteers'],
    PERSON: [],
  } as const;
  return (
    <Section title={title}>
      {children.length === 0 ? (
        <Empty>{say(whenEmpty[kind])}</Empty>
      ) : (
        <table className="grid-list">
          <thead>
            <tr>
              <th scope="col">{kind === 'PERSON' ? say('person.name') : title}</th>
              <th scope="col">{say('network.state')}</th>
              {columns[kind].map(word => (
                <th key={word} scope="col" className="right">
                  {say(word)}
                </th>
              ))}
              {kind === 'PERSON' ? <th scope="col">{say('overview.since')}</th> : null}
            </tr>
          </thead>
          <tbody>
            {children.map(node =>
              kind === 'PERSON' ? (
                <PersonRow key={node.id} node={node} />
              ) : (
                <UnitRow key={node.id} node={node} before={before.get(node.id)} days={days} />
              ),
            )}
          </tbody>
        </table>
      )}
      {hasNextPage ? (
        <div className="empty">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}
