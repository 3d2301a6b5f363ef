import { day, number } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';

/** `+3`, `−2`, or `±0`: a sign before every number, so that more and less differ in more than their colour. */
export const signed = (change: number): string => {
  if (change === 0) return '±0';
  return change > 0 ? `+${number(change)}` : `−${number(-change)}`;
};

/** How much more there is than on another day. */
export function Change({ change, since }: { change: number | undefined; since: string | undefined }) {
  const { say } = useWords();
  if (change === undefined || !since) return null;
  return (
    <span className="change number">
      <span aria-hidden>{signed(change)}</span>
      <span className="hidden-text">{say('overview.change', { date: day(since), change: signed(change) })}</span>
    </span>
  );
}
