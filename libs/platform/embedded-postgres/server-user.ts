import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { chmod, chown, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const madeByUs = 'yizhan-postgres';

/** The user that PostgreSQL runs as when this process is root, which PostgreSQL itself refuses to be. */
export type ServerUser = { readonly uid: number; readonly gid: number };

export const isRoot = () => process.getuid?.() === 0;

/** The machine's `postgres` user, else a system user of our own, which is made when missing. */
export async function serviceUser(): Promise<ServerUser> {
  for (const name of ['postgres', '_postgres', madeByUs]) {
    const user = await lookUp(name);
    if (user) return user;
  }
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', madeByUs]],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', madeByUs]],
  ];
  const said: string[] = [];
  for (const [program, words] of ways) {
    await run(program, words).catch(error => said.push(String(error.message).trim()));
    const user = await lookUp(madeByUs);
    if (user) return user;
  }
  throw new Error(
    `PostgreSQL refuses to run as root, there is no user "postgres", and none could be made: start as an ordinary user. (${said.join('; ')})`,
  );
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async what => Number((await run('id', [what, name])).stdout)));
    return uid && gid !== undefined ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/** Every folder down to and including this one lets the user pass; judged by owner, group and mode alone. */
export async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (!may(await stat(at), user, 1)) return false;
    if (at === dirname(at)) return true;
  }
}

/** The user can enter the folder, and list and read all that is in it. */
export async function canReadAll(folder: string, user: ServerUser): Promise<boolean> {
  if (!(await canEnter(folder, user))) return false;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const ways = await Promise.all(
    entries.map(async entry => may(await stat(join(entry.parentPath, entry.name)), user, entry.isDirectory() ? 5 : 4)),
  );
  return ways.every(Boolean);
}

/**
 * A folder that only root may enter, below folders that all may enter, is opened to the server's user: to pass, not to list. Only so
 * does the database of a root's process lie inside the data folder, which may be the one volume that a container keeps.
 */
export async function letPass(folder: string, user: ServerUser): Promise<void> {
  const found = await stat(folder);
  if (may(found, user, 1) || found.uid !== 0 || ![0, user.gid].includes(found.gid) || !(await canEnter(dirname(folder), user)))
    return;
  await chown(folder, 0, user.gid);
  await chmod(folder, (found.mode & 0o7707) | 0o010);
}

export async function giveAll(folder: string, user: ServerUser): Promise<void> {
  await lchown(folder, user.uid, user.gid);
  if (!(await lstat(folder)).isDirectory()) return;
  for (const name of await readdir(folder)) await giveAll(join(folder, name), user);
}

// Groups beyond the first do not count: Node drops them when it starts a process as another user.
function may(found: Stats, user: ServerUser, need: number): boolean {
  const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
  return ((found.mode >> shift) & need) === need;
}
