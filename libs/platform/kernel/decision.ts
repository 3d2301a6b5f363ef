import type { AnyFact, Words } from './event.js';

/** What a decision may know of the world outside its streams. No decision reads a clock. */
export interface Circumstances {
  /** The instant, ISO 8601 in UTC. */
  readonly now: string;
  /** Today's calendar date in Asia/Shanghai. */
  readonly today: string;
  /** The calendar date from which the decision counts; today unless the caller named an earlier one. */
  readonly on: string;
  readonly actor: string;
}

export type Decide<Command, States> = (command: Command, states: States, circumstances: Circumstances) => readonly AnyFact[];

/** The office says no. `code` is a kebab-case sentence, unique and greppable; the words are shown to the person as they are. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly words: Words,
    readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>> = {},
  ) {
    super(`${code}: ${words.en}`);
  }
}
