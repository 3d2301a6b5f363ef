/** Business dates are calendar dates in Asia/Shanghai, which has kept UTC+8 without summer time since 1992. */
const shanghaiOffset = 8 * 3600_000;
const day = 86_400_000;

let lastDay = Number.NaN;
let lastDate = '';

/** The calendar date in Asia/Shanghai at an instant (milliseconds since 1970). */
export function dateInShanghai(instant: number): string {
  const nth = Math.floor((instant + shanghaiOffset) / day);
  // Every command asks, and nearly always for the same day.
  if (nth !== lastDay) {
    lastDate = new Date(nth * day).toISOString().slice(0, 10);
    lastDay = nth;
  }
  return lastDate;
}

/** The first instant after a calendar date in Asia/Shanghai, in milliseconds since 1970. */
export const endOfDateInShanghai = (date: string): number => Date.parse(`${date}T00:00:00Z`) + day - shanghaiOffset;

export const daysBetween = (earlier: string, later: string): number =>
  Math.round((Date.parse(`${later}T00:00:00Z`) - Date.parse(`${earlier}T00:00:00Z`)) / day);

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10);

/** True for a `YYYY-MM-DD` that exists in the calendar; there is no year 0. */
export const isCalendarDate = (value: string): boolean => {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const instant = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().slice(0, 10) === value;
};
