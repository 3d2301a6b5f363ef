import { DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useWords } from '../shell/language.ts';

/** Days as `YYYY-MM-DD`, both included; a side that is left out is open. */
export interface Between {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type DayWord = 'scrutiny.from' | 'scrutiny.to' | 'scrutiny.asOf';

interface PastDayProps {
  readonly word: DayWord;
  readonly day: string | undefined;
  readonly choose: (day: string | undefined) => void;
  readonly earliest?: string | undefined;
  readonly latest?: string | undefined;
}

/** A day up to today: nothing is recorded later. */
export function PastDay({ word, day, choose, earliest, latest }: PastDayProps) {
  const { say } = useWords();
  const isOut = (date: Dayjs) =>
    date.isAfter(dayjs(latest), 'day') || (earliest !== undefined && date.isBefore(dayjs(earliest), 'day'));
  return (
    <DatePicker
      value={day ? dayjs(day) : null}
      placeholder={say(word)}
      aria-label={say(word)}
      disabledDate={isOut}
      onChange={date => choose(date?.format('YYYY-MM-DD'))}
    />
  );
}

/** The period in which something was recorded; neither side can be chosen beyond the other. */
export function RecordedBetween({ from, to, choose }: Between & { choose: (between: Between) => void }) {
  return (
    <>
      <PastDay word="scrutiny.from" day={from} choose={chosen => choose({ from: chosen, to })} latest={to} />
      <PastDay word="scrutiny.to" day={to} choose={chosen => choose({ from, to: chosen })} earliest={from} />
    </>
  );
}
