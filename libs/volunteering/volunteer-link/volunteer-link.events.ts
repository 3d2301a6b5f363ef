import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, flag, id, oneOf, optional } from '@lib/platform/kernel/shape.js';

const event = eventsOf('volunteerLink', 'volunteerId');

export const unlinkingReasons = [
  'OWN_WISH',
  'MOVED_AWAY',
  'STATION_CLOSED',
  'TRANSFERRED',
  'VOLUNTEER_WITHDRAWN',
  'OTHER',
] as const;
export type UnlinkingReason = (typeof unlinkingReasons)[number];

/** A volunteer began to serve a station; the first link is the primary one. @source 三(二)1-2 */
export class VolunteerLinkedToStation extends event(
  'VolunteerLinkedToStation',
  1,
  { volunteerId: id, stationId: id, from: date, primary: flag },
  { zh: '“{volunteerId}”联系到“{stationId}”(自 {from})', en: '“{volunteerId}” was linked to “{stationId}” (from {from})' },
) {}

/** A link ended; the day named is the first without it. `primary` says whether it was the primary one. */
export class VolunteerUnlinked extends event(
  'VolunteerUnlinked',
  1,
  { volunteerId: id, stationId: id, until: date, because: oneOf(...unlinkingReasons), primary: flag },
  {
    zh: '“{volunteerId}”与“{stationId}”的联系结束({until},{because})',
    en: 'The link of “{volunteerId}” to “{stationId}” ended ({until}, {because})',
  },
) {}

/** Another one of the volunteer's stations is the primary one; the former one is named while its link goes on. */
export class PrimaryStationSet extends event(
  'PrimaryStationSet',
  1,
  { volunteerId: id, stationId: id, formerStationId: optional(id), from: date },
  {
    zh: '“{volunteerId}”的主要服务站定为“{stationId}”(自 {from})',
    en: '“{stationId}” became the primary station of “{volunteerId}” (from {from})',
  },
) {}

/** A volunteer went from one station to another in one stroke; the primary mark, if it was there, went along. */
export class VolunteerTransferred extends event(
  'VolunteerTransferred',
  1,
  { volunteerId: id, fromStationId: id, toStationId: id, on: date, primary: flag },
  {
    zh: '“{volunteerId}”由“{fromStationId}”转到“{toStationId}”({on})',
    en: '“{volunteerId}” went from “{fromStationId}” to “{toStationId}” ({on})',
  },
) {}

export type VolunteerLinkFact = VolunteerLinkedToStation | VolunteerUnlinked | PrimaryStationSet | VolunteerTransferred;
