/** The same numbers on every machine and at every run. */
export function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const among = <T>(choices: ArrayLike<T>) => choices[below(choices.length)]!;
  const some = <T>(choices: readonly T[], most: number) => [
    ...new Set(Array.from({ length: 1 + below(most) }, () => among(choices))),
  ];
  return { next, in: (share: number) => next() < share, below, among, some };
}
export type Chance = ReturnType<typeof chance>;
