import { useSyncExternalStore, type ReactNode } from 'react';

/** Draws a form that was sent and refused meanwhile. */
type Form = (close: () => void) => ReactNode;

let form: { readonly nth: number; readonly draw: Form } | undefined;
const listeners = new Set<() => void>();

function set(next: typeof form): void {
  form = next;
  for (const listener of listeners) listener();
}

const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Opens a form again, on whichever page one is now. */
export const openAgain = (draw: Form): void => set({ nth: (form?.nth ?? 0) + 1, draw });

/** Where such a form appears; it stands once, in the shell. */
export function OpenedAgain() {
  const shown = useSyncExternalStore(listen, () => form);
  return shown ? <div key={shown.nth}>{shown.draw(() => set(undefined))}</div> : null;
}
