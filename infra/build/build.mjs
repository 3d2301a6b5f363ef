// Builds below dist/ what has changed: the programs and libraries in one pass, the console in another; with --if-changed only
// when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');

const run = (tool, ...args) => {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
};

const parts = [
  {
    stamp: 'dist/.built',
    sources: ['apps', 'libs', 'infra/build', 'nest-cli.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json'],
    not: ['apps/console'],
    async build() {
      if (existsSync(dist)) {
        for (const name of readdirSync(dist))
          if (!name.startsWith('.console') && name !== 'console') rmSync(join(dist, name), { recursive: true, force: true });
      }
      run('@nestjs/cli/bin/nest.js', 'build');
      // Loads the compiler, which a start that builds nothing does not wait for.
      const { describe } = await import('./describe.mjs');
      describe(root);
    },
  },
  {
    stamp: 'dist/.console-built',
    sources: [
      'apps/console',
      'libs/scrutiny/history/labels.ts',
      'libs/platform/spreadsheet/harmless-text.ts',
      'infra/build',
      'package-lock.json',
    ],
    not: ['apps/console/test'],
    build() {
      run('vite/bin/vite.js', 'build', 'apps/console', '--logLevel', 'warn');
    },
  },
];

function newest(path, not) {
  if (not.includes(path)) return 0;
  const stat = statSync(join(root, path));
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(join(root, path)).reduce((latest, name) => Math.max(latest, newest(`${path}/${name}`, not)), stat.mtimeMs);
}

function isStale({ stamp, sources, not }) {
  if (!existsSync(join(root, stamp))) return true;
  const builtAt = statSync(join(root, stamp)).mtimeMs;
  return sources.some(source => newest(source, not) > builtAt);
}

export const changed = () => parts.some(isStale);

/** Builds the parts that have changed, or all of them. Ends the process when the build fails. */
export async function build(all = false) {
  if (!existsSync(join(root, 'node_modules'))) {
    console.error('请先运行 npm ci。 Run npm ci first.');
    process.exit(1);
  }
  process.stderr.write('正在构建… building …\n');
  mkdirSync(dist, { recursive: true });
  for (const part of parts.filter(each => all || isStale(each))) {
    const startedAt = new Date();
    await part.build();
    writeFileSync(join(root, part.stamp), '');
    // What was changed while it was being built counts as changed.
    utimesSync(join(root, part.stamp), startedAt, startedAt);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const onlyChanged = process.argv.includes('--if-changed');
  if (!onlyChanged || changed()) await build(!onlyChanged);
}
