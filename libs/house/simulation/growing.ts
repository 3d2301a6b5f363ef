import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { Chance } from './chance.js';
import type { Deed } from './bring-deeds.js';

/** The first day of five years, and how many they have. */
export const firstDay = '2021-11-01';
export const daysOfGrowth = 1_826;

/** What all parts of the growing province share. */
export interface Growing {
  readonly by: Chance;
  /** The day that it is, `YYYY-MM-DD`. */
  readonly today: () => string;
  readonly idOf: (kind: string, nth: number | string) => string;
}

/** Something that may happen today, by how often it does; undefined when there is nobody to whom it could. */
export interface Happening {
  readonly weight: number;
  readonly happens: () => Deed | undefined;
}

export const deedOf = ({ today }: Growing, division: string, ...facts: readonly AnyFact[]): Deed => ({
  facts,
  division,
  on: today(),
});
