import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canEnter, giveAll, isRoot, letPass, type ServerUser, serviceUser } from './server-user.js';

/** Where root's PostgreSQL lives when its user cannot enter the data folder or the checkout. */
export const rootsStage = '/var/lib/yizhan';

export type ClusterPlace = {
  readonly cluster: string;
  readonly user: ServerUser | undefined;
  readonly exists: boolean;
  /** The link by which a person finds a cluster that lies elsewhere. */
  readonly link: string | undefined;
};

/**
 * Where the cluster of a data folder lies, and who runs it. A cluster that exists stays where it is and is run by whoever owns it;
 * a clear error is better than an empty database in another place.
 */
export async function clusterPlace(folder: string): Promise<ClusterPlace> {
  const place = join(folder, 'postgres');
  const found = await lstat(place).catch(() => undefined);
  if (found?.isDirectory() && (await readdir(place).catch(() => ['unreadable'])).length === 0) await rmdir(place);
  else if (found) return existing(place, folder);

  if (!isRoot()) return { cluster: place, user: undefined, exists: false, link: undefined };
  const user = await serviceUser();
  await letPass(folder, user);
  if (await canEnter(folder, user)) return { cluster: place, user, exists: false, link: undefined };

  const clusters = join(rootsStage, 'clusters');
  await mkdir(clusters, { recursive: true });
  await chmod(rootsStage, 0o755);
  await chmod(clusters, 0o711);
  const cluster = join(clusters, createHash('sha256').update(folder).digest('hex').slice(0, 16));
  return { cluster, user, exists: false, link: place };
}

async function existing(place: string, folder: string): Promise<ClusterPlace> {
  const cluster = await realpath(place).catch(async () => {
    throw new Error(
      `The database of ${folder} should lie in ${await readlink(place)}, which is not there: bring it back, or remove ${place} to start empty.`,
    );
  });
  const { uid, gid } = await stat(cluster);
  const self = process.getuid?.();
  if (self !== undefined && self !== 0 && uid !== self)
    throw new Error(`The database in ${cluster} belongs to the user with the id ${uid}: start as that user or as root.`);
  if (!existsSync(join(cluster, 'PG_VERSION')))
    throw new Error(`${cluster} is in the way: it is not a PostgreSQL database, and not empty.`);
  await refuseCopy(cluster, place, folder);
  if (!isRoot()) return { cluster, user: undefined, exists: true, link: undefined };

  const user = uid === 0 ? await serviceUser() : { uid, gid };
  if (uid === 0) await giveAll(cluster, user);
  if (dirname(cluster) === folder) await letPass(folder, user);
  if (!(await canEnter(cluster, user)))
    throw new Error(
      `The database in ${cluster} belongs to the user with the id ${user.uid}, who may no longer enter that folder: give back that right.`,
    );
  return { cluster, user, exists: true, link: undefined };
}

// A copied data folder brings the link along, and its process would then stop and take over the database of the first.
async function refuseCopy(cluster: string, place: string, folder: string): Promise<void> {
  if (cluster === place) return;
  const note = `${cluster}.folder`;
  const known = await readFile(note, 'utf8').catch(() => folder);
  if (known === folder) return;
  if ((await realpath(join(known, 'postgres')).catch(() => undefined)) === cluster)
    throw new Error(
      `The data folders ${known} and ${folder} both point to the database ${cluster}: remove ${place} from the copy.`,
    );
  await writeFile(note, folder);
}

/** Makes a new cluster by `initdb(folder)`: it appears under its name only when complete. */
export async function makeCluster(
  { cluster, user, link }: ClusterPlace,
  folder: string,
  initdb: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(cluster);
  const prefix = `${basename(cluster)}.new-`;
  for (const name of await readdir(parent))
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  const draft = await mkdtemp(join(parent, prefix));
  try {
    if (user) await chown(draft, user.uid, user.gid);
    await initdb(draft);
    // A cluster here to which no data folder points is of a data folder that was removed.
    if (existsSync(cluster)) await rename(cluster, `${cluster}.old-${Date.now()}`);
    await rename(draft, cluster);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  await keepName(parent);
  if (!link) return;
  await writeFile(`${cluster}.folder`, folder);
  await symlink(cluster, link);
  await keepName(folder);
}

async function keepName(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
