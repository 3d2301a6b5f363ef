import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const keeper = join(dirname(fileURLToPath(import.meta.url)), 'keeper.mjs');

/**
 * Starts a command that ends when this process does, even by SIGKILL. `ended` is fulfilled when it has ended, for whatever reason.
 * @returns {Promise<{ pid: number, ended: Promise<void>, send(signal: string): void }>}
 */
export async function keep(task) {
  const child = fork(keeper, [], { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  let pid;
  let over = false;
  const send = signal => {
    if (over || pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  let finish;
  const ended = new Promise(settle => {
    finish = () => {
      over = true;
      settle();
    };
  });
  const started = new Promise((settle, reject) => {
    child.on('message', message => {
      if (message.pid !== undefined) {
        pid = message.pid;
        settle();
      } else {
        reject(new Error(message.failed ?? 'it ended at once'));
        finish();
        if (child.connected) child.disconnect();
      }
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error('the keeper of the broker ended'));
      // Without its keeper nobody would end the command, or hear of its end.
      send('SIGKILL');
      void gone(pid).finally(finish);
    });
  });
  child.send(task, () => {});
  await started;
  return { pid, ended, send };
}

/** A process that nobody collects looks alive for ever, so this gives up after a while. */
async function gone(pid) {
  for (const until = Date.now() + 10_000; pid !== undefined && Date.now() < until;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause(20);
  }
}
