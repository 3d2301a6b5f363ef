import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import type { Go, Gone } from './appending-process.js';
import { median, type Outcome } from './outcome.js';

// Short runs, many of them: whatever else the machine does falls on both sides.
const pairs = 15;
const seconds = 1;
const clientsInAll = [32, 256];

/**
 * Appends per second of two processes on one PostgreSQL, each with half of the clients, to those of one process with all of them.
 * Every append takes the same head row, so this says what the second one costs or brings, not how far it scales.
 */
export async function benchProcesses({
  database,
  say,
}: {
  readonly database: () => Promise<string>;
  readonly say: (line: string) => void;
}): Promise<readonly Outcome[]> {
  const url = await database();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await createLogSchema(client);
  const children = [launch(url), launch(url)];
  await Promise.all(children.map(child => once(child, 'message')));
  const [one] = children as [ChildProcess, ChildProcess];
  const outcomes: Outcome[] = [];
  try {
    await append([one], { clients: 32, seconds: 3 });
    await append(children, { clients: 32, seconds: 3 });
    for (const clients of clientsInAll) {
      const runs: { alone: number; together: number }[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        const first = pair % 2 === 0 ? await append([one], { clients, seconds }) : undefined;
        const together = await append(children, { clients: clients / 2, seconds });
        runs.push({ together, alone: first ?? (await append([one], { clients, seconds })) });
      }
      const ratio = median(runs.map(({ alone, together }) => together / alone));
      const rate = (of: (run: (typeof runs)[number]) => number) => Math.round(median(runs.map(of))).toLocaleString('en');
      say(
        `append, ${clients} clients: one process ${rate(run => run.alone)}/s, two processes ${rate(run => run.together)}/s,` +
          ` ratio ${ratio.toFixed(2)}`,
      );
      outcomes.push({
        measure: `append, ${clients} clients, two processes to one`,
        figure: ratio.toFixed(2),
        bar: '–',
      });
    }
    const { rows } = await client.query<{ dense: boolean; events: string }>(
      `select count(*) as events, count(*) = (select position from log.log_head) and count(*) = max(position) as dense from log.events`,
    );
    say(`${Number(rows[0]!.events).toLocaleString('en')} events, positions ${rows[0]!.dense ? 'dense' : 'NOT dense'}`);
    if (!rows[0]!.dense) throw new Error('positions are not dense');
  } finally {
    await Promise.all(
      children.map(async child => {
        const ended = once(child, 'exit');
        child.send('stop');
        await ended;
      }),
    );
    await client.end();
  }
  return outcomes;
}

const launch = (url: string) =>
  fork(join(import.meta.dirname, 'appending-process.js'), [url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

async function append(children: readonly ChildProcess[], go: Go): Promise<number> {
  const rates = await Promise.all(
    children.map(async child => {
      const answered = once(child, 'message') as Promise<[Gone]>;
      child.send(go);
      return (await answered)[0].perSecond;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
