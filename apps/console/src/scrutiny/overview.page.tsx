import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState, type ReactNode } from 'react';
import { useMe } from '../access/me.ts';
import { usePlace } from '../access/place.ts';
import { day, today } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { Refused } from '../shell/problem.ts';
import { State, type Colour } from '../shell/state.tsx';
import { BranchOverview } from './branch-overview.tsx';
import { FigureTiles, FiguresTable, TownshipMap } from './division-overview.tsx';
import { branchOn, divisionsAbove, figuresUnder, type Days, type StructureNode } from './overview-queries.ts';
import { centerCard, stationCard } from '../service-network/queries.ts';
import { StructureTree } from './structure-tree.tsx';
import { SubjectsDrawer, type AskedFigure } from './subjects-drawer.tsx';
import './overview.css';

const route = getRouteApi('/office/overview');

function DayPicker({
  value,
  word,
  set,
}: {
  value: string | undefined;
  word: 'overview.on' | 'overview.compare';
  set: (day?: string) => void;
}) {
  const { say } = useWords();
  return (
    <DatePicker
      value={value ? dayjs(value) : null}
      placeholder={say(word)}
      aria-label={say(word)}
      maxDate={dayjs(today())}
      onChange={date => set(date ? date.format('YYYY-MM-DD') : undefined)}
    />
  );
}

function Head({
  above,
  name,
  colour,
  days,
  open,
}: {
  above: ReactNode;
  name: string;
  colour: Colour;
  days: Days;
  open?: ReactNode;
}) {
  const { say, called } = useWords();
  const navigate = route.useNavigate();
  const set = (changed: Days) => void navigate({ search: before => ({ ...before, ...changed }) });
  return (
    <>
      <PageHead
        above={above}
        title={name}
        beside={
          <>
            <State colour={colour}>{called(colour, 'colour')}</State>
            <span className="quiet">
              {days.on ? say('overview.asOn', { date: day(days.on) }) : say('overview.today')}
              {days.compare ? ` · ${say('overview.versus', { date: day(days.compare) })}` : ''}
            </span>
          </>
        }
        actions={
          <>
            <DayPicker value={days.on} word="overview.on" set={on => set({ on })} />
            <DayPicker value={days.compare} word="overview.compare" set={compare => set({ compare })} />
            <LinkButton to="/structure">{say('audit.structure')}</LinkButton>
            {open}
          </>
        }
      />
    </>
  );
}

/** The way from the top of one's places down to a division, and to what lies in it. */
function Way({ divisionId, own, days, children }: { divisionId: string; own?: string; days: Days; children?: ReactNode }) {
  const { say } = useWords();
  const { data = [] } = useQuery(divisionsAbove(divisionId, days.on));
  return (
    <>
      <Link to="/overview" search={{ ...days }}>
        {say('overview.title')}
      </Link>
      {data.map(({ divisionId: id, name }) => (
        <Link key={id} to="/overview" search={{ division: id, ...days }}>
          {name}
        </Link>
      ))}
      {own ? (
        <Link to="/overview" search={{ division: divisionId, ...days }}>
          {own}
        </Link>
      ) : null}
      {children}
    </>
  );
}

/** The same place level by level, without leaving the page; what is opened leads on from there. */
function TreeBelow({ divisionId, days }: { divisionId: string; days: Days }) {
  const { say } = useWords();
  const [opened, setOpened] = useState(false);
  return (
    <Section title={say('overview.tree')}>
      <details className="section-body" onToggle={({ currentTarget: { open } }) => setOpened(open)}>
        <summary>{say('overview.openTree')}</summary>
        {opened ? (
          <StructureTree of={{ divisionId }} moment={{ on: days.on }} beside={node => <ToNode node={node} days={days} />} />
        ) : null}
      </details>
    </Section>
  );
}

const searchOf = ({ kind, id }: StructureNode) => {
  if (kind === 'DIVISION') return { division: id };
  if (kind === 'CENTER') return { center: id };
  return kind === 'STATION' ? { station: id } : undefined;
};

function ToNode({ node, days }: { node: StructureNode; days: Days }) {
  const { say } = useWords();
  const search = searchOf(node);
  return search ? (
    <Link to="/overview" search={{ ...search, ...days }} aria-label={say('overview.goTo', { name: node.name })}>
      {say('overview.go')}
    </Link>
  ) : null;
}

function DivisionOverview({ divisionId, days }: { divisionId: string | undefined; days: Days }) {
  const { say } = useWords();
  const [asked, setAsked] = useState<AskedFigure>();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    figuresUnder(divisionId, days),
  );
  if (error && !data) return <NotThen error={error} days={days} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { node } = data.pages[0]!;
  const rows = data.pages.flatMap(page => page.rows);
  return (
    <>
      <Head
        above={<Way divisionId={node.divisionId} days={days} />}
        name={node.name}
        colour={node.colour}
        days={days}
        open={
          <LinkButton to="/places/$divisionId" params={{ divisionId: node.divisionId }}>
            {say('overview.open')}
          </LinkButton>
        }
      />
      <FigureTiles of={node} days={days} ask={setAsked} />
      {node.level === 'TOWNSHIP' ? <BranchOverview of={{ divisionId: node.divisionId }} days={days} /> : null}
      {rows.length > 0 ? (
        <>
          <FiguresTable rows={rows} days={days} ask={setAsked} />
          {hasNextPage ? (
            <div className="empty">
              <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {say('shell.moreRows')}
              </Button>
            </div>
          ) : null}
          <TownshipMap rows={rows} days={days} />
          <TreeBelow divisionId={node.divisionId} days={days} />
        </>
      ) : null}
      <SubjectsDrawer asked={asked} on={days.on} close={() => setAsked(undefined)} />
    </>
  );
}

function NotThen({ error, days, retry }: { error: Error; days: Days; retry: () => void }) {
  const { say } = useWords();
  if (!(error instanceof Refused) || error.problem.status !== 404) return <Unreadable error={error} retry={retry} />;
  return (
    <>
      <Head
        above={
          <Link to="/overview" search={{}}>
            {say('overview.title')}
          </Link>
        }
        name={say('overview.title')}
        colour="grey"
        days={days}
      />
      <Section title={say('shell.notFound')}>
        <Empty>{say('overview.gone')}</Empty>
      </Section>
    </>
  );
}

function CenterOverview({ centerId, days }: { centerId: string; days: Days }) {
  const { say } = useWords();
  const { data: card } = useQuery(centerCard(centerId));
  const { data, error, refetch } = useInfiniteQuery(branchOn({ centerId }, { on: days.on }));
  if (error && !data) return <NotThen error={error} days={days} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { node } = data.pages[0]!;
  return (
    <>
      <Head
        above={card ? <Way divisionId={card.divisionId} own={card.divisionName} days={days} /> : null}
        name={node.name}
        colour={node.colour ?? 'grey'}
        days={days}
        open={
          <LinkButton to="/centers/$centerId" params={{ centerId }}>
            {say('overview.open')}
          </LinkButton>
        }
      />
      <BranchOverview of={{ centerId }} days={days} />
    </>
  );
}

function StationOverview({ stationId, days }: { stationId: string; days: Days }) {
  const { say } = useWords();
  const { data: card } = useQuery(stationCard(stationId));
  const { data, error, refetch } = useInfiniteQuery(branchOn({ stationId }, { on: days.on }));
  if (error && !data) return <NotThen error={error} days={days} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { node } = data.pages[0]!;
  return (
    <>
      <Head
        above={
          card ? (
            <Way divisionId={card.divisionId} own={card.divisionName} days={days}>
              <Link to="/overview" search={{ center: card.centerId, ...days }}>
                {card.centerName}
              </Link>
            </Way>
          ) : null
        }
        name={node.name}
        colour={node.colour ?? 'grey'}
        days={days}
        open={
          <LinkButton to="/stations/$stationId" params={{ stationId }}>
            {say('overview.open')}
          </LinkButton>
        }
      />
      <BranchOverview of={{ stationId }} days={days} />
    </>
  );
}

/** From the province down to a station: what is in order and what is not, on any day, and compared with another. */
export function OverviewPage() {
  const place = usePlace();
  const { isPending } = useMe();
  const { division, center, station, ...days } = route.useSearch();
  if (station) return <StationOverview key={station} stationId={station} days={days} />;
  if (center) return <CenterOverview key={center} centerId={center} days={days} />;
  // Which place was chosen is not known yet: all of them would be shown first, and what was opened there closed again.
  if (!division && isPending) return <Loading />;
  const divisionId = division ?? place?.divisionId;
  return <DivisionOverview key={divisionId ?? ''} divisionId={divisionId} days={days} />;
}
