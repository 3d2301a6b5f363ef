import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, DatePicker, Slider } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { usePlace } from '../access/place.ts';
import { day, number, today } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section } from '../shell/page.tsx';
import { Refused } from '../shell/problem.ts';
import { State } from '../shell/state.tsx';
import { useSlowly } from '../shell/use-slowly.ts';
import { branchOn, type Branch, type StructureNode } from './overview-queries.ts';
import './structure-then.css';

interface Moment {
  readonly on: string;
  readonly asOf?: string | undefined;
}

const daysBack = 365;
const inDays = (count: number) => dayjs(today()).add(count, 'day').format('YYYY-MM-DD');

const branchOf = ({ kind, id }: StructureNode): Branch | undefined => {
  if (kind === 'DIVISION') return { divisionId: id };
  if (kind === 'CENTER') return { centerId: id };
  return kind === 'STATION' ? { stationId: id } : undefined;
};

function Children({ of, moment }: { of: Branch; moment: Moment }) {
  const { say } = useWords();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(branchOn(of, moment));
  if (error && !data) return <p className="quiet">{error.message}</p>;
  if (!data) return <Loading />;
  const children = data.pages.flatMap(page => page.children);
  if (children.length === 0) return <p className="quiet">{say('audit.empty')}</p>;
  return (
    <ul className="plain then">
      {children.map(node => (
        <Node key={node.id} node={node} moment={moment} />
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

function Node({ node, moment }: { node: StructureNode; moment: Moment }) {
  const { say, called } = useWords();
  const [opened, setOpened] = useState(false);
  const { kind, id, name, colour, counts, reasons = [], since } = node;
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
  const history = (
    <Link to="/history/$subjectId" params={{ subjectId: id }} aria-label={say('scrutiny.of', { name })} className="then-history">
      {say('shell.history')}
    </Link>
  );
  return (
    <li>
      {of ? (
        <details onToggle={({ currentTarget: { open } }) => setOpened(open)}>
          <summary>{line}</summary>
          {opened ? <Children of={of} moment={moment} /> : null}
        </details>
      ) : (
        line
      )}
      {history}
    </li>
  );
}

function Top({ moment }: { moment: Moment }) {
  const { say } = useWords();
  const place = usePlace();
  const { data, error } = useInfiniteQuery(branchOn(place ? { divisionId: place.divisionId } : {}, moment));
  if (error && !data)
    return <Empty>{error instanceof Refused && error.problem.status !== 404 ? error.message : say('audit.nothing')}</Empty>;
  if (!data) return <Loading />;
  const { node } = data.pages[0]!;
  return (
    <div className="section-body">
      <p className="then-top">{node.name}</p>
      <Children of={{ divisionId: node.id }} moment={moment} />
    </div>
  );
}

/** The structure of any day, as it is known now or as it was known on another day. */
export function StructureThenPage() {
  const { say } = useWords();
  const [on, setOn] = useRemembered('structure on', today());
  const [known, setKnown] = useRemembered<string | undefined>('structure known', undefined);
  const shownOn = useSlowly(on);
  const moment: Moment = { on: shownOn, asOf: known ? `${known}T23:59:59.999+08:00` : undefined };
  const nth = dayjs(on).diff(dayjs(today()), 'day');
  return (
    <>
      <PageHead
        title={say('audit.structure')}
        beside={
          <span className="quiet" role="status">
            {say('audit.shown', {
              on: day(shownOn),
              known: known ? say('audit.known', { date: day(known) }) : say('audit.asOfNow'),
            })}
          </span>
        }
      />
      <Section title={say('audit.slider')}>
        <div className="section-body then-days">
          <Slider
            min={-daysBack}
            max={0}
            value={Math.max(-daysBack, nth)}
            onChange={value => setOn(inDays(value))}
            ariaLabelForHandle={say('audit.slider')}
            ariaValueTextFormatterForHandle={value => day(inDays(value))}
            tooltip={{ formatter: value => day(inDays(value ?? 0)) }}
          />
          <div className="then-pickers">
            <label>
              <span className="quiet">{say('audit.effectiveOn')}</span>
              <DatePicker
                allowClear={false}
                value={dayjs(on)}
                maxDate={dayjs(today())}
                aria-label={say('audit.effectiveOn')}
                onChange={date => date && setOn(date.format('YYYY-MM-DD'))}
              />
            </label>
            <label>
              <span className="quiet">{say('audit.asOf')}</span>
              <DatePicker
                value={known ? dayjs(known) : null}
                maxDate={dayjs(today())}
                placeholder={say('audit.asOfNow')}
                aria-label={say('audit.asOf')}
                onChange={date => setKnown(date ? date.format('YYYY-MM-DD') : undefined)}
              />
            </label>
          </div>
          <p className="quiet">{say('audit.hint')}</p>
        </div>
      </Section>
      <Section title={say('audit.structure')}>
        <Top key={`${shownOn} ${known}`} moment={moment} />
      </Section>
    </>
  );
}
