import { useSyncExternalStore } from 'react';
import { sessionNow, whenSessionChanges } from '../shell/session.ts';

export interface Person {
  readonly volunteerId: string;
  readonly name: string;
}

export type Chosen = ReadonlyMap<string, Person>;

const nobody: Chosen = new Map();
const byCenter = new Map<string, Chosen>();
const listeners = new Set<() => void>();

export function choose(centerId: string, people: Chosen): void {
  byCenter.set(centerId, people);
  for (const listener of listeners) listener();
}

/** Besides those who are chosen already: an answer may come when one has gone on to others. */
export const chooseAsWell = (centerId: string, person: Person): void =>
  choose(centerId, new Map([...(byCenter.get(centerId) ?? nobody), [person.volunteerId, person]]));

whenSessionChanges(() => {
  if (!sessionNow()) byCenter.clear();
});

const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Who is chosen to be assigned to a station of a center; it outlives leaving the page, in memory only. */
export const useChosen = (centerId: string): Chosen => useSyncExternalStore(listen, () => byCenter.get(centerId) ?? nobody);
