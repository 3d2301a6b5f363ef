import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DatePicker, Slider } from 'antd';
import dayjs from 'dayjs';
import { usePlace } from '../access/place.ts';
import { day, today } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section } from '../shell/page.tsx';
import { Refused } from '../shell/problem.ts';
import { useSlowly } from '../shell/use-slowly.ts';
import { branchOn, type StructureNode } from './overview-queries.ts';
import { StructureTree, type Moment } from './structure-tree.tsx';
import './structure-then.css';

const daysBack = 365;
const inDays = (count: number) => dayjs(today()).add(count, 'day').format('YYYY-MM-DD');

const toItsHistory = (node: StructureNode) => <ToItsHistory {...node} />;

function ToItsHistory({ id, name }: StructureNode) {
  const { say } = useWords();
  return (
    <Link to="/history/$subjectId" params={{ subjectId: id }} aria-label={say('scrutiny.of', { name })}>
      {say('shell.history')}
    </Link>
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
      <StructureTree of={{ divisionId: node.id }} moment={moment} beside={toItsHistory} />
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
