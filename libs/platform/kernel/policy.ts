import type { FactClass } from './event.js';
import type { Aggregate } from './aggregate.js';
import type { About } from './projection.js';
import type { ImpersonalData, Shape } from './shape.js';

/** What a policy may look at besides its fact. */
export interface Readings {
  /** A stream, folded as it is now. */
  state<State>(aggregate: Aggregate<State, never>, id: string): Promise<State>;
  /** Rows of a read model that has folded everything up to the policy's fact. */
  rows<Row>(table: string, where: Readonly<Record<string, string>>): Promise<readonly Row[]>;
}

/**
 * A fact calls for commands. Stateless; the reactor sends them with ids made of policy, event and step, so a replay repeats nothing.
 * A command that is refused is kept as a parked item that a person sees.
 */
export interface Policy {
  /** Permanent: its checkpoint and its command ids hang on it. */
  readonly name: string;
  readonly fact: string;
  readonly respond: (data: never, readings: Readings, about: About) => Promise<readonly object[]>;
}

export const policy = <T extends string, S extends Shape>(
  name: string,
  fact: FactClass<T, S>,
  respond: (data: ImpersonalData<S>, readings: Readings, about: About) => Promise<readonly object[]>,
): Policy => ({ name, fact: fact.type, respond: respond as Policy['respond'] });
