import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { Volunteer } from '../volunteer/volunteer.js';
import {
  PrimaryStationSet,
  unlinkingReasons,
  VolunteerLinkedToStation,
  VolunteerTransferred,
  VolunteerUnlinked,
  type UnlinkingReason,
} from './volunteer-link.events.js';
import {
  linkTo,
  primaryOf,
  type CenterStanding,
  type Link,
  type StationStanding,
  type VolunteerLinks,
} from './volunteer-link.js';

/** @throws Refusal when the link began after the day from which something about it should count */
export const requireBegun = ({ stationId, from }: Link, on: string) => {
  if (from > on) {
    throw new Refusal(
      'link-began-later',
      { zh: `联系自 ${from} 才开始,生效日期不能更早`, en: `The link began on ${from}; the effective date cannot be earlier` },
      { stationId, from },
    );
  }
};

const requireAccepted = ({ stage }: Volunteer) => {
  if (stage === 'accepted') return;
  throw new Refusal('volunteer-not-accepted', {
    zh: '该志愿者未接纳、已暂停或已退出',
    en: 'The volunteer is not accepted, suspended or withdrawn',
  });
};

const requireOpen = ({ stage }: StationStanding, stationId: string) => {
  if (stage === 'open') return;
  throw new Refusal(
    'station-not-open-to-volunteers',
    { zh: '服务站不存在、暂停中或已关闭', en: 'The station does not exist, is suspended or closed' },
    { stationId },
  );
};

const notLinked = (stationId: string) =>
  new Refusal(
    'volunteer-not-linked',
    { zh: '该志愿者未联系此服务站', en: 'The volunteer is not linked to this station' },
    { stationId },
  );

interface AtStation {
  readonly links: VolunteerLinks;
  readonly station: StationStanding;
  readonly center: CenterStanding;
}

/** A link cannot count from before its station opened or its volunteer was accepted. */
const requirePossible = (on: string, { openedOn = '' }: StationStanding, volunteer: Volunteer) => {
  const { acceptedOn = '' } = volunteer.stage === 'unregistered' ? {} : volunteer;
  const since = openedOn > acceptedOn ? openedOn : acceptedOn;
  if (on < since) {
    throw new Refusal('began-later', { zh: `不能早于 ${since} 起算`, en: `It cannot count from before ${since}` }, { since });
  }
};

/** Link a volunteer to a station. Several stations are fine; the first is the primary one. */
export class LinkVolunteer {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c51" */
  @IsUUID() readonly volunteerId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly stationId!: string;
  /** True: this station is the primary one from now on. @example false */
  @IsOptional() @IsBoolean() readonly primary?: boolean;
}

export function linkVolunteer(
  { volunteerId, stationId, primary = false }: LinkVolunteer,
  { links, volunteer, station }: AtStation & { volunteer: Volunteer },
  { on }: Circumstances,
) {
  const linked = linkTo(links, stationId);
  if (linked && (linked.primary || !primary)) return [];
  requireAccepted(volunteer);
  requireOpen(station, stationId);
  if (linked) requireBegun(linked, on);
  else requirePossible(on, station, volunteer);
  const former = primaryOf(links)?.stationId;
  return [
    ...(linked ? [] : [new VolunteerLinkedToStation({ volunteerId, stationId, from: on, primary: former === undefined })]),
    ...(former !== undefined && primary
      ? [new PrimaryStationSet({ volunteerId, stationId, formerStationId: former, from: on })]
      : []),
  ];
}

const oldestOf = (links: readonly Link[]) =>
  links.reduce<Link | undefined>((oldest, link) => (oldest && oldest.from <= link.from ? oldest : link), undefined);

/** End the link of a volunteer to a station. If it was the primary one, another takes its place. */
export class UnlinkVolunteer {
  @IsUUID() readonly volunteerId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly stationId!: string;
  /** The primary station afterwards; the one that is linked longest when the primary one goes and none is named. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c12" */
  @IsOptional() @IsUUID() readonly nextPrimaryStationId?: string;
  /** OTHER when left out. @example "OWN_WISH" */
  @IsOptional() @IsIn(unlinkingReasons) readonly because?: UnlinkingReason;
}

export function unlinkVolunteer(
  { volunteerId, stationId, nextPrimaryStationId, because = 'OTHER' }: UnlinkVolunteer,
  { links, station }: AtStation,
  { on }: Circumstances,
): AnyFact[] {
  const link = linkTo(links, stationId);
  if (!link) return [];
  // A station may have been closed late, from a day before the link: it ends all the same.
  if (station.stage !== 'closed') requireBegun(link, on);
  const { primary } = link;
  const others = links.active.filter(other => other !== link);
  const named = others.find(other => other.stationId === nextPrimaryStationId);
  if (nextPrimaryStationId && !named) throw notLinked(nextPrimaryStationId);
  const next = named ?? (primary ? oldestOf(others) : undefined);
  return [
    new VolunteerUnlinked({ volunteerId, stationId, until: on, because, primary }),
    ...(next && !next.primary
      ? [
          new PrimaryStationSet({
            volunteerId,
            stationId: next.stationId,
            formerStationId: primary ? undefined : primaryOf(links)?.stationId,
            from: on,
          }),
        ]
      : []),
  ];
}

/** Say which one of a volunteer's stations is the primary one, under which head counts find the volunteer. */
export class SetPrimaryStation {
  @IsUUID() readonly volunteerId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c12" */
  @IsUUID() readonly stationId!: string;
}

export function setPrimaryStation({ volunteerId, stationId }: SetPrimaryStation, { links }: AtStation, { on }: Circumstances) {
  const link = linkTo(links, stationId);
  if (!link) throw notLinked(stationId);
  if (link.primary) return [];
  requireBegun(link, on);
  return [new PrimaryStationSet({ volunteerId, stationId, formerStationId: primaryOf(links)?.stationId, from: on })];
}

/** Move a volunteer from one station to another in one stroke; the primary mark goes along. */
export class TransferVolunteer {
  @IsUUID() readonly volunteerId!: string;
  /** May be closed. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly fromStationId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c12" */
  @IsUUID() readonly toStationId!: string;
}

export function transferVolunteer(
  { volunteerId, fromStationId, toStationId }: TransferVolunteer,
  {
    links,
    volunteer,
    fromStation,
    toStation,
  }: {
    links: VolunteerLinks;
    volunteer: Volunteer;
    fromStation: StationStanding;
    toStation: StationStanding;
    center: CenterStanding;
  },
  { on }: Circumstances,
): AnyFact[] {
  const [link, there] = [linkTo(links, fromStationId), linkTo(links, toStationId)];
  if (there && (!link || link === there)) return [];
  if (!link) throw notLinked(fromStationId);
  // A closed station gives all its volunteers away, those that are suspended too.
  if (fromStation.stage !== 'closed') {
    requireAccepted(volunteer);
    requireBegun(link, on);
  }
  requireOpen(toStation, toStationId);
  // A station may have been closed late, from a day before its successor opened: the volunteer follows all the same.
  if (!there && fromStation.stage !== 'closed') requirePossible(on, toStation, volunteer);
  const { primary } = link;
  if (!there) return [new VolunteerTransferred({ volunteerId, fromStationId, toStationId, on, primary })];
  return [
    new VolunteerUnlinked({ volunteerId, stationId: fromStationId, until: on, because: 'TRANSFERRED', primary }),
    ...(primary ? [new PrimaryStationSet({ volunteerId, stationId: toStationId, formerStationId: undefined, from: on })] : []),
  ];
}
