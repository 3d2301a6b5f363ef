import type { AnyFact, Impersonal } from './event.js';

/**
 * What decisions must know of one stream: an initial state and how each fact changes it.
 * Also the form in which one context folds another's facts into a small state of its own.
 */
export interface Aggregate<State, F extends AnyFact = AnyFact> {
  readonly category: string;
  readonly initial: State;
  /** Never throws, never guards: history is fact. */
  evolve(state: State, fact: Impersonal<F>): State;
}

export const fold = <State, F extends AnyFact>(aggregate: Aggregate<State, F>, facts: Iterable<Impersonal<F>>): State => {
  let state = aggregate.initial;
  for (const fact of facts) state = aggregate.evolve(state, fact);
  return state;
};
