import { Select } from 'antd';
import dayjs from 'dayjs';
import { useMemo } from 'react';
import { useClear } from '../shell/clear.tsx';
import { factWords } from '../shell/fact-words.ts';
import { useWords } from '../shell/language.ts';
import { ActorPicker } from './actor-picker.tsx';
import type { HistoryFilter } from './queries.ts';
import { PastDay, RecordedBetween, type Between } from './recorded-between.tsx';
import { UnitPicker, type Unit } from './unit-picker.tsx';

/** What a history is narrowed down to; days as `YYYY-MM-DD`. */
export interface Wanted extends Between {
  readonly actor?: string | undefined;
  readonly fact?: string | undefined;
  readonly unit?: Unit | undefined;
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

/** By whom, where, of what kind, and when: every filter is answered by the server. */
export function HistoryFilters({ wanted, want }: { wanted: Wanted; want: (wanted: Wanted) => void }) {
  const { say, happened, language } = useWords();
  const clear = useClear();
  const kinds = useMemo(() => {
    const order = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en');
    return facts
      .map(fact => ({ value: fact, label: happened(fact) }))
      .toSorted((one, other) => order.compare(one.label, other.label));
  }, [happened, language]);
  return (
    <div className="filters history-filters">
      <ActorPicker actor={wanted.actor} choose={actor => want({ ...wanted, actor })} />
      <UnitPicker unit={wanted.unit} choose={unit => want({ ...wanted, unit })} />
      <Select
        allowClear={clear}
        showSearch={{ optionFilterProp: 'label' }}
        value={wanted.fact ?? null}
        onChange={fact => want({ ...wanted, fact: fact ?? undefined })}
        placeholder={say('scrutiny.fact')}
        aria-label={say('scrutiny.fact')}
        popupMatchSelectWidth={false}
        options={kinds}
      />
      <RecordedBetween from={wanted.from} to={wanted.to} choose={between => want({ ...wanted, ...between })} />
      <PastDay word="scrutiny.asOf" day={wanted.until} choose={until => want({ ...wanted, until })} />
    </div>
  );
}
