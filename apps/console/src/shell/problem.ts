import type { components } from './contract.ts';

export type Problem = components['schemas']['Problem'];

/** Who changed what since the revision that was looked at. */
export interface ChangeSince {
  readonly at: string;
  readonly actorRole: string;
  readonly words: string;
}

/** The server said no, with a sentence for the person. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  /** The sentence about one field, where the server names it. */
  ofField(field: string): string | undefined {
    return this.problem.errors?.find(({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`))?.detail;
  }

  get changes(): readonly ChangeSince[] {
    return (this.problem.changes ?? []).map(({ at, actorRole, words }) => ({
      at: String(at),
      actorRole: String(actorRole),
      words: String(words),
    }));
  }

  /** Of the card after those changes; undefined where the no was about something else. */
  get etag(): string | undefined {
    const { actual } = this.problem;
    return actual === undefined ? undefined : `"${actual}"`;
  }
}

/** Nothing came back: the network is down, or the server is not there. */
export class Unreachable extends Error {}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'detail' in value && 'code' in value && 'status' in value;

/** @returns what the answer means; an answer that is no problem of ours, such as one of a proxy, still has its status */
export function problemIn(body: unknown, status: number, sentence: string): Problem {
  return isProblem(body) ? body : { type: 'about:blank', title: sentence, status, code: 'unreadable-answer', detail: sentence };
}
