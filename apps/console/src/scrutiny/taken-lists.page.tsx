import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Choice } from '../shell/choice.tsx';
import { moment, number } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { PageHead } from '../shell/page.tsx';
import { RegisterTable } from '../shell/register-table.tsx';
import { ActorPicker } from './actor-picker.tsx';
import { takenLists, type TakenFilter, type TakenList, type TakenWanted } from './queries.ts';
import { RecordedBetween } from './recorded-between.tsx';
import { nameOf } from './timeline.tsx';

const sheets = ['volunteerSheet', 'workerSheet', 'stationSheet'] as const;

/** Who took which list of people away as a file, when, and narrowed down to what. */
export function TakenListsPage() {
  const { say, zh } = useWords();
  const [wanted, want] = useRemembered<TakenWanted>('taken wanted', {});
  const filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as TakenFilter;
  const filtersOf = ({ filters, searched }: TakenList) =>
    joined([...filters, ...(searched ? [say('audit.takenSearched')] : [])]) || say('shell.none');
  return (
    <div className="register-page">
      <PageHead
        above={<Link to="/history">{say('audit.title')}</Link>}
        title={say('audit.taken')}
        beside={<span className="quiet">{say('audit.takenHint')}</span>}
      />
      <section className="section register">
        <div className="filters">
          <ActorPicker actor={wanted.actor} choose={actor => want({ ...wanted, actor })} />
          <Choice
            word="audit.takenList"
            value={sheets.find(sheet => sheet === wanted.sheet)}
            choose={sheet => want({ ...wanted, sheet })}
            values={sheets}
            kind="takenSheet"
          />
          <RecordedBetween from={wanted.from} to={wanted.to} choose={between => want({ ...wanted, ...between })} />
        </div>
        <RegisterTable<TakenList>
          key={JSON.stringify(filter)}
          label={say('audit.taken')}
          pages={useInfiniteQuery(takenLists(filter))}
          rowKey="takenId"
          whenEmpty={say('audit.takenNone')}
          counted={{ soFar: 'audit.takenSoFar', all: 'audit.takenAll' }}
          columns={[
            { title: say('audit.takenAt'), key: 'at', width: 170, className: 'number', render: (_, row) => moment(row.takenAt) },
            { title: say('scrutiny.actor'), key: 'actor', width: 230, ellipsis: true, render: (_, row) => nameOf(row.actor, zh) },
            { title: say('audit.takenList'), key: 'list', width: 130, render: (_, { words }) => words },
            { title: say('audit.takenRows'), key: 'rows', width: 80, className: 'number', render: (_, row) => number(row.rows) },
            { title: say('audit.takenFilters'), key: 'filters', ellipsis: true, render: (_, row) => filtersOf(row) },
          ]}
          narrow={row => ({
            first: `${row.words} · ${number(row.rows)}`,
            second: `${moment(row.takenAt)} ${nameOf(row.actor, zh)}`,
          })}
        />
      </section>
    </div>
  );
}
