import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { PostingEnded, postingKinds, PostingStarted } from './posting.events.js';

export type PostingKind = (typeof postingKinds)[number];

/** Who is, or was, posted where. A posting is a period: from the day on which it began until the first day without it. */
export const postings = projection(
  {
    name: 'posting',
    version: 1,
    columns: {
      workerId: columns.uuid,
      stationId: columns.uuid,
      kind: columns.text,
      /** Of an acting posting: the day by which it ends at the latest. */
      plannedUntil: nullable(columns.date),
    },
    key: ['workerId', 'stationId', 'kind'],
    indexes: [{ columns: ['stationId'] }],
    temporal: true,
  },
  on => [
    on(
      PostingStarted,
      ({ workerId, stationId, kind }) => ({ workerId, stationId, kind }),
      (_, { workerId, stationId, kind, until }) => ({ workerId, stationId, kind, plannedUntil: until ?? null }),
    ),
    on(
      PostingEnded,
      ({ workerId, stationId, kind }) => ({ workerId, stationId, kind }),
      () => null,
    ),
  ],
);

/** A row of `read.posting`, with its two clocks. */
export interface PostingRow {
  readonly workerId: string;
  readonly stationId: string;
  readonly kind: PostingKind;
  readonly plannedUntil: string | null;
  readonly recordedFrom: string;
  readonly recordedUntil: string | null;
  readonly effectiveFrom: string;
  readonly effectiveUntil: string | null;
}
