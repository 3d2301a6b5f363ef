import { columns, projection } from '@lib/platform/kernel/projection.js';
import {
  PrimaryStationSet,
  VolunteerLinkedToStation,
  VolunteerTransferred,
  VolunteerUnlinked,
  type UnlinkingReason,
} from './volunteer-link.events.js';

/** Who serves, or served, which station. A link is a period; a change of the primary mark cuts it in two rows of the same `since`. */
export const volunteerLinkPeriods = projection(
  {
    name: 'volunteerLink',
    version: 1,
    columns: {
      volunteerId: columns.uuid,
      stationId: columns.uuid,
      isPrimary: columns.flag,
      /** The first day of the link. */
      since: columns.date,
    },
    key: ['volunteerId', 'stationId'],
    indexes: [{ columns: ['stationId'] }],
    temporal: true,
  },
  on => {
    const own = ({ volunteerId, stationId }: { readonly volunteerId: string; readonly stationId: string }) => ({
      volunteerId,
      stationId,
    });
    return [
      on(VolunteerLinkedToStation, own, (_, { volunteerId, stationId, primary, from }) => ({
        volunteerId,
        stationId,
        isPrimary: primary,
        since: from,
      })),
      on(VolunteerUnlinked, own, () => null),
      on(PrimaryStationSet, own, row => row && { ...row, isPrimary: true }),
      on(
        PrimaryStationSet,
        ({ volunteerId, formerStationId }) => (formerStationId ? [{ volunteerId, stationId: formerStationId }] : []),
        row => row && { ...row, isPrimary: false },
      ),
      on(
        VolunteerTransferred,
        ({ volunteerId, fromStationId }) => ({ volunteerId, stationId: fromStationId }),
        () => null,
      ),
      on(
        VolunteerTransferred,
        ({ volunteerId, toStationId }) => ({ volunteerId, stationId: toStationId }),
        (_, { volunteerId, toStationId, primary, on: since }) => ({
          volunteerId,
          stationId: toStationId,
          isPrimary: primary,
          since,
        }),
      ),
    ];
  },
);

/** A row of `read.volunteer_link`, with its two clocks. */
export interface VolunteerLinkRow {
  readonly volunteerId: string;
  readonly stationId: string;
  readonly isPrimary: boolean;
  readonly since: string;
  readonly recordedFrom: string;
  readonly recordedUntil: string | null;
  readonly effectiveFrom: string;
  readonly effectiveUntil: string | null;
}

/** Why a link ended on a day. */
export const volunteerLinkEnds = projection(
  {
    name: 'volunteerLinkEnd',
    version: 1,
    columns: { volunteerId: columns.uuid, stationId: columns.uuid, until: columns.date, because: columns.text },
    key: ['volunteerId', 'stationId', 'until'],
  },
  on => [
    on(
      VolunteerUnlinked,
      ({ volunteerId, stationId, until }) => ({ volunteerId, stationId, until }),
      (_, { volunteerId, stationId, until, because }) => ({ volunteerId, stationId, until, because }),
    ),
    on(
      VolunteerTransferred,
      ({ volunteerId, fromStationId, on: until }) => ({ volunteerId, stationId: fromStationId, until }),
      (_, { volunteerId, fromStationId, on: until }) => ({
        volunteerId,
        stationId: fromStationId,
        until,
        because: 'TRANSFERRED',
      }),
    ),
  ],
);

/** A row of `read.volunteer_link_end`. */
export interface VolunteerLinkEndRow {
  readonly volunteerId: string;
  readonly stationId: string;
  readonly until: string;
  readonly because: UnlinkingReason;
}

interface Counts {
  readonly stationId: string;
  readonly activeLinks: number;
  readonly primaryLinks: number;
}

const counted = (row: Counts | undefined, stationId: string, links: number, primaries: number): Counts => ({
  stationId,
  activeLinks: (row?.activeLinks ?? 0) + links,
  primaryLinks: (row?.primaryLinks ?? 0) + primaries,
});

/** How many volunteers a station has: link counts use all links, head counts the primary ones. */
export const stationVolunteers = projection(
  {
    name: 'stationVolunteers',
    version: 1,
    columns: { stationId: columns.uuid, activeLinks: columns.integer, primaryLinks: columns.integer },
    key: ['stationId'],
  },
  on => [
    on(
      VolunteerLinkedToStation,
      ({ stationId }) => ({ stationId }),
      (row, { stationId, primary }) => counted(row, stationId, 1, primary ? 1 : 0),
    ),
    on(
      VolunteerUnlinked,
      ({ stationId }) => ({ stationId }),
      (row, { stationId, primary }) => counted(row, stationId, -1, primary ? -1 : 0),
    ),
    on(
      PrimaryStationSet,
      ({ stationId }) => ({ stationId }),
      (row, { stationId }) => counted(row, stationId, 0, 1),
    ),
    on(
      PrimaryStationSet,
      ({ formerStationId }) => (formerStationId ? [{ stationId: formerStationId }] : []),
      row => row && counted(row, row.stationId, 0, -1),
    ),
    on(
      VolunteerTransferred,
      ({ fromStationId }) => ({ stationId: fromStationId }),
      (row, { fromStationId, primary }) => counted(row, fromStationId, -1, primary ? -1 : 0),
    ),
    on(
      VolunteerTransferred,
      ({ toStationId }) => ({ stationId: toStationId }),
      (row, { toStationId, primary }) => counted(row, toStationId, 1, primary ? 1 : 0),
    ),
  ],
);

/** A row of `read.station_volunteers`. */
export type StationVolunteersRow = Counts;
