import { useQuery } from '@tanstack/react-query';
import { DatePicker, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo } from 'react';
import { factWords } from '../shell/fact-words.ts';
import { useWords } from '../shell/language.ts';
import { knownActors, type HistoryFilter } from './queries.ts';
import { UnitPicker, type Unit } from './unit-picker.tsx';

/** What a history is narrowed down to; days as `YYYY-MM-DD`. */
export interface Wanted {
  readonly actor?: string | undefined;
  readonly fact?: string | undefined;
  readonly unit?: Unit | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The day at whose end one looks. */
  readonly until?: string | undefined;
}

export const filterOf = ({ actor, fact, unit, from, to, until }: Wanted): HistoryFilter => ({
  ...(actor ? { actor } : {}),
  ...(fact ? { fact } : {}),
  ...(unit ? { unitId: unit.id } : {}),
  ...(from ? { from } : {}),
  ...(to ? { to } : {}),
  ...(until && until < dayjs().format('YYYY-MM-DD') ? { asOf: `${until}T23:59:59.999+08:00` } : {}),
});

const facts = Object.keys(factWords).map(key => key.slice('will.'.length));
const dateOf = (date: Dayjs | null) => date?.format('YYYY-MM-DD');
const dayjsOf = (date: string | undefined) => (date ? dayjs(date) : null);

/** By whom, where, of what kind, and when: every filter is answered by the server. */
export function HistoryFilters({ wanted, want }: { wanted: Wanted; want: (wanted: Wanted) => void }) {
  const { say, happened, language } = useWords();
  const { data: actors } = useQuery(knownActors);
  const kinds = useMemo(() => {
    const order = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en');
    return facts
      .map(fact => ({ value: fact, label: happened(fact) }))
      .toSorted((one, other) => order.compare(one.label, other.label));
  }, [happened, language]);
  const isLater = (date: Dayjs) => date.isAfter(dayjs(), 'day');
  return (
    <div className="filters history-filters">
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
      <UnitPicker unit={wanted.unit} choose={unit => want({ ...wanted, unit })} />
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={wanted.fact ?? null}
        onChange={fact => want({ ...wanted, fact: fact ?? undefined })}
        placeholder={say('scrutiny.fact')}
        aria-label={say('scrutiny.fact')}
        popupMatchSelectWidth={false}
        options={kinds}
      />
      <DatePicker
        value={dayjsOf(wanted.from)}
        placeholder={say('scrutiny.from')}
        aria-label={say('scrutiny.from')}
        disabledDate={date => isLater(date) || (wanted.to !== undefined && date.isAfter(dayjs(wanted.to), 'day'))}
        onChange={date => want({ ...wanted, from: dateOf(date) })}
      />
      <DatePicker
        value={dayjsOf(wanted.to)}
        placeholder={say('scrutiny.to')}
        aria-label={say('scrutiny.to')}
        disabledDate={date => isLater(date) || (wanted.from !== undefined && date.isBefore(dayjs(wanted.from), 'day'))}
        onChange={date => want({ ...wanted, to: dateOf(date) })}
      />
      <DatePicker
        value={dayjsOf(wanted.until)}
        placeholder={say('scrutiny.asOf')}
        aria-label={say('scrutiny.asOf')}
        disabledDate={isLater}
        onChange={date => want({ ...wanted, until: dateOf(date) })}
      />
    </div>
  );
}
