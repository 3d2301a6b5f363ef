import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { day, number } from '../shell/dates.ts';
import { joined, useWords } from '../shell/language.ts';
import { Loading } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { branchOn, type Branch, type StructureNode } from './overview-queries.ts';
import './structure-tree.css';

export interface Moment {
  /** `YYYY-MM-DD`; today when absent */
  readonly on?: string | undefined;
  /** An instant: as it was known then. */
  readonly asOf?: string | undefined;
}

/** What stands at the end of the line of a node: where it leads. */
type Beside = (node: StructureNode) => ReactNode;

const branchOf = ({ kind, id }: StructureNode): Branch | undefined => {
  if (kind === 'DIVISION') return { divisionId: id };
  if (kind === 'CENTER') return { centerId: id };
  return kind === 'STATION' ? { stationId: id } : undefined;
};

/** What belongs to something at a moment, level by level; each level is asked for when it is opened. */
export function StructureTree({ of, moment, beside }: { of: Branch; moment: Moment; beside: Beside }) {
  const { say } = useWords();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(branchOn(of, moment));
  if (error && !data) return <p className="quiet">{error.message}</p>;
  if (!data) return <Loading />;
  const children = data.pages.flatMap(page => page.children);
  if (children.length === 0) return <p className="quiet">{say('audit.empty')}</p>;
  return (
    <ul className="plain then">
      {children.map(node => (
        <Node key={node.id} node={node} moment={moment} beside={beside} />
      ))}
      {hasNextPage ? (
        <li>
          <Button size="small" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function Node({ node, moment, beside }: { node: StructureNode; moment: Moment; beside: Beside }) {
  const { say, called } = useWords();
  const [opened, setOpened] = useState(false);
  const { kind, name, colour, counts, reasons = [], since } = node;
  const of = branchOf(node);
  const line = (
    <span className="then-line">
      <span className="then-name">{name}</span>
      {colour ? <State colour={colour}>{called(colour, 'colour')}</State> : null}
      <span className="quiet">
        {[
          of ? '' : called(kind, 'node'),
          joined(reasons.map(reason => called(reason, 'reason'))),
          since ? say('period.since', { date: day(since) }) : '',
          counts && kind !== 'STATION' ? `${say('figure.stations')} ${number(counts.stations)}` : '',
          counts ? `${say('figure.volunteers')} ${number(counts.volunteers)}` : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </span>
  );
  return (
    <li>
      {of ? (
        <details onToggle={({ currentTarget: { open } }) => setOpened(open)}>
          <summary>{line}</summary>
          {opened ? <StructureTree of={of} moment={moment} beside={beside} /> : null}
        </details>
      ) : (
        line
      )}
      <span className="then-beside">{beside(node)}</span>
    </li>
  );
}
