import { useState } from 'react';

/**
 * What was typed and not sent yet, and what a list was narrowed down to. It lies in memory only, because much of it is about
 * people; it outlives leaving the page, a lost connection and an expired session, and the browser asks before it closes the tab.
 */
const drafts = new Map<string, object>();
const remembered = new Map<string, unknown>();

export const draftOf = <Values extends object>(form: string): Partial<Values> =>
  (drafts.get(form) as Partial<Values> | undefined) ?? {};
export const keepDraft = (form: string, values: object): void => void drafts.set(form, values);
export const dropDraft = (form: string): void => void drafts.delete(form);
export const hasDrafts = (): boolean => drafts.size > 0;

export function forgetDrafts(): void {
  drafts.clear();
  remembered.clear();
}

/**
 * Like `useState`, but still so when one comes back to the page.
 * @param asked by whoever opened the page; it comes before what was so the last time
 */
export function useRemembered<Value>(name: string, initial: Value, asked?: Value): readonly [Value, (value: Value) => void] {
  const [value, set] = useState<Value>(() => {
    if (asked !== undefined) remembered.set(name, asked);
    return remembered.has(name) ? (remembered.get(name) as Value) : initial;
  });
  return [
    value,
    next => {
      remembered.set(name, next);
      set(next);
    },
  ];
}
