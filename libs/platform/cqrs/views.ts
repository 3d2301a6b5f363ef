import type { By, Principal, Reach, Sight } from '@lib/platform/kernel/access.js';
import type { Words } from '@lib/platform/kernel/event.js';

export type Language = 'zh' | 'en';

/** What a query may use: the read models, the asker's reach and sight, and the moment that is looked at. */
export interface Looking<Reader> {
  readonly reader: Reader;
  readonly principal: Principal;
  readonly reach: Reach;
  /** A place with everything that lies in it, also what ended there; undefined for the root, which is everywhere. */
  readonly under: (divisionId: string) => readonly string[] | undefined;
  readonly sight: Sight;
  readonly language: Language;
}

/** What a view answers; `revision` is that of the own stream of a card and becomes its ETag. */
export interface Answer<Body> {
  readonly body: Body;
  readonly revision?: number;
}

export interface AnyView {
  readonly name: string;
  /** Path below `/api/`, with `{id}` gaps that are fields of `asks`. */
  readonly at: string;
  readonly by: By;
  readonly asks: new () => object;
  readonly answers: new () => object;
  readonly words: Words;
  readonly answer: (ask: never, looking: never) => Promise<Answer<object> | undefined>;
}

interface ViewRules<Ask, Body, Reader> {
  readonly at: string;
  readonly by: By;
  readonly asks: new () => Ask;
  readonly answers: new () => Body;
  readonly words: Words;
  /** @returns undefined for what does not exist or is out of reach: both are answered with the same bytes */
  readonly answer: (ask: Ask, looking: Looking<Reader>) => Promise<Answer<Body> | undefined>;
}

/** Something that can be looked at: one read query, its route `GET /api/<at>`, who may ask it. */
export const view = <Ask extends object, Body extends object, Reader>(
  name: string,
  rules: ViewRules<Ask, Body, Reader>,
): AnyView => ({ name, ...rules, answer: rules.answer as AnyView['answer'] });
