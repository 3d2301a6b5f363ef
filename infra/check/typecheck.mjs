// Types, by the fast compiler; where it knows an option or finds a fault that the building compiler does not, the latter decides.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const fast = 'node_modules/typescript7/bin/tsc';

for (const [name, project] of [
  ['types', 'tsconfig.json'],
  ['types of the console', 'apps/console/tsconfig.json'],
  ['types of the tests of the console', 'apps/console/test/tsconfig.json'],
]) {
  const check = compiler =>
    spawnSync(process.execPath, [join(root, compiler), '--noEmit', '-p', project], { cwd: root, encoding: 'utf8' });
  if (existsSync(join(root, fast)) && check(fast).status === 0) {
    console.log(`${name}: fine (TypeScript 7)`);
  } else {
    const { status, stdout, stderr } = check('node_modules/typescript/bin/tsc');
    process.stdout.write(stdout + stderr);
    console.log(status === 0 ? `${name}: fine (TypeScript 6; the fast compiler did not agree)` : `${name}: not fine`);
    process.exitCode ||= status ?? 1;
  }
}
