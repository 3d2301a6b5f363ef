import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { idNumberOf, phoneOf } from '@lib/house/simulation/people.js';
import type { ServerKind, ServerReady } from './http-server.js';
import { measure, type Load, type Measured } from './load.js';
import { atMost, line, median, percentile, share, type Outcome } from './outcome.js';

const stationsPerRun = 2_000;
const fieldsByTurn = ['["ELDERLY","YOUTH"]', '["DISABLED","HEALTH","CHARITY"]'] as const;
const barOfRate = 0.5;
const barOfSlowest = 5;

interface Setup {
  /** An empty database. */
  readonly database: () => Promise<string>;
  readonly seconds?: number;
  readonly rounds?: number;
  readonly say: (text: string) => void;
}

/** A command over HTTP, complete and durable, against a bare route of the same framework that only validates the same body. */
export async function benchCommandOverHttp({ database, seconds = 3, rounds = 3, say }: Setup): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const commit = await oneCommit(await database());
  say(`one durable commit alone: p50 ${commit.toFixed(2)} ms`);
  for (const kind of ['alone', 'whole'] as const) {
    const where = kind === 'alone' ? 'the API process alone' : 'everything in one process';
    const server = await startServer(kind, await database(), await database());
    try {
      const { bare, house, bareWorkers, registering } = loads(server.ready, seconds);
      const compare = async (name: string, clients: number, peer: Run, ours: Run): Promise<Pairs> => {
        const pairs: { readonly bare: Measured; readonly house: Measured }[] = [];
        for (let round = 0; round < rounds; round += 1) pairs.push({ bare: await peer(clients), house: await ours(clients) });
        const figure = (which: 'bare' | 'house', what: keyof Measured) => median(pairs.map(pair => pair[which][what]));
        const failed = pairs.reduce((sum, pair) => sum + pair.house.failed + pair.bare.failed, 0);
        const ratio = median(pairs.map(pair => pair.house.perSecond / pair.bare.perSecond));
        say(
          `${name}, ${clients} clients, ${where}: ${ratio.toFixed(2)} of the bare route` +
            ` · ${Math.round(figure('house', 'perSecond'))}/s against ${Math.round(figure('bare', 'perSecond'))}/s` +
            ` · p50 ${figure('house', 'p50').toFixed(1)} / ${figure('bare', 'p50').toFixed(1)} ms` +
            ` · p99 ${figure('house', 'p99').toFixed(1)} / ${figure('bare', 'p99').toFixed(1)} ms`,
        );
        if (failed > 0) throw new Error(`${failed} requests failed`);
        return { name: `${name}, ${clients} clients, ${where}`, ratio, figure };
      };
      const tell = (outcome: Outcome) => {
        outcomes.push(outcome);
        say(line(outcome));
      };
      await bare(32);
      await house(32);
      for (const clients of [1, 32, 256]) {
        const { name, ratio, figure } = await compare('command over HTTP', clients, bare, house);
        if (clients === 1) {
          if (kind === 'alone')
            tell(atMost('one command alone, p50', figure('house', 'p50'), figure('bare', 'p50') + 3 * commit, 'ms'));
          continue;
        }
        // The bar speaks of the API process: views and policies are processes of their own where such a pace is wanted.
        tell(kind === 'alone' ? share(name, ratio, barOfRate) : { measure: name, figure: ratio.toFixed(2), bar: 'none' });
        if (kind === 'alone') tell(atMost(`${name}: p99`, figure('house', 'p99'), barOfSlowest * figure('bare', 'p99'), 'ms'));
      }
      await compare('RegisterWorker, sealed, with its person key', 32, bareWorkers, registering);
    } finally {
      await server.stop();
    }
  }
  return outcomes;
}

type Run = (clients: number) => Promise<Measured>;
interface Pairs {
  readonly name: string;
  readonly ratio: number;
  readonly figure: (which: 'bare' | 'house', what: keyof Measured) => number;
}

/** @param brokers where the server publishes; nowhere when left out */
export async function startServer(kind: ServerKind, log: string, keys: string, brokers: readonly string[] = []) {
  const child = fork(
    join(import.meta.dirname, 'http-server.js'),
    [log, keys, String(stationsPerRun), kind, ...(brokers.length > 0 ? [brokers.join()] : [])],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const ready = await new Promise<ServerReady>((resolve, reject) => {
    child.once('message', message => resolve(message as ServerReady));
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    ready,
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.send('stop');
      await ended;
    },
  };
}

function loads(ready: ServerReady, seconds: number) {
  const run =
    (url: string, next: (clients: number) => Load['next']): Run =>
    clients =>
      measure({ url, clients, seconds, next: next(clients) });

  const turns = new Map<string, number>();
  const house = run(ready.house, clients => (client, nth) => {
    // Each client has stations of its own, so that no two commands meet on one stream.
    const own = Math.floor(ready.stations.length / clients);
    const stationId = ready.stations[client * own + (nth % own)]!;
    const turn = turns.get(stationId) ?? 0;
    turns.set(stationId, turn + 1);
    return {
      path: `/api/service-stations/${stationId}/set-station-service-fields`,
      headers: `Authorization: Bearer ${ready.token}\r\nIdempotency-Key: ${randomUUID()}\r\n`,
      body: `{"serviceFields":${fieldsByTurn[turn % 2]!}}`,
    };
  });
  const bare = run(ready.bare, () => (_, nth) => ({
    path: '/bare/fields',
    headers: '',
    body: `{"serviceFields":${fieldsByTurn[nth % 2]!}}`,
  }));

  let registered = 0;
  const worker = () => {
    registered += 1;
    return JSON.stringify({
      workerId: randomUUID(),
      homeDivisionId: ready.divisionId,
      name: '李玉兰',
      idNumber: idNumberOf(registered),
      phone: phoneOf(registered),
      specialisms: ['ELDERLY', 'COMMUNITY_BUILDING'],
    });
  };
  const registering = run(ready.house, () => () => ({
    path: '/api/social-workers',
    headers: `Authorization: Bearer ${ready.registrar}\r\nIdempotency-Key: ${randomUUID()}\r\n`,
    body: worker(),
  }));
  const bareWorkers = run(ready.bare, () => () => ({ path: '/bare/workers', headers: '', body: worker() }));
  return { house, bare, registering, bareWorkers };
}

/** @returns milliseconds, p50, for one row in one transaction */
async function oneCommit(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('create table commits (nth int)');
    const times: number[] = [];
    for (let nth = 0; nth < 1_000; nth += 1) {
      const began = performance.now();
      await client.query({ name: 'commit', text: 'insert into commits values ($1)', values: [nth] });
      times.push(performance.now() - began);
    }
    return percentile(times, 0.5);
  } finally {
    await client.end();
  }
}
