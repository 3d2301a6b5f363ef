// Which way imports point (.dependency-cruiser.cjs), and what a file may not be. Every rule is tried on a planted violation first:
// the checks run on a copy with the plants in it, and a plant that is not caught fails the run like a real violation.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));

/** What no file below apps/ and libs/ may be or hold. */
const fileRules = [
  { name: 'no-index-files', breaks: path => /(^|\/)index\.tsx?$/.test(path) },
  { name: 'no-barrels', breaks: (_, text) => /^export\s+(type\s+)?(\*|\{[^}]*\}\s*from)/m.test(text) },
  { name: 'no-enums', breaks: (_, text) => /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w/m.test(text) },
];

/** For each rule the files that break it together. */
const plants = {
  'kernel-knows-only-itself': [['libs/platform/kernel/planted.ts', `import 'class-validator';`]],
  'facts-know-only-facts': [['libs/workforce/planted/planted.events.ts', `import '@lib/platform/cqrs/by.js';`]],
  'state-knows-only-facts': [['libs/workforce/planted/planted.ts', `import '@lib/platform/cqrs/calendar-date.js';`]],
  'decisions-know-no-framework': [['libs/workforce/planted/framework.commands.ts', `import '@nestjs/common';`]],
  'decisions-reach-no-framework': [
    ['libs/workforce/planted/detour.commands.ts', `import './planted-detour.js';`],
    ['libs/workforce/planted/planted-detour.ts', `import 'kysely';`],
  ],
  'decisions-do-nothing-themselves': [['libs/workforce/planted/reads-a-file.commands.ts', `import 'node:fs';`]],
  'contexts-meet-through-facts': [
    ['libs/workforce/planted/neighbour.ts', `import '@lib/service-network/service-station/service-station.js';`],
  ],
  'contexts-share-only-the-types-of-views': [
    ['libs/workforce/planted/neighbour.views.ts', `import '@lib/service-network/service-station/service-station.views.js';`],
  ],
  'nobody-asks-the-house': [['libs/workforce/planted/whole.ts', `import '@lib/house/office.js';`]],
  'programs-know-no-program': [['apps/demo/src/planted.ts', `import '../../standalone/src/main.js';`]],
  'platform-knows-no-office': [['libs/platform/cqrs/planted.ts', `import '@lib/territory/division/division.events.js';`]],
  'libraries-know-no-program': [['libs/workforce/planted/program.ts', `import '../../../apps/standalone/src/main.js';`]],
  'products-know-no-tools': [
    ['libs/workforce/planted/tooled.ts', `import '../../../infra/kafka/ports.mjs';`],
    ['apps/demo/src/planted-tooled.ts', `import '../../../infra/kafka/ports.mjs';`],
  ],
  'the-console-knows-no-library': [['apps/console/src/shell/planted.ts', `import '@lib/platform/kernel/calendar.js';`]],
  'the-frame-knows-no-room': [['apps/console/src/shell/planted-room.ts', `import '../workforce/words.ts';`]],
  'the-console-runs-in-a-browser': [['apps/console/src/shell/planted-file.ts', `import 'node:fs';`]],
  'nobody-runs-the-console': [['libs/workforce/planted/screen.ts', `import '../../../apps/console/src/shell/state-words.ts';`]],
  'no-test-code-in-production': [['libs/workforce/planted/tested.ts', `import '@lib/platform/testing/given.js';`]],
  'faults-run-twins-and-no-other-test-code': [['apps/chaos/src/planted-test.ts', `import '@lib/platform/testing/given.js';`]],
  'production-needs-no-development-package': [['libs/workforce/planted/developed.ts', `import 'fast-check';`]],
  'no-cycles': [
    ['libs/workforce/planted/hen.ts', `import './egg.js';`],
    ['libs/workforce/planted/egg.ts', `import './hen.js';`],
  ],
  'no-missing-files': [['libs/workforce/planted/lost.ts', `import './nowhere.js';`]],
  'no-index-files': [['libs/workforce/planted/index.ts', 'export const planted = 1;']],
  'no-barrels': [['libs/workforce/planted/barrel.ts', `export { planted } from './developed.js';`]],
  'no-enums': [['libs/workforce/planted/enumerated.ts', 'export enum Planted { One }']],
};
/** What must stay allowed; a rule that forbids it has grown too wide. */
const allowed = [
  ['libs/workforce/planted/allowed.events.ts', `import '@lib/territory/division/division.events.js';`],
  ['libs/workforce/planted/allowed.commands.ts', `import 'class-validator';\nimport './allowed.events.js';`],
  ['apps/console/src/shell/planted-words.ts', `import '@lib/scrutiny/history/labels.js';`],
  [
    'libs/workforce/planted/allowed.views.ts',
    `import type { serviceStations } from '@lib/service-network/service-station/service-station.views.js';\nexport type Planted = typeof serviceStations;`,
  ],
  ['apps/chaos/src/planted.ts', `import type { Broker } from '../../../infra/kafka/broker.mjs';\nexport type Planted = Broker;`],
];

const filesUnder = folder =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

function plant(copy) {
  for (const folder of ['apps', 'libs', 'infra/kafka']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.base.json', '.dependency-cruiser.cjs'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'), 'junction');
  for (const [path, text] of [...Object.values(plants).flat(), ...allowed]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), `${text}\n`);
  }
}

function importsOf(copy) {
  const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruise, 'apps', 'libs', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout) throw new Error(`dependency-cruiser gave no answer (${status}): ${stderr}`);
  const { summary } = JSON.parse(stdout);
  const found = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  return { found, modules: summary.totalCruised, imports: summary.totalDependenciesCruised };
}

function misshapen(copy) {
  return ['apps', 'libs']
    .flatMap(folder => filesUnder(join(copy, folder)))
    .filter(path => /\.tsx?$/.test(path))
    .flatMap(path => {
      const from = relative(copy, path).replaceAll('\\', '/');
      const text = readFileSync(path, 'utf8');
      return fileRules.filter(({ breaks }) => breaks(from, text)).map(({ name }) => ({ rule: name, from, to: '' }));
    });
}

const copy = mkdtempSync(join(tmpdir(), 'yizhan-boundaries-'));
const remove = () => rmSync(copy, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    remove();
    process.exit(1);
  });
}

try {
  plant(copy);
  const { found, modules, imports } = importsOf(copy);
  const violations = [...found, ...misshapen(copy)];
  const rules = [...forbidden, ...fileRules].map(({ name }) => name);
  const planted = new Set(Object.values(plants).flatMap(files => files.map(([path]) => path)));
  const uncaught = rules.filter(
    rule => !violations.some(({ rule: broken, from }) => broken === rule && plants[rule]?.some(([path]) => path === from)),
  );
  const real = violations.filter(({ from }) => !planted.has(from));

  for (const rule of uncaught) console.error(`✗ ${rule}: the planted violation was not caught`);
  for (const { rule, from, to } of real) console.error(`✗ ${rule}: ${from}${to ? ` → ${to}` : ''}`);
  console.log(
    `boundaries: ${modules} files, ${imports} imports, ${rules.length} rules; ${rules.length - uncaught.length} planted violations caught, ${real.length} real ones`,
  );
  if (uncaught.length > 0 || real.length > 0) process.exitCode = 1;
} finally {
  remove();
}
