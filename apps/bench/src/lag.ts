import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { PostgresLedger } from '@lib/platform/feed/consumer/ledger.js';
import { Subscriber } from '@lib/platform/feed/consumer/subscriber.js';
import { startServer } from './command-over-http.js';
import { percentile, type Outcome } from './outcome.js';
import { atPace, Client } from './paced.js';

const perSecond = 200;
const seconds = 20;
const topic = 'yizhan.service-station.v1';
const fields = ['["ELDERLY","YOUTH"]', '["DISABLED","HEALTH"]'] as const;

/** From the answer to a command until a subscriber, in a process of its own, has applied its fact in its own database. */
export async function benchLag({
  database,
  brokers,
  say,
}: {
  readonly database: () => Promise<string>;
  readonly brokers: readonly string[];
  readonly say: (line: string) => void;
}): Promise<Outcome> {
  const server = await startServer('whole', await database(), await database(), brokers);
  const pool = new pg.Pool({ connectionString: await database(), max: 3 });
  const appliedAt = new Map<string, number>();
  const subscriber = new Subscriber({
    name: `lag-${randomUUID()}`,
    brokers,
    topics: [topic],
    ledger: new PostgresLedger(pool, 'lag'),
    apply: async (_, facts) => {
      const now = performance.now();
      for (const { position } of facts) appliedAt.set(position, now);
    },
    reportEvery: 0,
  });
  try {
    await subscriber.start();
    await subscriber.caughtUp();
    const { house, token, stations } = server.ready;
    const client = new Client(house, 32);
    const answered = await atPace(perSecond, seconds, async nth => {
      const reply = await client.ask({
        path: `/api/service-stations/${stations[nth % stations.length]!}/set-station-service-fields`,
        token,
        headers: { 'idempotency-key': randomUUID() },
        body: `{"serviceFields":${fields[Math.floor(nth / stations.length) % 2]!}}`,
      });
      if (reply.status >= 300) throw new Error(`${reply.status} ${reply.body}`);
      return { position: (JSON.parse(reply.body) as { position: string }).position, at: performance.now() };
    });
    client.close();
    for (let tries = 0; answered.some(({ position }) => !appliedAt.has(position)); tries += 1) {
      if (tries > 3_000) throw new Error('the subscriber never applied everything');
      await pause(10);
    }
    // A fact that is applied before the answer has reached its asker counts as 0.
    const lags = answered.map(({ position, at }) => Math.max(0, appliedAt.get(position)! - at));
    const [p50, p99] = [percentile(lags, 0.5), percentile(lags, 0.99)];
    say(
      `answered → applied by a subscriber, ${perSecond} commands/s for ${seconds} s: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    );
    return { measure: `answered → applied by a subscriber, p99 at ${perSecond}/s`, figure: `${p99.toFixed(0)} ms`, bar: '–' };
  } finally {
    await subscriber.stop();
    await pool.end();
    await server.stop();
  }
}
