import { languageNow } from './language.ts';

const inShanghai = { timeZone: 'Asia/Shanghai' } as const;
const formats = {
  zh: {
    day: new Intl.DateTimeFormat('zh-CN', { ...inShanghai, year: 'numeric', month: 'long', day: 'numeric' }),
    moment: new Intl.DateTimeFormat('zh-CN', {
      ...inShanghai,
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hour12: false,
    }),
    number: new Intl.NumberFormat('zh-CN'),
  },
  en: {
    day: new Intl.DateTimeFormat('en-GB', { ...inShanghai, year: 'numeric', month: 'short', day: 'numeric' }),
    moment: new Intl.DateTimeFormat('en-GB', {
      ...inShanghai,
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    }),
    number: new Intl.NumberFormat('en-GB'),
  },
};

/** @param date `YYYY-MM-DD`, a day of the calendar and no instant: it is the same day wherever it is read */
export function day(date: string | null | undefined): string {
  if (!date) return '—';
  return formats[languageNow()].day.format(new Date(`${date}T12:00:00+08:00`));
}

/** @param instant ISO 8601; shown as the clocks in Jilin showed it */
export const moment = (instant: string): string => formats[languageNow()].moment.format(new Date(instant));

export const number = (value: number): string => formats[languageNow()].number.format(value);

/** Today in Jilin, as `YYYY-MM-DD`. */
export const today = (): string => new Intl.DateTimeFormat('en-CA', inShanghai).format(new Date());
