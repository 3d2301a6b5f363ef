import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { canStartKafka } from '@lib/platform/testing/kafka-broker.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';

const main = resolve('dist/apps/chaos/src/main.js');

(hasPostgres && canStartKafka ? describe : describe.skip)('relays that are killed between produce and checkpoint', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yizhan-chaos-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** @returns what was said, line by line, and whether the run came out as it must */
  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, [main, 'kill-relay', '--rounds=2', '--seed=11', ...options], { cwd: folder }).then(
      ({ stdout }) => ({ fine: true, lines: stdout.trim().split('\n') }),
      (error: { stdout: string }) => ({ fine: false, lines: error.stdout.trim().split('\n') }),
    );

  test('leave nothing out, nothing out of order, and nothing that takes effect twice', async () => {
    const { fine, lines } = await run();
    expect(lines.at(-1)).toBe('2 rounds, 2 interrupted, 0 violations');
    expect(fine).toBe(true);
    const path = /^seed 11, history (.+)$/m.exec(lines.join('\n'))?.[1];
    expect(await readFile(path ?? '', 'utf8')).toMatch(/"what":"killed","round":2/);
  }, 300_000);

  test('are noticed when they move the checkpoint first; so is a subscriber that counts on offsets alone', async () => {
    const { fine, lines } = await run('--twin');
    expect(lines.filter(line => line.endsWith('was caught'))).toEqual([
      expect.stringMatching(/^2 rounds, 2 interrupted, [1-9]\d* violations: the twin checkpoint-first was caught$/),
      expect.stringMatching(/^2 rounds, 2 interrupted, [1-9]\d* violations: the twin no-ledger was caught$/),
    ]);
    expect(fine).toBe(true);
  }, 300_000);
});
