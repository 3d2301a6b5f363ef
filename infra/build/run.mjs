// node infra/build/run.mjs <app> […]: builds what is needed, then becomes that program, so that signals reach it directly.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, changed } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [, , app, ...rest] = process.argv;
if (changed()) await build();
// npm runs scripts in a shell, and a signal that is sent to npm ends that shell but does not reach this process.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
const main = join(root, 'dist/apps', app, 'src/main.js');
process.argv.splice(1, process.argv.length - 1, main, ...rest);
await import(pathToFileURL(main).href);
