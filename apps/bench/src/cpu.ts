import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Linux counts them so on every machine of today. */
const ticksPerSecond = 100;

/** The times in `/proc/<pid>/stat`: of the process, and of the children of it that have ended. Where the system does not say: none. */
async function ticksOf(pid: number): Promise<{ own: number; ended: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { own: user + system, ended: endedUser + endedSystem };
}

/** Seconds of processor time that a process has used; unlike the clock it hardly depends on what else the machine does. */
export const cpuSeconds = async (pid: number): Promise<number> => (await ticksOf(pid)).own / ticksPerSecond;

/** Seconds of processor time that a PostgreSQL has used, with all its workers. */
export async function serverCpuSeconds(dataFolder: string): Promise<number> {
  const main = Number.parseInt(await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(main)) return 0;
  const workers = (await readFile(`/proc/${main}/task/${main}/children`, 'utf8').catch(() => ''))
    .trim()
    .split(' ')
    .filter(Boolean);
  const { own, ended } = await ticksOf(main);
  const running = await Promise.all(workers.map(pid => ticksOf(Number(pid))));
  return (own + ended + running.reduce((sum, ticks) => sum + ticks.own, 0)) / ticksPerSecond;
}
