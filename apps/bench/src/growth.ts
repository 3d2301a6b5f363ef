import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { atMost, line, median, type Outcome, percentile } from './outcome.js';
import { cpuSeconds, serverCpuSeconds } from './cpu.js';
import { Client, type Question } from './paced.js';
import {
  answered,
  password,
  peakMegabytes,
  readOwnWrites,
  residentMegabytes,
  signIn,
  startStandalone,
  stop,
  type Started,
} from './standalone.js';

interface Setup {
  /** The server, and its folder: offices that were filled there before are gone on with. */
  readonly server: { readonly folder: string; url(database: string): string };
  /** Of the large office; the small one has a tenth. */
  readonly events: number;
  readonly say: (text: string) => void;
}

/** An office of one size, on a database of its own. */
interface Office {
  readonly events: number;
  readonly database: string;
  /** Of the server. */
  readonly folder: string;
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
}

const seed = 1;
const mostGrowth = 1.2;
const rounds = 40;
const commandRounds = 150;
const secondsOfRebuild = 45;
const million = 1_000_000;

/**
 * Two offices, one with ten times the facts of the other: what filling, folding and asking costs in each. What is asked is asked of
 * both in turn, so that whatever else the machine does falls on both.
 */
export async function benchGrowth({ server, events, say }: Setup): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome, more = '') => {
    outcomes.push(outcome);
    say(`${line(outcome)}${more} · load ${loadavg()[0]!.toFixed(1)}`);
  };
  const offices = await Promise.all([events / 10, events].map(size => officeOf(server, Math.floor(size))));
  const [small, large] = offices as [Office, Office];
  for (const office of offices) await filled(office, say);

  const costs: number[] = [];
  for (const office of offices) {
    const first = await caughtUp(office);
    if (first) say(`${name(office)}, all read models caught up: ${told(first)} · load ${loadavg()[0]!.toFixed(1)}`);
    const cost = await rebuilt(office);
    const { seconds, cpu, serverCpu, peak, facts } = cost;
    // By the processor: the two cannot run side by side, and the clock depends on what else the machine does.
    costs.push((cpu + serverCpu) / facts);
    const rebuild = `full rebuild, ${name(office)}`;
    // The promise speaks of a million facts and more.
    const outcome =
      facts < million
        ? { measure: rebuild, figure: `${seconds.toFixed(1)} s`, bar: '–' }
        : atMost(rebuild, seconds, (secondsOfRebuild * facts) / million, 's');
    tell(outcome, ` · ${Math.round(facts / seconds)} facts/s · ${told(cost)}`);
    tell(atMost(`memory of the rebuild, ${name(office)}, at its peak`, peak, 512, 'MB'));
  }
  tell(growth('a fact folded by all read models, in processor time', costs[1]! / costs[0]!));

  const started: Started[] = [];
  try {
    for (const office of offices) {
      const one = await startStandalone(office.environment);
      started.push(one);
      tell(atMost(`start on ${name(office)}`, one.readyAfter / 1000, 5, 's'));
      tell(atMost(`memory after the start on ${name(office)}`, (await residentMegabytes(one.child)) ?? Number.NaN, 250, 'MB'));
    }
    const clients = started.map(({ url }) => new Client(url, 32));
    const [smaller, larger] = clients as [Client, Client];
    for (const [kind, paths] of Object.entries(await questionsOf(small, large))) {
      const tokens = await Promise.all(clients.map(client => signIn(client, 'authority')));
      const ask = (path: string, at: number): Question => ({ kind, path: `/api/${path}`, token: tokens[at]! });
      const took: [number, number][] = [];
      for (let round = -5; round < rounds; round += 1) {
        const path = paths[Math.abs(round) % paths.length]!;
        const first = round % 2 === 0 ? 0 : 1;
        const one = await answered([smaller, larger][first]!, ask(path, first));
        const other = await answered([smaller, larger][1 - first]!, ask(path, 1 - first));
        if (round >= 0) took.push(first === 0 ? [one.took, other.took] : [other.took, one.took]);
      }
      const [ones, tens] = [took.map(([one]) => one), took.map(([, ten]) => ten)];
      const figure = (values: readonly number[]) =>
        `${percentile(values, 0.5).toFixed(1)}/${percentile(values, 0.99).toFixed(1)}`;
      tell(
        growth(`query ${kind}`, median(took.map(([one, ten]) => ten / one))),
        ` · p50/p99 ${figure(ones)} → ${figure(tens)} ms`,
      );
    }
    const all = await Promise.all(offices.map(stationsOfThePilots));
    // As many in both: a station that was asked before is remembered by the program.
    const stations = all.map(ids => ids.slice(0, Math.min(...all.map(({ length }) => length))));
    const staff = await Promise.all(clients.map(client => signIn(client, 'staff')));
    const times: [number, number][] = [];
    for (let round = -20; round < commandRounds; round += 1) {
      const took: number[] = [0, 0];
      for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const of = stations[at]!;
        took[at] = await command(clients[at]!, staff[at]!, of[Math.abs(round) % of.length]!, round);
      }
      if (round >= 0) times.push([took[0]!, took[1]!]);
    }
    tell(
      growth('a command', median(times.map(([one, ten]) => ten / one))),
      ` · p50 ${median(times.map(([one]) => one)).toFixed(2)} → ${median(times.map(([, ten]) => ten)).toFixed(2)} ms`,
    );
    for (const [at, office] of offices.entries())
      tell(
        atMost(
          `read your own write, p99 at 200 commands/s, ${name(office)}`,
          await readOwnWrites(clients[at]!, staff[at]!, stations[at]!),
          50,
          'ms',
        ),
      );
    for (const [at, office] of offices.entries())
      tell(atMost(`memory in use on ${name(office)}`, (await residentMegabytes(started[at]!.child)) ?? Number.NaN, 350, 'MB'));
    for (const client of clients) client.close();
  } finally {
    for (const { child } of started) await stop(child);
  }
  return outcomes;
}

const name = ({ events }: Office) => `${events.toLocaleString('en')} facts`;

const growth = (measure: string, ratio: number): Outcome => ({
  measure: `${measure}, at ten times the data`,
  figure: `× ${ratio.toFixed(2)}`,
  bar: `≤ ${mostGrowth}`,
  met: ratio <= mostGrowth,
});

async function officeOf(server: Setup['server'], events: number): Promise<Office> {
  const database = `growth_${events}`;
  const folder = join(server.folder, database);
  mkdirSync(folder, { recursive: true });
  const keyFile = join(server.folder, 'growth.key');
  if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  const url = server.url(database);
  const environment = {
    DATABASE_URL: url,
    YIZHAN_DATA: folder,
    YIZHAN_MASTER_KEY: readFileSync(keyFile, 'utf8').trim(),
    YIZHAN_PILOT_PASSWORD: password,
    YIZHAN_LANGUAGE: 'en',
    YIZHAN_PORT: '0',
  };
  const admin = new pg.Client({ connectionString: server.url('postgres') });
  await admin.connect();
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (rowCount === 0) await admin.query(`create database ${database}`);
  await admin.end();
  return { events, database, folder: server.folder, url, environment };
}

async function asked<Row extends pg.QueryResultRow>({ url }: Office, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const program = (app: string, words: readonly string[], { environment }: Office): ChildProcess =>
  fork(join(import.meta.dirname, `../../${app}/src/main.js`), [...words], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });

interface Cost {
  readonly seconds: number;
  /** Seconds of processor time, of the program and of the server. */
  readonly cpu: number;
  readonly serverCpu: number;
  /** The most memory that it had, in megabytes. */
  readonly peak: number;
}

const told = ({ seconds, cpu, serverCpu, peak }: Cost) =>
  `${seconds.toFixed(1)} s by the clock, processor ${cpu.toFixed(1)} s of the program and ${serverCpu.toFixed(1)} s of the server, at most ${peak.toFixed(0)} MB`;

/** @returns what it cost until it ended */
async function run(app: string, words: readonly string[], office: Office): Promise<Cost> {
  const startedAt = performance.now();
  const serverBefore = await serverCpuSeconds(office.folder);
  const child = program(app, words, office);
  let [peak, cpu] = [0, 0];
  // What a process has used is gone when it is: the last look before counts.
  const look = async () => {
    peak = Math.max(peak, (await peakMegabytes(child)) ?? 0);
    cpu = Math.max(cpu, await cpuSeconds(child.pid!));
  };
  const watching = setInterval(() => void look(), 50);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0) throw new Error(`${app} ${words.join(' ')} ended with ${code}`);
    const serverCpu = (await serverCpuSeconds(office.folder)) - serverBefore;
    return { seconds: (performance.now() - startedAt) / 1000, cpu, serverCpu, peak };
  } finally {
    clearInterval(watching);
  }
}

async function filled(office: Office, say: Setup['say']): Promise<void> {
  await run('admin', ['init'], office);
  const held = async () => Number((await asked<{ position: string }>(office, 'select position from log.log_head'))[0]!.position);
  const before = await held();
  const words = [`--events=${office.events}`, `--into=${office.database}`, `--seed=${seed}`];
  // An office that was measured before has the facts of that; it is full.
  const [{ own }] = (await asked<{ own: number }>(
    office,
    `select count(*)::int as own from (select from log.events where metadata like '%"simulation:%' limit ${office.events}) e`,
  )) as [{ own: number }];
  if (own < office.events) {
    const cost = await run('admin', ['simulate', ...words], office);
    const written = (await held()) - before;
    say(`${name(office)} written, ${Math.round(written / cost.seconds)}/s: ${told(cost)} · load ${loadavg()[0]!.toFixed(1)}`);
  }
  const [size] = await asked<{ log: string; all: string; keys: string }>(
    office,
    `select pg_size_pretty(pg_total_relation_size('log.events')) as log, pg_size_pretty(pg_database_size(current_database())) as all,
       pg_size_pretty(pg_database_size(current_database() || '_keys')) as keys`,
  );
  say(`${name(office)}: log ${size!.log}, database ${size!.all}, keys ${size!.keys}`);
}

const behind = `select exists (select from read.projection where stage <> 'serving' or position < (select position from log.log_head))
  or not exists (select from read.projection) as behind`;

/** @returns undefined when there was nothing to catch up with */
async function caughtUp(office: Office): Promise<Cost | undefined> {
  const isBehind = async () => (await asked<{ behind: boolean }>(office, behind))[0]!.behind;
  if (!(await isBehind())) return undefined;
  const startedAt = performance.now();
  const serverBefore = await serverCpuSeconds(office.folder);
  const child = program('projector', [], office);
  try {
    while (await isBehind()) {
      if (child.exitCode !== null) throw new Error(`the projector ended with ${child.exitCode}`);
      await pause(200);
    }
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cpu: await cpuSeconds(child.pid!),
      serverCpu: (await serverCpuSeconds(office.folder)) - serverBefore,
      peak: (await peakMegabytes(child)) ?? Number.NaN,
    };
  } finally {
    await stop(child);
  }
}

async function rebuilt(office: Office): Promise<Cost & { readonly facts: number }> {
  const measured = await run('admin', ['rebuild', '--all'], office);
  const [head] = await asked<{ position: string }>(office, 'select position from log.log_head');
  return { ...measured, facts: Number(head!.position) };
}

const inPilots = `select s.station_id from read.service_station s
  join read.service_center c on c.center_id = s.center_id and c.recorded_until is null and c.effective_until is null
  join read.division d on d.division_id = c.division_id and d.recorded_until is null and d.effective_until is null
  where s.recorded_until is null and s.effective_until is null
    and (d.code like '220104%' or d.code like '220211%' or d.code = '222401002') order by s.station_id`;

const stationsOfThePilots = async (office: Office): Promise<readonly string[]> =>
  (await asked<{ station_id: string }>(office, inPilots)).map(({ station_id }) => station_id);

async function command(client: Client, token: string, stationId: string, nth: number): Promise<number> {
  const { status, body, took } = await client.ask({
    token,
    path: `/api/service-stations/${stationId}/set-station-service-fields`,
    headers: { 'idempotency-key': randomUUID() },
    body: JSON.stringify({ serviceFields: nth % 2 === 0 ? ['ELDERLY', 'YOUTH', 'HEALTH'] : ['DISABLED', 'CHARITY', 'YOUTH'] }),
  });
  if (status !== 200) throw new Error(`a command was answered ${status}: ${body}`);
  return took;
}

/** What both offices have: the small one's towns are among those of the large one, and the ids follow from the seed. */
async function questionsOf(small: Office, large: Office): Promise<Readonly<Record<string, readonly string[]>>> {
  const some = async (sql: string) => {
    const [there, here] = await Promise.all([small, large].map(office => asked<{ id: string }>(office, sql)));
    const known = new Set(here!.map(({ id }) => id));
    return there!.map(({ id }) => id).filter(id => known.has(id));
  };
  const present = 'recorded_until is null and effective_until is null';
  const stations = (await some(`select station_id as id from read.service_station where ${present} order by 1`)).slice(0, 8);
  const centers = (await some(`select center_id as id from read.service_center where ${present} order by 1`)).slice(0, 8);
  const workers = (await some('select worker_id as id from read.social_worker order by 1 limit 4000')).slice(0, 8);
  const text = encodeURIComponent;
  const register = (path: string) => ({
    [`${path}, by name`]: [`q=${text('王玉兰')}`, `q=${text('玉兰')}`, `q=${text('金')}`, 'q=wyl'].map(q => `${path}?${q}`),
    [`${path}, pages`]: ['limit=50', 'sort=registeredOn&direction=desc'].map(q => `${path}?${q}`),
    [`${path}, of a place`]: ['220104', '222401', '2224'].map(code => `${path}?divisionId=${divisionIdOf(code)}`),
  });
  return {
    ...register('social-workers'),
    ...register('volunteers'),
    'structure-tree, the province': ['structure-tree'],
    'structure-tree, a county': ['220104', '222401'].map(code => `structure-tree?divisionId=${divisionIdOf(code)}`),
    'structure-tree, a center': centers.map(id => `structure-tree?centerId=${id}`),
    'structure-conformance, the province': ['structure-conformance'],
    'card of a center': centers.map(id => `service-centers/${id}`),
    'card of a station': stations.map(id => `service-stations/${id}`),
    'history of a station': stations.map(id => `history/${id}`),
    'history of a worker': workers.map(id => `history/${id}`),
    candidates: stations.map(id => `service-stations/${id}/candidates?limit=20`),
    divisions: ['name=bsjd', `name=${text('北山')}`, 'code=222401002'].map(q => `divisions?${q}`),
  };
}
