import { useSyncExternalStore } from 'react';
import { useSession } from '../shell/session.ts';
import { useMe, type Me } from './me.ts';

export interface OwnPlace {
  readonly divisionId: string;
  readonly name: string;
  readonly role: string;
}

/** The places in which a role is held, each once, the smallest first. */
export const placesOf = (me: Me | undefined): readonly OwnPlace[] =>
  [...new Map((me?.grants ?? []).map(grant => [grant.divisionId, grant])).values()].toSorted(
    (one, other) => other.code.length - one.code.length,
  );

const kept = (account: string) => `yizhan.place.${account}`;
const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** Works in one of one's places from now on, in this browser, until another is chosen. @param divisionId undefined: in all of them */
export function choosePlace(account: string, divisionId: string | undefined): void {
  if (divisionId) localStorage.setItem(kept(account), divisionId);
  else localStorage.removeItem(kept(account));
  for (const listener of listeners) listener();
}

/** The place that was chosen; undefined for all of them, and where a role is no longer held. */
export function usePlace(): OwnPlace | undefined {
  const account = useSession()?.account ?? '';
  const { data } = useMe();
  const chosen = useSyncExternalStore(listen, () => localStorage.getItem(kept(account)));
  return placesOf(data).find(({ divisionId }) => divisionId === chosen);
}
