import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from '@lib/platform/cqrs/outage.js';
import { Lease, type Grant } from '@lib/platform/lease/lease.js';
import type { Foundation } from './foundation.js';
import { processName } from './standing-on.js';
import type { Running } from './program.js';

type End = () => Promise<void>;

export interface LeasedWork {
  readonly lease: Lease;
  /** Why the work has not begun although the lease is held; it is tried again. Undefined when nothing keeps it. */
  trouble(): string | undefined;
  /**
   * Asks for the lease, from now on and again whenever it is lost.
   * @param work starts it; what it returns ends it where a batch ends. When it meets a database that does not answer it is called again
   * after a while; when it throws anything else while the lease is held, the program ends.
   */
  begin(work: (grant: Grant) => Promise<End>): void;
  /** Ends the work in order and gives the lease back, or gives up waiting for it. */
  stop(): Promise<void>;
}

const longestPause = 5_000;

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Work of which there is one: the first process does it, the others wait and take over when it stops or falls silent.
 * @param name of the lease, which is permanent
 */
export function leasedWork(
  { pool, log }: Pick<Foundation, 'pool' | 'log'>,
  { say, fail }: Pick<Running, 'say' | 'fail'>,
  name: string,
): LeasedWork {
  const stopping = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  let trouble: string | undefined;
  const lease = new Lease({
    pool,
    name,
    holder: processName(),
    report: error => log.warn({ lease: name, error: error.message }, 'lease'),
  });

  /** @returns undefined when the lease was lost, or a stop was asked for, before the work had begun */
  const started = async (work: (grant: Grant) => Promise<End>, grant: Grant): Promise<End | undefined> => {
    try {
      for (let failures = 0; !grant.signal.aborted; failures += 1) {
        try {
          return await work(grant);
        } catch (error) {
          if (!isOutage(error)) throw error;
          trouble = (error as Error).message;
          log.warn({ lease: name, error: trouble }, 'the work has not begun and will be tried again');
          const pause = Math.min(longestPause, 250 * 2 ** failures);
          await delay(pause, undefined, { signal: grant.signal }).catch(() => undefined);
        }
      }
      return undefined;
    } finally {
      trouble = undefined;
    }
  };

  return {
    lease,
    trouble: () => trouble,
    begin(work) {
      const whileHeld = async (grant: Grant) => {
        const end = await started(work, grant);
        if (end) {
          say({
            zh: `${name}:本进程开始工作(令牌 ${grant.token})`,
            en: `${name}: this process does the work (token ${grant.token})`,
          });
          await aborted(grant.signal);
        }
        if (!stopping.signal.aborted) say({ zh: `${name}:租约已失,停下等待`, en: `${name}: the lease is lost; waiting for it` });
        await end?.();
      };
      working = lease.held(whileHeld, stopping.signal).catch(fail);
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
