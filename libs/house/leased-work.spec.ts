import { until } from '@lib/platform/processes/until.js';
import { TablesMissing } from '@lib/platform/schema/make-tables.js';
import { leasedWork } from './leased-work.js';

/** A lease that is free, and nothing else of a database. */
const pool = { query: async () => ({ rows: [{ token: '7' }], rowCount: 1 }) };

function office() {
  const [said, noted, failures]: [string[], string[], unknown[]] = [[], [], []];
  const work = leasedWork(
    { pool, log: { warn: (_: unknown, words: string) => noted.push(words) } } as never,
    { say: ({ en }) => void said.push(en), fail: error => void failures.push(error) },
    'folding',
  );
  return { work, said, noted, failures };
}

const away = () => Object.assign(new Error('the database system is starting up'), { code: '57P03' });

test('work that meets a database which is away waits, says so, and begins when it is back', async () => {
  const { work, said, noted, failures } = office();
  let [isAway, ended, tries] = [true, false, 0];
  work.begin(async () => {
    tries += 1;
    if (isAway) throw away();
    return async () => void (ended = true);
  });
  await until('it has tried twice', () => tries > 1 && work.trouble() !== undefined, 30_000);
  expect(work.trouble()).toBe('the database system is starting up');
  expect(work.lease.grant?.token).toBe(7n);
  isAway = false;
  await until('it works', () => said.length > 0, 30_000);
  expect(said).toEqual(['folding: this process does the work (token 7)']);
  expect(noted).toContain('the work has not begun and will be tried again');
  expect(work.trouble()).toBeUndefined();
  await work.stop();
  expect([ended, failures]).toEqual([true, []]);
});

test('what waiting cannot mend ends the program', async () => {
  const { work, failures } = office();
  const missing = new TablesMissing('read');
  work.begin(() => Promise.reject(missing));
  await until('it has failed', () => failures.length > 0, 30_000);
  expect(failures).toEqual([missing]);
});

test('work that waits for the database ends when it is told to', async () => {
  const { work, said, failures } = office();
  work.begin(() => Promise.reject(away()));
  await until('it waits', () => work.trouble() !== undefined, 30_000);
  await work.stop();
  expect([said, failures]).toEqual([[], []]);
});
