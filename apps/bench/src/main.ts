import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';
import { broker } from './broker.js';
import { benchCatchUp } from './catch-up.js';
import { benchCommandOverHttp } from './command-over-http.js';
import { benchGrowth } from './growth.js';
import { benchLag } from './lag.js';
import { benchLogAppend } from './log-append.js';
import { benchRelay } from './relay.js';
import { share, table, type Outcome } from './outcome.js';
import { benchProcesses } from './processes.js';
import { benchQueries } from './queries.js';
import { benchTurns } from './turns.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** All of the province in the catch-up, not a prefecture. */
    full: { type: 'boolean', default: false },
    /** A page with two marks, between which the results are written. */
    markdown: { type: 'string' },
    /** A folder for the house that is asked; filled if need be, and kept. */
    data: { type: 'string' },
    /** Facts of the large office of `growth`; the small one has a tenth. */
    events: { type: 'string', default: '1000000' },
  },
});

const lines: string[] = [];
const say = (text: string) => {
  lines.push(text);
  console.log(text);
};

const folder = mkdtempSync(join(tmpdir(), 'yizhan-bench-'));
const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'measures') });
const admin = new pg.Client(server.config);
await admin.connect();

let made = 0;
/** A database for one measure: what was measured before does not slow what is measured next. */
async function database(): Promise<string> {
  const name = `bench_${(made += 1)}`;
  await admin.query(`create database ${name}`);
  return server.url(name);
}

/** A broker for one measure: the topics of two logs must not mix. */
async function withBroker<T>(measure: (brokers: readonly string[]) => Promise<T>): Promise<T> {
  const own = await broker(join(folder, `broker_${(made += 1)}`));
  try {
    return await measure(own.brokers);
  } finally {
    await own.stop();
  }
}

/** Where the offices of `growth` lie: kept and gone on with where a folder is named. */
async function withGrowthServer<T>(
  measure: (server: { folder: string; url(database: string): string }) => Promise<T>,
): Promise<T> {
  const place = options.data ?? join(folder, 'growth');
  const own = await startEmbeddedPostgres({ dataFolder: place });
  try {
    return await measure({ folder: place, url: database => own.url(database) });
  } finally {
    await own.stop();
  }
}

/** What is measured when nothing is named; the growth of an office takes long and is measured when it is asked for. */
const usual = (name: string) => name !== 'growth';

const benches: Readonly<Record<string, () => Promise<readonly Outcome[]>>> = {
  log: async () =>
    (await benchLogAppend({ connection: server.config, say })).map(({ measure, ratio, bar }) => share(measure, ratio, bar)),
  http: () => benchCommandOverHttp({ database, say }),
  processes: () => benchProcesses({ database, say }),
  turns: () => benchTurns({ database, say }),
  'catch-up': async () => [await benchCatchUp({ connection: server.config, full: options.full, say })],
  relay: async () => [await withBroker(brokers => benchRelay({ database, brokers, full: options.full, say }))],
  lag: async () => [await withBroker(brokers => benchLag({ database, brokers, say }))],
  growth: () => withGrowthServer(server => benchGrowth({ server, events: Number(options.events), say })),
  queries: () => benchQueries({ folder: options.data ?? join(folder, 'house'), say }),
};

const unknown = positionals.filter(name => !(name in benches));
const outcomes: Outcome[] = [];
try {
  if (unknown.length > 0)
    throw new Error(`there is no measure called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  const { rows } = await admin.query<{ server_version: string }>('show server_version');
  const [load] = loadavg() as [number, number, number];
  say(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node},` +
      ` PostgreSQL ${rows[0]!.server_version}, load average ${load.toFixed(2)} at the start`,
  );
  if (load > 1) say('the machine is busy; ratios only');
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches).filter(usual))
    outcomes.push(...(await benches[name]!()));
  say(`\n${table(outcomes)}`);
  if (options.markdown !== undefined) writeResults(options.markdown);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await admin.end();
  await server.stop();
  for (const name of ['measures', 'house', 'growth']) {
    // Root's server keeps its files elsewhere; here is a link to them.
    const cluster = join(folder, name, 'postgres');
    if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

function writeResults(page: string): void {
  const [first, last] = ['<!-- results -->', '<!-- end of results -->'] as const;
  const before = readFileSync(page, 'utf8');
  const [start, end] = [before.indexOf(first), before.indexOf(last)];
  if (start < 0 || end < start) throw new Error(`${page} has no place for results between ${first} and ${last}`);
  const [shape, ...rest] = lines;
  const told = rest.filter(text => !text.startsWith('\n'));
  const results = `${first}\n\n${shape}\n\n${table(outcomes)}\n\n\`\`\`text\n${told.join('\n')}\n\`\`\`\n\n`;
  writeFileSync(page, before.slice(0, start) + results + before.slice(end));
}
