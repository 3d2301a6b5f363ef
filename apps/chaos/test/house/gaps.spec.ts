import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hasPostgres } from '@lib/platform/testing/test-database.js';

const main = resolve('dist/apps/chaos/src/main.js');

(hasPostgres ? describe : describe.skip)('readers that follow many writers', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yizhan-chaos-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const lastLine = (...options: string[]) =>
    promisify(execFile)(process.execPath, [main, 'gaps', '--events=1500', '--writers=16', '--seed=5', ...options], {
      cwd: folder,
    }).then(({ stdout }) => stdout.trim().split('\n').at(-1));

  test('miss nothing, and would miss something of a log that numbers by a sequence', async () => {
    expect(await Promise.all([lastLine(), lastLine('--twin')])).toEqual([
      '1 rounds, 1 interrupted, 0 violations',
      expect.stringMatching(/^1 rounds, 1 interrupted, [1-9]\d* violations: the twin sequence was caught$/),
    ]);
  }, 120_000);
});
