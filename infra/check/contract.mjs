// npm run contract [-- --kurrentdb=URL]: what every log must keep, asked of the log in KurrentDB; of a real server where one is named
// (it is written to: take an empty one), of a double of the server otherwise. Further options go to jest.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const option = '--kurrentdb=';
const url = process.argv.find(argument => argument.startsWith(option))?.slice(option.length);
const forwarded = process.argv.slice(2).filter(argument => !argument.startsWith(option));
if (url !== undefined && !/^(kurrentdb|esdb)(\+discover)?:\/\/[^\s/?#]+/.test(url)) {
  console.error('--kurrentdb= needs a connection string, such as kurrentdb://localhost:2113?tls=false');
  process.exit(2);
}
const server = url?.replace(/\/\/[^@/]*@/, '//***@');
console.log(server ? `the server at ${server}` : 'no server named (--kurrentdb=URL): a double of the server, not a real one');

const { YIZHAN_TEST_KURRENTDB_URL: _, ...environment } = process.env;
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    'libs/platform/event-store/kurrentdb/kurrent-event-store',
    `--globalSetup=${join(root, 'infra/check/no-server.mjs')}`,
    '--verbose',
    ...forwarded,
  ],
  { cwd: root, stdio: 'inherit', env: { ...environment, ...(url ? { YIZHAN_TEST_KURRENTDB_URL: url } : {}) } },
);
process.exit(status ?? 1);
