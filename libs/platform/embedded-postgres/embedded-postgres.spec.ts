import { transformFile } from '@swc/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { processStart } from './process-start.js';

jest.setTimeout(60_000);

let room: string;
const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];

const start = async (dataFolder: string) => {
  folders.push(dataFolder);
  const server = await startEmbeddedPostgres({ dataFolder, settings: { work_mem: '5MB' } });
  servers.push(server);
  return server;
};

async function ask(server: { url(database: string): string }, database: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url(database) });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function pidOf(dataFolder: string): Promise<number> {
  return Number((await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function serversOn(dataFolder: string): Promise<string[]> {
  const cluster = await realpath(join(dataFolder, 'postgres'));
  const pids = (await readdir('/proc')).filter(name => Number(name));
  const at = await Promise.all(
    pids.map(async pid => ((await readlink(`/proc/${pid}/cwd`).catch(() => '')) === cluster ? [pid] : [])),
  );
  return at.flat();
}

async function remove(dataFolder: string): Promise<void> {
  const cluster = await realpath(join(dataFolder, 'postgres')).catch(() => undefined);
  if (cluster) await Promise.all([cluster, `${cluster}.folder`].map(path => rm(path, { recursive: true, force: true })));
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'embedded-'));
  await chmod(room, 0o755);
});

afterAll(async () => {
  await Promise.all(servers.map(server => server.stop()));
  await Promise.all(folders.map(remove));
  await rm(room, { recursive: true, force: true });
});

test('after an interrupted first start, a start, a stop and a start: what was written is there, and nothing runs in between', async () => {
  const folder = join(room, 'plain');
  const interrupted = join(folder, 'postgres.new-abc123');
  await mkdir(interrupted, { recursive: true });
  await writeFile(join(interrupted, 'PG_VERSION'), '18\n');
  const first = await start(folder);
  await expect(lstat(interrupted)).rejects.toThrow('ENOENT');
  await ask(first, 'postgres', 'create database office');
  await ask(first, 'office', `create table if not exists station as select '一站' as name`);
  await Promise.all([first.stop(), first.stop()]);
  expect(await serversOn(folder)).toEqual([]);
  await expect(lstat(first.config.host)).rejects.toThrow('ENOENT');

  const second = await start(folder);
  expect(await ask(second, 'office', 'select name from station')).toEqual(['一站']);
  const asked = ['fsync', 'data_checksums', 'listen_addresses', 'server_encoding', 'work_mem'];
  expect(await ask(second, 'office', `select ${asked.map(name => `current_setting('${name}')`)}`)).toEqual([
    'on',
    'on',
    '',
    'UTF8',
    '5MB',
  ]);
  await second.stop();
});

test('the PostgreSQL of a killed process is stopped, and what it had committed is there', async () => {
  const folder = join(room, 'orphan');
  folders.push(folder);
  const other = await separateProcess(folder);
  const orphan = await pidOf(folder);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await processStart(orphan)).toBeDefined();

  const next = await start(folder);
  expect(await processStart(orphan)).toBeUndefined();
  expect(await ask(next, 'postgres', 'select name from station')).toEqual(['一站']);
  await next.stop();
  expect(await serversOn(folder)).toEqual([]);
});

test('a PostgreSQL that was killed together with its process recovers', async () => {
  const folder = join(room, 'orphan');
  const other = await separateProcess(folder);
  const ended = once(other, 'exit');
  for (const pid of [await pidOf(folder), other.pid as number]) process.kill(pid, 'SIGKILL');
  await ended;

  const next = await start(folder);
  expect(await ask(next, 'postgres', 'select name from station')).toEqual(['一站']);
  await next.stop();
});

test('a stale pid that another program has been given is no obstacle, and that program lives on', async () => {
  const folder = join(room, 'orphan');
  const bystander = spawn('sleep', ['60']);
  await once(bystander, 'spawn');
  await writeFile(join(folder, 'postgres', 'postmaster.pid'), `${bystander.pid}\n${folder}/postgres\n1\n5432\n\n\n`);

  const server = await start(folder);
  expect(await ask(server, 'postgres', 'select name from station')).toEqual(['一站']);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  await server.stop();
  bystander.kill();
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('a data folder below a folder that only root may enter works, and shows where its database lies', async () => {
  const closed = await mkdtemp(join(tmpdir(), 'closed-'));
  const folder = join(closed, 'data');
  const server = await start(folder);
  expect(await ask(server, 'postgres', 'select 1')).toEqual([1]);
  expect(await readlink(join(folder, 'postgres'))).toMatch(/^\/var\/lib\/yizhan\/clusters\/[0-9a-f]{16}$/);

  await mkdir(join(room, 'copy'));
  await symlink(await realpath(join(folder, 'postgres')), join(room, 'copy', 'postgres'));
  await expect(startEmbeddedPostgres({ dataFolder: join(room, 'copy') })).rejects.toThrow('both point to the database');
  await server.stop();
  await remove(folder);
  await rm(closed, { recursive: true });
});

/** Another Node process that starts PostgreSQL on the folder, commits a row and stays. */
async function separateProcess(dataFolder: string) {
  const program = join(room, 'program');
  await mkdir(program, { recursive: true });
  const files = (await readdir(__dirname)).filter(name => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  for (const name of files) {
    const { code } = await transformFile(join(__dirname, name), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    await writeFile(join(program, name.replace(/ts$/, 'js')), code);
  }
  await symlink(resolve('node_modules'), join(program, 'node_modules')).catch(() => {});
  await writeFile(join(program, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(program, 'main.js'),
    `import { Client } from 'pg';
     import { startEmbeddedPostgres } from './embedded-postgres.js';
     const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
     const client = new Client(server.config);
     await client.connect();
     await client.query("create table if not exists station as select '一站' as name");
     console.log('ready');
     setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [join(program, 'main.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const answer = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(answer[0])).toContain('ready');
  return child;
}
