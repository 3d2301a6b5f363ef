import { addDays } from '@lib/platform/kernel/calendar.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { chance } from './chance.js';
import type { Deed } from './bring-deeds.js';
import { daysOfGrowth, firstDay, type Growing } from './growing.js';
import { structureOf } from './structure.js';
import { volunteersOf } from './volunteers.js';
import { workersOf } from './workers.js';

export interface GrowthPlan {
  /** Another seed is another province: other ids, other people, other days. */
  readonly seed: number;
  /** About so many facts are made, spread over five years: the last deed may add a few. */
  readonly events: number;
}

/**
 * A province that grows over five years, from its first center to its volunteers: what its commands would have written, day by day.
 * The same plan gives the same deeds on every machine. Divisions are there already; policies have had their say.
 */
export function* growthDeeds({ seed, events }: GrowthPlan): Generator<Deed> {
  let today = firstDay;
  const growing: Growing = {
    by: chance(seed),
    today: () => today,
    idOf: (kind, nth) => uuidV5(namespaces.command, `simulation ${seed} ${kind} ${nth}`),
  };
  const structure = structureOf(growing, events);
  const workers = workersOf(growing, structure);
  const volunteers = volunteersOf(growing, structure);
  const happenings = [...structure.happenings, ...workers.happenings, ...volunteers.happenings];
  const sum = happenings.reduce((total, { weight }) => total + weight, 0);

  const next = (): Deed => {
    for (;;) {
      const due = workers.follows() ?? structure.opens();
      if (due) return due;
      let drawn = growing.by.next() * sum;
      const drawnOne = happenings.find(({ weight }) => (drawn -= weight) < 0) ?? happenings[0]!;
      const deed = drawnOne.happens();
      if (deed) return deed;
    }
  };

  let made = 0;
  for (let day = 0; day < daysOfGrowth; day += 1) {
    today = addDays(firstDay, day);
    structure.reaches(day);
    const until = (events * (day + 1)) / daysOfGrowth;
    while (made < until) {
      const deed = next();
      made += deed.facts.length;
      yield deed;
    }
  }
}
