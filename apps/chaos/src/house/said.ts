import type { Account } from './town.js';

/** How the people of a run behave. */
export interface Manners {
  /** The share of lost answers after which they ask again with the same key. */
  readonly askAgain: number;
  /** The share of receipts after which they send the same once more, and once with another body. */
  readonly checkReceipts: number;
  /** A twin: takes a lost answer for a refusal, or asks again with another key. */
  readonly twin?: 'lost-is-failed' | 'new-key' | undefined;
}

export interface WritersSetup {
  readonly ledger: string;
  readonly seed: number;
  readonly writers: number;
  readonly tokens: Readonly<Record<Account, string>>;
  readonly urls: readonly string[];
  readonly manners: Manners;
  /** Milliseconds that one rests between two deeds. */
  readonly rest: number;
}

export type ToldToWriters = { readonly do: 'go' | 'stop' } | { readonly do: 'turn-to'; readonly urls: readonly string[] };

export interface Tally {
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** Answers that did not come, or that said that nobody knows. */
  readonly lost: number;
  /** Answers 503 that say that nothing was written. */
  readonly turnedAway: number;
  readonly statuses: Readonly<Record<string, number>>;
}

export type SaidByWriters =
  | { readonly said: 'ready' | 'turned' | 'stopped' }
  | ({ readonly said: 'tally' } & Tally)
  | { readonly said: 'trouble'; readonly words: string };

/** `halfopen`: what one end sends arrives, what the other sends does not. */
export const ways = ['reset', 'blackhole', 'halfopen', 'slow'] as const;
export type Way = (typeof ways)[number];

export interface ProxySetup {
  /** Where it leads: a port of this machine, or a socket. */
  readonly target: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly seed: number;
  /** The share of answers of HTTP that are lost although they say that it was done. */
  readonly loseAnswers: number;
  /** A file for what these answers said. */
  readonly notes?: string;
}

export type ToldToProxy = { readonly do: 'cut'; readonly way: Way } | { readonly do: 'mend' };

export type SaidByProxy =
  | { readonly said: 'listening'; readonly port: number }
  | { readonly said: 'lost'; readonly lost: number }
  | { readonly said: 'cut'; readonly lines: number }
  | { readonly said: 'mended' };
