import { setImmediate as turn } from 'node:timers/promises';
import { Turnstile } from './turnstile.js';

test('no more than are let in are inside, and all come in, in order, also behind one that failed', async () => {
  const turnstile = new Turnstile(3);
  let inside = 0;
  let most = 0;
  const entered: number[] = [];
  const visits = Array.from({ length: 20 }, (_, nth) =>
    turnstile.pass(async () => {
      entered.push(nth);
      most = Math.max(most, (inside += 1));
      await turn();
      inside -= 1;
      if (nth % 4 === 1) throw new Error('fell');
      return nth;
    }),
  );
  const settled = await Promise.allSettled(visits);
  expect(most).toBe(3);
  expect(entered).toEqual(visits.map((_, nth) => nth));
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(await turnstile.pass(async () => 'free again')).toBe('free again');
});
