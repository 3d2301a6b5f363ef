import { useSyncExternalStore } from 'react';

/** Who is signed in in this tab. The token stays in the tab: it is in no address, no cookie, and gone with the tab. */
export interface Session {
  readonly account: string;
  readonly token: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
  /** True once the server no longer takes the token; the page stays until somebody signs in again. */
  readonly expired: boolean;
}

const kept = 'yizhan.session';
const listeners = new Set<() => void>();

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' && value !== null && 'token' in value && 'account' in value && 'expiresAt' in value;

function read(): Session | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(kept) ?? 'null');
    return isSession(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

let session = read();

function set(next: Session | undefined): void {
  session = next;
  if (next) sessionStorage.setItem(kept, JSON.stringify(next));
  else sessionStorage.removeItem(kept);
  for (const listener of listeners) listener();
}

export const sessionNow = (): Session | undefined => session;
export const openSession = (opened: Omit<Session, 'expired'>): void => set({ ...opened, expired: false });
export const closeSession = (): void => set(undefined);
/** @param token that was refused; a newer one is not affected */
export function expireSession(token: string): void {
  if (session?.token === token && !session.expired) set({ ...session, expired: true });
}

export function whenSessionChanges(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useSession = (): Session | undefined => useSyncExternalStore(whenSessionChanges, sessionNow);
