import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chown, mkdir, mkdtemp, open, readdir, readFile, readlink, realpath, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { clusterPlace, makeCluster, rootsStage } from './cluster-place.js';
import { goneWithin, processStart } from './process-start.js';
import { type ServerBinaries, serverBinaries, serverEnvironment } from './server-binaries.js';
import { canEnter, isRoot, type ServerUser } from './server-user.js';

const run = promisify(execFile);
const onWindows = process.platform === 'win32';
const socketPort = 5432;
const socketPrefix = 'yizhan-pg-';
const longestLog = 10 * 1024 * 1024;
const patience = { ready: 60_000, stop: 30_000 };

const usualSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
  max_wal_size: '1GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  log_min_messages: 'warning',
};

export type EmbeddedPostgres = {
  /** For `pg`; its database is `postgres`. */
  readonly config: { host: string; port: number; user: string; password?: string; database: string; ssl: false };
  url(database: string): string;
  /** Of the main process. */
  readonly pid: number;
  /** Fast shutdown; may be called twice. */
  stop(): Promise<void>;
};

type Address = { readonly host: string; readonly port: number; readonly password?: string; clear(): Promise<void> };

/**
 * A PostgreSQL of our own on `<dataFolder>/postgres`, which is made when missing; its log is `<dataFolder>/postgres.log`. The caller
 * holds the data folder (`holdDataFolder`): a PostgreSQL that still runs on it is taken for the orphan of a dead process and stopped.
 * Reached by a socket in a folder that only the server's user can enter; on Windows (not run) by 127.0.0.1 and a password that lies in
 * `<dataFolder>/postgres.password`.
 */
export async function startEmbeddedPostgres(options: {
  dataFolder: string;
  port?: never;
  say?: (line: string) => void;
  settings?: Record<string, string>;
  /** What else `initdb` is told when the database is made. */
  made?: readonly string[];
  /** Where its socket lies, so that a server that is started again has the same address; a folder of its own when left out. */
  socketFolder?: string;
}): Promise<EmbeddedPostgres> {
  const { say = () => {}, settings = {}, made = [] } = options;
  // Only the folder itself is closed to others; parents that are made on the way get the usual mode.
  await mkdir(dirname(resolve(options.dataFolder)), { recursive: true });
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.dataFolder);
  const place = await clusterPlace(folder);
  const { cluster, user } = place;
  const binaries = await serverBinaries(user, isRoot() ? rootsStage : folder);
  await stopOrphan(cluster, binaries, say);
  const password = onWindows ? await passwordIn(folder) : undefined;
  if (!place.exists) {
    say(`Making a new database in ${cluster}.`);
    await makeCluster(place, folder, draft => initialize(draft, binaries, user, folder, made));
  }

  const address = await freshAddress(user, password, options.socketFolder);
  const launch = () => serve(cluster, binaries, user, address, { ...usualSettings, ...settings }, join(folder, 'postgres.log'));
  let server: Server;
  try {
    for (const until = Date.now() + 10_000; ;) {
      try {
        server = await launch();
        break;
      } catch (error) {
        // The workers of a server that was killed need a moment to notice that it is dead.
        if (!String(error).includes('pre-existing shared memory block') || Date.now() > until) throw error;
        await pause(250);
      }
    }
  } catch (error) {
    await address.clear();
    throw error;
  }

  let stopping: Promise<void> | undefined;
  const running = server;
  void running.ended.then(how => {
    if (!stopping) say(`PostgreSQL ended unexpectedly (${how}); its log is ${join(folder, 'postgres.log')}.`);
  });
  return {
    config: configOf(address),
    url: database => urlOf(address, database),
    pid: running.child.pid as number,
    stop: () => (stopping ??= halt(running, cluster, binaries).finally(() => address.clear())),
  };
}

function configOf({ host, port, password }: Address): EmbeddedPostgres['config'] {
  return { host, port, user: 'postgres', ...(password === undefined ? {} : { password }), database: 'postgres', ssl: false };
}

function urlOf({ host, port, password }: Address, database: string): string {
  const who = password === undefined ? 'postgres' : `postgres:${password}`;
  return `postgresql://${who}@${encodeURIComponent(host)}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
}

async function initialize(
  draft: string,
  { initdb }: ServerBinaries,
  user: ServerUser | undefined,
  folder: string,
  made: readonly string[],
): Promise<void> {
  const access = onWindows
    ? ['--auth=scram-sha-256', `--pwfile=${join(folder, 'postgres.password')}`]
    : ['--auth-local=trust', '--auth-host=reject'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const words = [
    `--pgdata=${draft}`,
    '--username=postgres',
    '--data-checksums',
    '--no-instructions',
    ...locale,
    ...access,
    ...made,
  ];
  await run(initdb, words, { ...user, cwd: '/', env: serverEnvironment }).catch(error => {
    throw new Error(
      `PostgreSQL could not make a new database in ${dirname(draft)}: ${String(error.stderr || error.message).trim()}`,
    );
  });
}

type Server = { readonly child: ChildProcess; readonly ended: Promise<string> };

async function serve(
  cluster: string,
  { postgres }: ServerBinaries,
  user: ServerUser | undefined,
  address: Address,
  settings: Record<string, string>,
  logPath: string,
): Promise<Server> {
  const reached = onWindows
    ? { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
    : { listen_addresses: '', unix_socket_directories: address.host, unix_socket_permissions: '0700' };
  const words = Object.entries({ ...settings, ...reached, port: String(address.port), cluster_name: nameOf(cluster) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );

  const log = await open(
    logPath,
    constants.O_APPEND | constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0),
    0o600,
  );
  // Whoever owns the database may start it next without being root.
  if (user) await log.chown(user.uid, user.gid);
  if ((await log.stat()).size > longestLog) await log.truncate(0);
  const before = (await log.stat()).size;
  // A session of its own, or the terminal's Ctrl-C would stop the server before this process has written its last.
  const child = spawn(postgres, ['-D', cluster, ...words], {
    ...user,
    cwd: '/',
    env: serverEnvironment,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let over: string | undefined;
  const ended = new Promise<string>(settle => {
    child.once('error', error => settle((over = error.message)));
    child.once('exit', (code, signal) => settle((over = signal ?? `exit code ${code}`)));
  });
  await log.close();

  for (const until = Date.now() + patience.ready; ;) {
    if (await answers(address)) return { child, ended };
    if (over !== undefined || Date.now() > until) {
      child.kill('SIGKILL');
      const said = (await readFile(logPath)).subarray(before).toString('utf8').trim().split('\n').slice(-12).join('\n');
      throw new Error(`PostgreSQL did not start on ${cluster} (${over ?? 'no answer in 60 s'}). The end of ${logPath}:\n${said}`);
    }
    await Promise.race([pause(25), ended]);
  }
}

async function answers(address: Address): Promise<boolean> {
  const client = new Client({ ...configOf(address), connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw error;
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function halt({ child, ended }: Server, cluster: string, binaries: ServerBinaries): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await askToStop(child.pid as number, cluster, binaries);
  const late = new AbortController();
  const answer = await Promise.race([ended, pause(patience.stop, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  if (answer !== undefined) return;
  child.kill('SIGKILL');
  await ended;
}

async function askToStop(pid: number, cluster: string, { pgCtl }: ServerBinaries): Promise<void> {
  if (onWindows) await run(pgCtl, ['stop', '-m', 'fast', '-W', '-D', cluster]).catch(() => {});
  else signal(pid, 'SIGINT');
}

function answersSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function stopOrphan(cluster: string, binaries: ServerBinaries, say: (line: string) => void): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => undefined))?.split('\n');
  const noted = Number(lines?.[0]) || undefined;
  const { main, workers } = await processesOn(cluster, noted);
  if (main !== undefined) {
    say(`Stopping the PostgreSQL (process ${main}) that a dead process left running on ${cluster}.`);
    await askToStop(main, cluster, binaries);
    if (!(await goneWithin(main, patience.stop))) signal(main, 'SIGKILL');
  }
  // They end by themselves when their main process is dead, but a new server must not start beside a last writer.
  for (const pid of workers) {
    if (!(await goneWithin(pid, 5000))) signal(pid, 'SIGKILL');
    if (!(await goneWithin(pid, 5000)))
      throw new Error(`Process ${pid} of an earlier PostgreSQL on ${cluster} does not end: end it by hand.`);
  }
  if (!lines) return;
  if (lines[4]?.trim()) await clearSocket(lines[4].trim(), (await stat(cluster)).uid);
  // PostgreSQL sorts out a dead pid by itself, but no empty file, no zombie, and no pid that has since gone to another program.
  if (noted === undefined || answersSignal(noted)) await rm(path, { force: true });
}

const nameOf = (cluster: string) => `yizhan-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`;

/** The server of this cluster that still runs, known by its command line or, should the folder have been moved, by where it works. */
async function processesOn(cluster: string, noted: number | undefined): Promise<{ main: number | undefined; workers: number[] }> {
  if (onWindows)
    return { main: noted !== undefined && (await processStart(noted)) !== undefined ? noted : undefined, workers: [] };
  const mains: number[] = [];
  const workers: number[] = [];
  for (const [pid, command] of await commands()) {
    const at = pid === noted ? await readlink(`/proc/${pid}/cwd`).catch(() => undefined) : undefined;
    if (command.startsWith(`postgres: ${nameOf(cluster)}: `)) workers.push(pid);
    else if (command.includes(`/postgres -D ${cluster} -c `) || (at === cluster && /^\S.*\/postgres /.test(command)))
      mains.push(pid);
  }
  return { main: mains.find(pid => pid === noted) ?? mains[0], workers };
}

async function commands(): Promise<[pid: number, command: string][]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-axwwo', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
    return [...stdout.matchAll(/^\s*(\d+) (.*)$/gm)].map(([, pid, command]) => [Number(pid), command ?? '']);
  }
  const pids = (await readdir('/proc')).map(Number).filter(Boolean);
  return Promise.all(
    pids.map(
      async pid =>
        [pid, (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')] as [number, string],
    ),
  );
}

async function freshAddress(
  user: ServerUser | undefined,
  password: string | undefined,
  given: string | undefined,
): Promise<Address> {
  if (password !== undefined) return { host: '127.0.0.1', port: await freePort(), password, clear: async () => {} };
  // A socket's whole path must stay below 100 bytes.
  const usual = await realpath(tmpdir()).catch(() => '/tmp');
  const fits = usual.length <= 64 && !usual.includes(',') && (!user || (await canEnter(usual, user).catch(() => false)));
  const host = given ?? (await mkdtemp(join(fits ? usual : '/tmp', socketPrefix)));
  if (given !== undefined) await mkdir(given, { recursive: true, mode: 0o700 });
  if (user) await chown(host, user.uid, user.gid);
  const owner = user?.uid ?? process.getuid?.();
  return { host, port: socketPort, clear: () => clearSocket(host, owner) };
}

async function clearSocket(folder: string, owner: number | undefined): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  // The name may come from a file that the server's user can write, and this process may be root.
  if (!basename(folder).startsWith(socketPrefix) || found?.uid !== owner) return;
  for (const name of [`.s.PGSQL.${socketPort}`, `.s.PGSQL.${socketPort}.lock`]) await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => {});
}

async function passwordIn(folder: string): Promise<string> {
  const path = join(folder, 'postgres.password');
  await writeFile(path, randomBytes(24).toString('hex'), { flag: 'wx', mode: 0o600 }).catch(error => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(path, 'utf8')).trim();
}

async function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => settle(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
