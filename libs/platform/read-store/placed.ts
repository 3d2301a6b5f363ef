import { setImmediate } from 'node:timers/promises';
import { endsAppend, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { OpenFact } from '@lib/platform/kernel/projection.js';
import type { PlacedFact } from './lane.js';

/** Upcasts and opens what was sealed: one fact per event, in the same order. */
export type Opening = (events: readonly RecordedEvent[]) => Promise<readonly OpenFact[]>;

/** Events opened before others get their turn: opening keeps the process busy. */
const openedAtOnce = 500;

/**
 * The facts of a page that somebody hears, each with the end of its append.
 * @throws when the page ends within an append, or an event cannot be opened
 */
export async function placed(
  events: readonly RecordedEvent[],
  hears: (type: string) => boolean,
  open: Opening,
): Promise<readonly PlacedFact[]> {
  const heard: RecordedEvent[] = [];
  const ends: string[] = [];
  let end = '';
  for (let nth = events.length - 1; nth >= 0; nth -= 1) {
    const event = events[nth]!;
    if (endsAppend(event)) end = event.position;
    if (!end) throw new Error(`the page up to ${event.position} ends within an append`);
    if (hears(event.type)) {
      heard.push(event);
      ends.push(end);
    }
  }
  if (heard.length === 0) return [];
  ends.reverse();
  heard.reverse();
  const facts: OpenFact[] = [];
  for (let at = 0; at < heard.length; at += openedAtOnce) {
    if (at > 0) await setImmediate();
    facts.push(...(await open(heard.slice(at, at + openedAtOnce))));
  }
  if (facts.length !== heard.length) throw new Error(`${heard.length} events were opened as ${facts.length} facts`);
  return facts.map(({ fact, about }, nth) => ({ fact, about, appendEnd: ends[nth]! }));
}
