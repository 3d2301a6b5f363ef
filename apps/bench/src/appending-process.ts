import { randomUUID } from 'node:crypto';
import { appendOf } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';

export interface Go {
  readonly clients: number;
  readonly seconds: number;
}

/** Appended in that time, all clients together. */
export interface Gone {
  readonly appended: number;
  readonly perSecond: number;
}

const eventsPerStream = 20;

const anEvent = () => ({
  id: randomUUID(),
  type: 'SocialWorkerAssigned',
  metadata: { actor: 'staff-0217', actorRole: 'centerStaff', commandId: randomUUID(), effectiveOn: '2025-11-24', version: '1' },
  data: { stationId: randomUUID(), workerId: randomUUID(), from: '2025-11-24', note: 'assigned after the spring round' },
});

const store = new PostgresEventStore({ connectionString: process.argv[2]! });

/** Each client appends one event after the other, to streams of its own. */
async function run({ clients, seconds }: Go): Promise<Gone> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let appended = 0;
  const client = async () => {
    for (;;) {
      const stream = `bench-${randomUUID()}`;
      for (let expected = -1; expected < eventsPerStream - 1; expected += 1) {
        if (performance.now() > end) return;
        await store.append(appendOf([{ stream, expected, events: [anEvent()] }], []));
        appended += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { appended, perSecond: (appended / (performance.now() - start)) * 1000 };
}

await store.head();
process.on('message', message => {
  if (message === 'stop') void store.close().then(() => process.exit(0));
  else void run(message as Go).then(gone => process.send?.(gone));
});
process.send?.('ready');
