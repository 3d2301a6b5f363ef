import { beforeEverything, type EventStore, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { categoryOfStream } from '@lib/platform/kernel/event.js';
import { jilinDivisions } from '@lib/territory/division/data/jilin.js';
import type { Written } from './bring-deeds.js';
import type { GrowthPlan } from './growth.js';

const actorPrefix = 'simulation:';

/** Who is said to have written a simulated fact: the plan, so that it can be gone on with. */
export const simulationActor = ({ seed, events }: GrowthPlan) => `${actorPrefix}${seed}:${events}`;

/** What the first day of an office leaves in its log. */
const ofTheFirstDay: ReadonlySet<string> = new Set(['division', 'divisionCode', 'account']);
/** The first day leaves about 40,000 facts; a longer log is not looked through. */
const longestFirstDay = 200_000;
const pageSize = 4_000;

/** Whether the log holds all divisions, perhaps accounts, and nothing else. */
export async function isTrialOffice(store: Pick<EventStore, 'head' | 'readAll'>): Promise<boolean> {
  if (Number(await store.head()) > longestFirstDay) return false;
  let divisions = 0;
  for (let after = beforeEverything; ;) {
    const page = await store.readAll(after, pageSize);
    const last = page.at(-1);
    if (!last) return divisions >= jilinDivisions().divisions.length;
    if (!page.every(({ stream }) => ofTheFirstDay.has(categoryOfStream(stream)))) return false;
    divisions += page.filter(({ type }) => type === 'DivisionDefined').length;
    after = last.position;
  }
}

/**
 * What a simulation has written into a log whose last fact is its own: everything from its first one on. The store counts densely.
 * @returns undefined when the last fact is not one of a simulation
 */
export async function simulatedSoFar(
  store: Pick<EventStore, 'head' | 'readAt'>,
): Promise<(Written & { readonly actor: string }) | undefined> {
  const head = Number(await store.head());
  const at = async (position: number) => (await store.readAt([String(position)]))[0];
  const last = head > 0 ? await at(head) : undefined;
  if (!last || !isSimulated(last)) return undefined;
  let [others, own] = [0, head];
  while (own - others > 1) {
    const middle = Math.floor((others + own) / 2);
    const event = await at(middle);
    if (event && isSimulated(event)) own = middle;
    else others = middle;
  }
  return { facts: head - others, commandId: last.metadata.commandId!, actor: last.metadata.actor! };
}

const isSimulated = ({ metadata }: RecordedEvent) => metadata.actor?.startsWith(actorPrefix) === true;
