import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again whether something has become true.
 * @param within milliseconds
 * @throws when it has not by then
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, within = 120_000): Promise<void> {
  for (const end = performance.now() + within; !(await holds()); await delay(5)) {
    if (performance.now() > end) throw new Error(`in ${within / 1000} s it did not come true that ${what}`);
  }
}
