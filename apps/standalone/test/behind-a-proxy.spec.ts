import { withoutSigningIn } from '@lib/platform/cqrs/guard.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { openTestHouse, type TestHouse } from './open-house.js';

const suite = hasPostgres ? describe : describe.skip;
const many = withoutSigningIn.send.atOnce + 10;

suite.each([
  { trustedProxies: ['127.0.0.1', '::1'], others: 400, title: 'of ours, strangers are counted by the address that it names' },
  { trustedProxies: [], others: 429, title: 'that nobody named, all strangers are one, whatever they write' },
])('behind a proxy', ({ trustedProxies, others, title }) => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await openTestHouse(undefined, { trustedProxies });
  }, 60_000);
  afterAll(() => house?.close());

  /** An application that lacks everything: whoever may send it is told so. */
  const applyFrom = async (address: string) =>
    (await house.anybody.send('/api/volunteers', {}, { 'x-forwarded-for': address })).status;

  test(`${title}`, async () => {
    const answers: number[] = [];
    for (let nth = 0; nth < many; nth += 1) answers.push(await applyFrom('203.0.113.7'));
    expect(answers).toContain(429);
    expect(await applyFrom('198.51.100.9')).toBe(others);
    // What a stranger writes in front of it is not believed.
    expect(await applyFrom('198.51.100.10, 203.0.113.7')).toBe(429);
  });
});
