// Stands between a program and its broker: when the program ends, however it ends, its end of the channel closes, and the broker is
// ended at once. It is started in a session of its own, so that no Ctrl-C and no kill of the program's group reaches it first.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';

let java;
let remove;
let orphaned = false;

const leave = () => {
  if (orphaned && remove !== undefined) rmSync(remove, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
};
const tell = message => {
  if (process.connected) process.send(message, () => {});
};

process.on('disconnect', () => {
  orphaned = true;
  if (java === undefined) leave();
  else java.kill('SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => java?.kill('SIGTERM'));

/** The program hears of the end, and then lets go of the channel. */
const end = message => {
  java = undefined;
  if (orphaned) leave();
  tell(message);
  process.removeAllListeners('disconnect');
  process.once('disconnect', () => process.exit());
};

process.once('message', ({ command, words, folder, output, environment, temporary }) => {
  if (temporary) remove = folder;
  const out = openSync(output, 'w');
  java = spawn(command, words, { cwd: folder, env: environment, stdio: ['ignore', out, out] });
  closeSync(out);
  java.once('spawn', () => tell({ pid: java.pid }));
  java.once('error', error => {
    if (java.pid === undefined) end({ failed: error.message });
  });
  java.once('exit', (code, signal) => end({ ended: { code, signal } }));
});
