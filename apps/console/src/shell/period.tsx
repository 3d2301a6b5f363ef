import { day } from './dates.ts';
import { useWords } from './language.ts';

/** From its first day until its end, if there is one. */
export function Period({ from, until }: { from: string; until: string | null }) {
  const { say } = useWords();
  return until ? say('volunteering.period', { from: day(from), until: day(until) }) : say('network.since', { date: day(from) });
}
