import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOf } from './partition.js';

const theirs = Partitioners.DefaultPartitioner();
const metadata = (partitions: number) =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  }));

test('a key goes to the partition that other clients would choose', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (key, partitions) => {
        const expected = theirs({ topic: 't', partitionMetadata: metadata(partitions), message: { key, value: null } });
        expect(partitionOf(key, partitions)).toBe(expected);
      },
    ),
    { numRuns: 2_000 },
  );
});
