import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * When the process with this id started, in words that only fit that one process; undefined when there is none (a zombie counts as
 * none). Two equal answers for one pid mean the same process. Windows: not run.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) return undefined;
    // The program's name, field 2, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Field 22 counts from boot, and a container's pids repeat from boot to boot.
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${fields[19]} ${boot.trim()}`.trim();
  }
  const asked =
    process.platform === 'win32'
      ? run('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`])
      : // lstart is written in the asker's language and time zone.
        run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } });
  return asked.then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

/** Waits until the process is gone; false when it still runs after so many milliseconds. */
export async function goneWithin(pid: number, milliseconds: number): Promise<boolean> {
  for (const until = Date.now() + milliseconds; ;) {
    if ((await processStart(pid)) === undefined) return true;
    if (Date.now() > until) return false;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
