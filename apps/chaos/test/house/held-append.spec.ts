import { holdAppend, type Appending } from '../../src/house/held-append.js';

/** Backends that are at work now and then, and do nothing while they are stopped. */
class Backends implements Appending {
  readonly stopped = new Set<number>();
  woken = 0;
  private looks = 0;

  constructor(private readonly atWork: (look: number) => boolean) {}

  backends = async () => [11, 12];
  isAtWork = async (backend: number) => {
    expect(this.stopped.has(backend)).toBe(true);
    return this.atWork((this.looks += 1));
  };
  stop = (backend: number) => void this.stopped.add(backend);
  wake = (backend: number) => {
    this.woken += 1;
    this.stopped.delete(backend);
  };
}

test('an append is held only when it was seen to be under way; whoever was idle goes on', async () => {
  const backends = new Backends(look => look === 4);
  let drawn = 0;
  const held = await holdAppend(backends, below => (drawn += 1) % below);
  expect([...backends.stopped]).toEqual([held]);
  expect(backends.woken).toBe(3);
});

test('a house in which nothing is appended is no round', async () => {
  const backends = new Backends(() => false);
  await expect(holdAppend(backends, () => 0, 5)).rejects.toThrow('no append was met under way');
  expect(backends.stopped.size).toBe(0);
});
