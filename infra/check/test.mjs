// npm test [-- <paths or jest options>]: builds what has changed, runs the suites, says by name which were skipped, and ends with a line of numbers.
// --pure: only what needs no server, without a build. YIZHAN_REQUIRE_ALL=1: a skipped test is a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installBrowser } from '../browser/install.mjs';
import { build, changed } from '../build/build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const pure = process.argv.includes('--pure');
const forwarded = process.argv.slice(2).filter(argument => argument !== '--pure');
const requireAll = Boolean(process.env.YIZHAN_REQUIRE_ALL) && !pure;
const withoutServer = [
  `--globalSetup=${join(root, 'infra/check/no-server.mjs')}`,
  '--testPathIgnorePatterns=/apps/',
  '--testPathIgnorePatterns=embedded-postgres',
];

// The server of the tests is started by the built launcher.
if (!pure && changed()) await build();
// The console's suites look for it; where there is none they say skipped.
const browser = pure ? undefined : installBrowser();

const folder = mkdtempSync(join(tmpdir(), 'yizhan-results-'));
const results = join(folder, 'results.json');
const jest = join(root, 'node_modules/jest/bin/jest.js');
const options = [...forwarded, '--ci', '--json', `--outputFile=${results}`, ...(pure ? withoutServer : [])];
const { YIZHAN_REQUIRE_ALL: _, ...withoutDemand } = process.env;
const { status } = spawnSync(process.execPath, [jest, ...options], {
  cwd: root,
  // jest writes its report to stderr and the JSON, which nobody reads here, to stdout.
  stdio: ['ignore', 'ignore', 'inherit'],
  env: pure ? withoutDemand : { ...process.env, ...(browser ? { CHROMIUM_PATH: browser } : {}) },
});
const summary = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
rmSync(folder, { recursive: true, force: true });
if (!summary) process.exit(status || 1);

/** What only root can try is not missed by anybody else. */
const forRootOnly = name => process.getuid?.() !== 0 && /\bonly root\b/.test(name);
const skipped = summary.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status: state }) => state === 'pending' || state === 'todo')
    .map(({ ancestorTitles, title, fullName }) => ({
      suite: `${relative(root, name)} › ${ancestorTitles[0] ?? title}`,
      fullName,
    })),
);
for (const suite of new Set(skipped.map(({ suite: named }) => named)))
  console.log(`skipped: ${suite} (${skipped.filter(({ suite: named }) => named === suite).length})`);

const missed = requireAll ? skipped.filter(({ fullName }) => !forRootOnly(fullName)).length : 0;
if (missed > 0) console.log(`${missed} skipped tests count as failed, because YIZHAN_REQUIRE_ALL is set`);
const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites + missed;
console.log(
  `${summary.numPassedTests} passed, ${failed} failed${skipped.length > missed ? `, ${skipped.length - missed} skipped` : ''}`,
);
process.exit(failed > 0 ? 1 : (status ?? 1));
