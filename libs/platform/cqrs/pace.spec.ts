import fc from 'fast-check';
import { callerOf, Pace } from './pace.js';

const slow = { atOnce: 3, perMinute: 6 };

describe('a pace', () => {
  let now = 0;
  const clock = () => now;
  beforeEach(() => {
    now = 1_000;
  });

  test('lets so many through at once, then says for how long to wait', () => {
    const pace = new Pace(slow, clock);
    expect([1, 2, 3, 4, 5].map(() => pace.waitOf('a'))).toEqual([0, 0, 0, 10, 10]);
    now += 9_999;
    expect(pace.waitOf('a')).toBe(1);
    now += 1;
    expect([pace.waitOf('a'), pace.waitOf('a')]).toEqual([0, 10]);
  });
  test('gives back with time what was not used, and no more than may be done at once', () => {
    const pace = new Pace(slow, clock);
    for (const _ of [1, 2, 3]) pace.waitOf('a');
    now += 3_600_000;
    expect([1, 2, 3, 4].map(() => pace.waitOf('a') === 0)).toEqual([true, true, true, false]);
  });
  test('counts everybody alone', () => {
    const pace = new Pace(slow, clock);
    for (const _ of [1, 2, 3]) pace.waitOf('a');
    expect([pace.waitOf('a') > 0, pace.waitOf('b')]).toEqual([true, 0]);
  });
  test('remembers no more addresses than it may, and forgets who asked longest ago', () => {
    const pace = new Pace(slow, clock, 100);
    for (const _ of [1, 2, 3]) pace.waitOf('busy');
    for (let nth = 0; nth < 5_000; nth += 1) {
      pace.waitOf(`caller ${nth}`);
      if (nth % 50 === 0) expect(pace.waitOf('busy')).toBeGreaterThan(0);
    }
    expect(pace.remembered).toBe(100);
  });
  test('never lets more through than the allowance, however it is asked', () =>
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30_000 }), { maxLength: 80 }), pauses => {
        const pace = new Pace(slow, clock);
        const began = now;
        let through = 0;
        for (const pause of pauses) {
          now += pause;
          if (pace.waitOf('a') === 0) through += 1;
        }
        expect(through).toBeLessThanOrEqual(slow.atOnce + Math.ceil(((now - began) * slow.perMinute) / 60_000));
      }),
    ));
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is counted as %s', (address, caller) => expect(callerOf(address)).toBe(caller));
