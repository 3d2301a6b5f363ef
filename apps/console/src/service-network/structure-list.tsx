import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { joined, useWords } from '../shell/language.ts';
import { number } from '../shell/dates.ts';
import { Empty, Loading, Unreadable } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { branch, type StructureNode } from './queries.ts';

function NameOf({ node: { kind, id, name } }: { node: StructureNode }) {
  return kind === 'CENTER' ? (
    <Link to="/centers/$centerId" params={{ centerId: id }}>
      {name}
    </Link>
  ) : (
    <Link to="/places/$divisionId" params={{ divisionId: id }}>
      {name}
    </Link>
  );
}

function Row({ node }: { node: StructureNode }) {
  const { say, called } = useWords();
  const { counts, colour = 'grey', reasons = [], kind, stage } = node;
  return (
    <tr>
      <td>
        <NameOf node={node} />
        {kind === 'CENTER' && stage !== 'ACTIVE' ? <span className="quiet"> {called(stage, 'centerStage')}</span> : null}
      </td>
      <td data-label={say('network.state')}>
        <span>
          <State colour={colour}>{called(colour, 'colour')}</State>
          {reasons.length > 0 ? <span className="reasons">{joined(reasons.map(reason => called(reason, 'reason')))}</span> : null}
        </span>
      </td>
      {kind === 'CENTER' ? null : (
        <td data-label={say('network.centers')} className="right number">
          {number(counts?.centers ?? 0)}
        </td>
      )}
      <td data-label={say('network.stations')} className="right number">
        {number(counts?.stations ?? 0)}
      </td>
      <td data-label={say('network.staffed')} className="right number">
        {number(counts?.staffedStations ?? 0)}
      </td>
      <td data-label={say('network.volunteers')} className="right number">
        {number(counts?.volunteers ?? 0)}
      </td>
    </tr>
  );
}

/** What lies directly under a division. */
export function StructureList({
  divisionId,
  whenEmpty,
  centersOnly = false,
}: {
  divisionId: string;
  whenEmpty: React.ReactNode;
  /** Streets without a center are only counted. */
  centersOnly?: boolean;
}) {
  const { say } = useWords();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(branch(divisionId));
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const all = data.pages.flatMap(page => page.children);
  const children = all.filter(({ kind, counts }) => !centersOnly || kind === 'CENTER' || (counts?.centers ?? 0) > 0);
  const left = all.length - children.length;
  const rest =
    left > 0 ? (
      <p className="quiet-note">
        {say('network.withoutCenter', { count: number(left) })}{' '}
        <Link to="/places/$divisionId" params={{ divisionId }}>
          {say('network.seeThem')}
        </Link>
      </p>
    ) : null;
  if (children.length === 0 && rest) return rest;
  if (children.length === 0) return <Empty>{whenEmpty}</Empty>;
  const ofCenters = children[0]!.kind === 'CENTER';
  return (
    <>
      <table className="grid-list">
        <thead>
          <tr>
            <th scope="col">{say(ofCenters ? 'network.center' : 'network.place')}</th>
            <th scope="col">{say('network.state')}</th>
            {ofCenters ? null : (
              <th scope="col" className="right">
                {say('network.centers')}
              </th>
            )}
            <th scope="col" className="right">
              {say('network.stations')}
            </th>
            <th scope="col" className="right">
              {say('network.staffed')}
            </th>
            <th scope="col" className="right">
              {say('network.volunteers')}
            </th>
          </tr>
        </thead>
        <tbody>
          {children.map(node => (
            <Row key={node.id} node={node} />
          ))}
        </tbody>
      </table>
      {rest}
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
