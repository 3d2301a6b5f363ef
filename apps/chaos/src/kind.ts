import type { History } from './history.js';
import type { Random } from './random.js';
import type { Violations } from './violations.js';

/** What can be set for a run, beside rounds and seed; each kind takes what it understands. */
export interface Options {
  /** Who send commands or append at the same time. */
  readonly writers: number;
  /** How long a broker stays away, in seconds. */
  readonly seconds: number;
  /** How long a log gets; what is usual for the kind when left out. */
  readonly events: number | undefined;
  /** One way of a fault that has several. */
  readonly way: string | undefined;
}

/** A run of one kind, which ends with a verdict. */
export interface Run {
  readonly name: string;
  readonly seed: number;
  readonly rounds: number;
  /** Counted from 1; they end early when somebody asks for it, and what was done so far is checked. */
  readonly turns: Iterable<number>;
  readonly options: Options;
  readonly twin: string | undefined;
  readonly history: History;
  readonly violations: Violations;
  readonly random: Random;
  readonly say: (line: string) => void;
}

export interface Interruptions {
  /** Fewer than were asked for when somebody ended the run early. */
  readonly rounds: number;
  /** Rounds in which something was cut off, and was seen to be. */
  readonly interrupted: number;
}

export interface Kind {
  /** In words, for the list. */
  readonly does: string;
  readonly rounds: number;
  /**
   * Each is wrong on purpose in a way that this kind must find, with what it does wrong in the words of the checker: that some other
   * thing was found as well says nothing.
   */
  readonly twins: Readonly<Record<string, string>>;
  /** A round that interrupted nothing makes the run fail; elsewhere it takes all of them. */
  readonly eachRoundInterrupts: boolean;
  /** Why it cannot be run here, in words; undefined when it can. */
  readonly missing?: () => Promise<string | undefined>;
  /** Breaks, waits until all is well again, and checks. */
  run(run: Run): Promise<Interruptions>;
}
