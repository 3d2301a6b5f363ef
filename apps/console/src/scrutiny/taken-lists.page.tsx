import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { Choice } from '../shell/choice.tsx';
import { moment, number } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { PageHead } from '../shell/page.tsx';
import { RegisterTable } from '../shell/register-table.tsx';
import { knownActors, takenLists, type TakenFilter, type TakenList, type TakenWanted } from './queries.ts';
import { nameOf } from './timeline.tsx';

const sheets = ['volunteerSheet', 'workerSheet', 'stationSheet'] as const;

function Day({
  word,
  value,
  choose,
}: {
  word: 'scrutiny.from' | 'scrutiny.to';
  value: string | undefined;
  choose: (day: string | undefined) => void;
}) {
  const { say } = useWords();
  return (
    <DatePicker
      value={value ? dayjs(value) : null}
      placeholder={say(word)}
      aria-label={say(word)}
      maxDate={dayjs()}
      onChange={date => choose(date?.format('YYYY-MM-DD'))}
    />
  );
}

/** Who took which list of people away as a file, when, and narrowed down to what. */
export function TakenListsPage() {
  const { say, zh } = useWords();
  const [wanted, want] = useRemembered<TakenWanted>('taken wanted', {});
  const { data: actors } = useQuery(knownActors);
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
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            value={wanted.actor ?? null}
            onChange={actor => want({ ...wanted, actor: actor ?? undefined })}
            placeholder={say('scrutiny.actor')}
            aria-label={say('scrutiny.actor')}
            popupMatchSelectWidth={false}
            options={(actors?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Choice
            word="audit.takenList"
            value={sheets.find(sheet => sheet === wanted.sheet)}
            choose={sheet => want({ ...wanted, sheet })}
            values={sheets}
            kind="takenSheet"
          />
          <Day word="scrutiny.from" value={wanted.from} choose={from => want({ ...wanted, from })} />
          <Day word="scrutiny.to" value={wanted.to} choose={to => want({ ...wanted, to })} />
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
