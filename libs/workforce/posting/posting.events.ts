import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, oneOf, optional } from '@lib/platform/kernel/shape.js';

const event = eventsOf('posting', 'workerId');

export const postingKinds = ['PRIMARY', 'ACTING'] as const;

/** A worker's posting at a station began. Primary: the station's own worker. Acting: for a time, beside the primary posting. */
export class PostingStarted extends event(
  'PostingStarted',
  1,
  { workerId: id, stationId: id, kind: oneOf(...postingKinds), from: date, until: optional(date) },
  {
    zh: '“{workerId}”到“{stationId}”任职(自 {from}[,至 {until}])',
    en: '“{workerId}” was posted to “{stationId}” (from {from}[ until {until}])',
  },
) {}

/** A posting ended; the day named is the first without it. */
export class PostingEnded extends event(
  'PostingEnded',
  1,
  { workerId: id, stationId: id, kind: oneOf(...postingKinds), until: date },
  { zh: '“{workerId}”在“{stationId}”的任职结束({until})', en: 'The posting of “{workerId}” at “{stationId}” ended ({until})' },
) {}

export type PostingFact = PostingStarted | PostingEnded;
