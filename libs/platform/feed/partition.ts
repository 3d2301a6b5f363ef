const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * Where the usual clients of every language put a record with this key: murmur2 of its bytes, as Kafka's own default partitioner has it.
 * Whoever else writes to, or looks up in, the same topics comes to the same partition.
 */
export function partitionOf(key: string, partitions: number): number {
  const bytes = Buffer.from(key);
  const { length } = bytes;
  const rest = length & ~3;
  let hash = seed ^ length;
  for (let at = 0; at < rest; at += 4) {
    let part = Math.imul(bytes.readInt32LE(at), multiplier);
    part = Math.imul(part ^ (part >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ part;
  }
  if (length > rest) {
    for (let at = length - 1; at >= rest; at -= 1) hash ^= bytes[at]! << ((at - rest) * 8);
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return ((hash ^ (hash >>> 15)) & 0x7fffffff) % partitions;
}
