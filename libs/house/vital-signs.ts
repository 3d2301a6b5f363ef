import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Vitals } from '@lib/platform/cqrs/health.controller.js';
import { parkedCommands } from '@lib/platform/cqrs/reactor.js';
import type { Lease } from '@lib/platform/lease/lease.js';
import type { Feed } from './feed.js';
import type { Foundation } from './foundation.js';

/** Whether a process takes work: true until it is asked to stop. */
export interface Doorkeeper {
  accepting: boolean;
}

export interface VitalParts {
  readonly process: Vitals['process'];
  readonly doorkeeper: Doorkeeper;
  readonly lag: Vitals['lag'];
  /** For a process of which one works and the others wait. */
  readonly lease?: Lease;
  /** Why its work has not begun although it holds the lease. */
  readonly trouble?: () => string | undefined;
  /** Of a process that publishes. */
  readonly feed?: Pick<Feed, 'state'> | undefined;
}

/** What health and metrics say of a process. */
export function vitalsOf(
  { store, durability, pool, clock }: Foundation,
  { process, doorkeeper, lag, lease, trouble, feed }: VitalParts,
): Vitals {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  new Gauge({
    name: 'yizhan_projection_behind',
    help: 'Events that a projection, or the slowest policy, has not taken in yet',
    labelNames: ['projection'],
    registers: [metrics],
    async collect() {
      for (const { name, head, position } of await lag()) this.set({ projection: name }, Number(BigInt(head) - BigInt(position)));
    },
  });
  if (feed) {
    new Gauge({
      name: 'yizhan_relay_parked',
      help: 'Facts that could not be published and wait for somebody to look at them',
      registers: [metrics],
      async collect() {
        const { state, oldest, parked } = await feed.state();
        this.set(parked);
        publishing.set(state === 'publishing' ? 1 : 0);
        delay.set(oldest === undefined ? 0 : Math.max(0, (clock() - Date.parse(oldest)) / 1000));
      },
    });
    const publishing = new Gauge({
      name: 'yizhan_relay_publishing',
      help: '1 while this process publishes, 0 while it waits for the lease, the broker or the topics',
      registers: [metrics],
    });
    const delay = new Gauge({
      name: 'yizhan_relay_delay_seconds',
      help: 'How long the fact that is next to go out has been waiting',
      registers: [metrics],
    });
  }
  if (lease) {
    new Gauge({
      name: 'yizhan_lease_held',
      help: '1 while this process does the work, 0 while it waits to take over',
      labelNames: ['lease'],
      registers: [metrics],
      collect() {
        this.set({ lease: lease.name }, lease.grant ? 1 : 0);
      },
    });
  }
  return {
    process,
    accepting: () => doorkeeper.accepting,
    durability,
    metrics,
    lag,
    parked: () => parkedCommands(pool),
    ...(feed ? { feed: () => feed.state() } : {}),
    storeAnswers: () =>
      store.head().then(
        () => true,
        () => false,
      ),
    ...(lease
      ? {
          lease: async () => {
            const known = await lease.holder();
            return {
              state: lease.grant ? ('held' as const) : ('waiting' as const),
              holder: known?.current ? known.holder : undefined,
              token: known && String(known.token),
              trouble: trouble?.(),
            };
          },
        }
      : {}),
  };
}
