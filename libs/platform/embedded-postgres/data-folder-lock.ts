import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processStart } from './process-start.js';

type Holder = { readonly pid: number; readonly startedAt: string; readonly since: string };

/** Another process that still runs holds the data folder. */
export class DataFolderHeld extends Error {
  override readonly name = 'DataFolderHeld';

  constructor(
    readonly folder: string,
    readonly pid: number,
    readonly since: string,
  ) {
    super(
      `数据目录 ${folder} 自 ${since} 起由进程 ${pid} 使用，请先停止该进程，或改用其他数据目录。\n` +
        `The data folder ${folder} has been held by process ${pid} since ${since}; stop that process first, or choose another data folder.`,
    );
  }
}

/**
 * Takes the data folder for this process alone, and makes it (mode 0700) when missing. The lock is `<folder>/lock.json`; a holder that
 * died, or whose pid now belongs to another process, is replaced. Throws `DataFolderHeld` when the holder lives. Knows only the
 * processes of this machine (and of this container): a folder shared between two of them is not protected.
 */
export async function holdDataFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const absolute = resolve(folder);
  await mkdir(dirname(absolute), { recursive: true });
  await mkdir(absolute, { recursive: true, mode: 0o700 });
  const self: Holder = { pid: process.pid, startedAt: (await processStart(process.pid)) ?? '', since: new Date().toISOString() };
  const path = join(absolute, 'lock.json');
  const text = JSON.stringify(self);
  for (;;) {
    const answer = await take(path, text);
    if (answer === 'busy') await pause(10);
    else if (answer !== 'taken') throw new DataFolderHeld(absolute, answer.pid, answer.since);
    else {
      let released = false;
      return {
        async release() {
          if (released) return;
          released = true;
          if ((await read(path)) === text) await rm(path, { force: true });
        },
      };
    }
  }
}

/**
 * A dead lock is replaced only under a second lock of the same kind, and only when it is still the same dead one there: otherwise the
 * slower of two starters would remove the lock that the faster one has just taken.
 */
async function take(path: string, text: string): Promise<'taken' | 'busy' | Holder> {
  if (await create(path, text)) return 'taken';
  const found = await read(path);
  if (found === undefined) return 'busy';
  const holder = parse(found);
  if (holder !== undefined) {
    const started = await processStart(holder.pid);
    if (started !== undefined && started === holder.startedAt) return holder;
  } else if (await young(path)) return 'busy';

  const takeover = `${path}.takeover`;
  if ((await take(takeover, text)) !== 'taken') return 'busy';
  try {
    if ((await read(path)) !== found) return 'busy';
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, path);
    return 'taken';
  } finally {
    await rm(takeover, { force: true });
  }
}

async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems have no hard links; there a lock may be seen empty for a moment, hence `young`.
    return await writeFile(path, text, { flag: 'wx', mode: 0o644 }).then(
      () => true,
      failure => {
        if (failure.code === 'EEXIST') return false;
        throw failure;
      },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, startedAt, since } = JSON.parse(text);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, startedAt: String(startedAt), since: String(since) } : undefined;
  } catch {
    return undefined;
  }
}

async function young(path: string): Promise<boolean> {
  const made = await stat(path).catch(() => undefined);
  return made === undefined || Date.now() - made.mtimeMs < 2000;
}
