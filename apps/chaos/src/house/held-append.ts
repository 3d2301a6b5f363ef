import { setTimeout as delay } from 'node:timers/promises';

export interface Appending {
  /** The backends that append for the doors, or lie idle between two appends. */
  backends(): Promise<readonly number[]>;
  /** Whether this one is in the midst of an append: the answer has not gone out. */
  isAtWork(backend: number): Promise<boolean>;
  stop(backend: number): void;
  wake(backend: number): void;
}

/**
 * Stops a backend in the midst of an append, wherever in it that is. One that turns out to have been idle is woken up again, and another
 * or the same is stopped a little later.
 * @param draw from 0 to below a number
 * @returns the backend, which stands still
 * @throws when none was met at work in so many tries
 */
export async function holdAppend(appending: Appending, draw: (below: number) => number, tries = 2_000): Promise<number> {
  for (let nth = 0; nth < tries; nth += 1) {
    const backends = await appending.backends();
    const backend = backends[draw(Math.max(1, backends.length))];
    if (backend !== undefined) {
      appending.stop(backend);
      if (await appending.isAtWork(backend)) return backend;
      appending.wake(backend);
    }
    await delay(draw(8));
  }
  throw new Error(`in ${tries} tries no append was met under way`);
}
