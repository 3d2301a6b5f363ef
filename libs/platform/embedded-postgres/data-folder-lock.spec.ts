import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DataFolderHeld, holdDataFolder } from './data-folder-lock.js';
import { processStart } from './process-start.js';

let meanwhile: (() => Promise<void>) | undefined;
jest.mock('./process-start.js', () => {
  const actual = jest.requireActual('./process-start.js');
  return {
    ...actual,
    async processStart(pid: number) {
      const rival = pid === nobody ? meanwhile : undefined;
      if (rival) meanwhile = undefined;
      const started = await actual.processStart(pid);
      await rival?.();
      return started;
    },
  };
});

const nobody = 2 ** 22 + 1;
let folder: string;
const lock = () => join(folder, 'lock.json');
const write = (holder: object) => writeFile(lock(), JSON.stringify({ since: '2026-01-01T00:00:00.000Z', ...holder }));
const holder = async () => JSON.parse(await readFile(lock(), 'utf8'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a missing data folder is made, for its owner alone', async () => {
  const held = await holdDataFolder(join(folder, 'new', 'data'));
  expect((await stat(join(folder, 'new', 'data'))).mode & 0o777).toBe(0o700);
  await held.release();
});

test('a second holder is refused, and told who holds the folder since when', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  await write({ pid: other.pid, startedAt: await processStart(other.pid as number) });

  const refused = await holdDataFolder(folder).catch(error => error);

  expect(refused).toBeInstanceOf(DataFolderHeld);
  expect(refused).toMatchObject({ pid: other.pid, since: '2026-01-01T00:00:00.000Z' });
  expect(refused.message.split('\n')).toEqual([
    expect.stringMatching(new RegExp(`2026-01-01.*进程 ${other.pid} `)),
    expect.stringMatching(new RegExp(`process ${other.pid} since 2026-01-01`)),
  ]);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await (await holdDataFolder(folder)).release();
});

test('a released folder is free, and releasing twice does not take it from the next holder', async () => {
  const first = await holdDataFolder(folder);
  await first.release();
  const second = await holdDataFolder(folder);
  await first.release();
  await expect(holdDataFolder(folder)).rejects.toThrow(DataFolderHeld);
  await second.release();
  expect(await readdir(folder)).toEqual([]);
});

test('releasing leaves a lock that is no longer ours', async () => {
  const held = await holdDataFolder(folder);
  await write({ pid: nobody, startedAt: '1' });
  await held.release();
  expect(await holder()).toMatchObject({ pid: nobody });
});

test('the slower of two starters, who saw the dead holder too, does not take the lock from the faster', async () => {
  await write({ pid: nobody, startedAt: '1' });
  let faster: { release(): Promise<void> } | undefined;
  meanwhile = async () => {
    faster = await holdDataFolder(folder);
  };
  await expect(holdDataFolder(folder)).rejects.toThrow(DataFolderHeld);
  await faster?.release();
  expect(await readdir(folder)).toEqual([]);
});

test('a pid that now belongs to another process holds nothing', async () => {
  await write({ pid: process.ppid, startedAt: '1' });
  const held = await holdDataFolder(folder);
  expect(await holder()).toMatchObject({ pid: process.pid });
  await held.release();
});

test('a lock cut short by a crash holds nothing once it is old', async () => {
  await writeFile(lock(), '{"pid":');
  await utimes(lock(), 0, 0);
  const held = await holdDataFolder(folder);
  expect(await holder()).toMatchObject({ pid: process.pid });
  await held.release();
});

test.each([
  ['on a free folder', undefined],
  ['after a holder that died', 'lock.json'],
  ['after one that died while taking over', 'lock.json.takeover'],
])('of twenty starters at once exactly one wins: %s', async (_, dead) => {
  for (let round = 0; round < 10; round++) {
    const lost = JSON.stringify({ pid: nobody, startedAt: '1', since: '2026-01-01T00:00:00.000Z' });
    if (dead) await Promise.all([lock(), join(folder, dead)].map(path => writeFile(path, lost)));
    const starts = await Promise.allSettled(Array.from({ length: 20 }, () => holdDataFolder(folder)));
    const won = starts.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []));
    const refused = starts.filter(start => start.status === 'rejected' && start.reason instanceof DataFolderHeld);
    expect([won.length, refused.length]).toEqual([1, 19]);
    await won[0]?.release();
    expect(await readdir(folder)).toEqual([]);
  }
});
