import { day } from './dates.ts';
import { useWords } from './language.ts';

/** From its first day until its end, if there is one. */
export function Period({ from, until }: { from: string; until: string | null }) {
  const { say } = useWords();
  return until ? say('period.between', { from: day(from), until: day(until) }) : say('period.since', { date: day(from) });
}
