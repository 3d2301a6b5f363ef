const bits = 1 << 23;
const probes = 4;

/**
 * The keys that a table may hold, as long as all of its rows were written since it was empty (a Bloom filter of one megabyte).
 * Most facts of a rebuild are about something new, and what is surely new need not be looked up. A key that was added for a
 * transaction that failed does no harm; a full filter only makes for more look-ups.
 */
export class KeyFilter {
  private readonly words = new Uint32Array(bits / 32);

  add(key: string): void {
    for (const bit of places(key)) this.words[bit >>> 5]! |= 1 << (bit & 31);
  }

  mayHold(key: string): boolean {
    return places(key).every(bit => (this.words[bit >>> 5]! & (1 << (bit & 31))) !== 0);
  }
}

function places(key: string): readonly number[] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let at = 0; at < key.length; at += 1) {
    const letter = key.charCodeAt(at);
    first = Math.imul(first ^ letter, 0x01000193);
    second = Math.imul(second ^ letter, 0x5bd1e995) ^ (second >>> 13);
  }
  return Array.from({ length: probes }, (_, nth) => (((first ^ (first >>> 15)) + nth * (second | 1)) >>> 0) % bits);
}
