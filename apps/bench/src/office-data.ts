import { chance } from '@lib/house/simulation/chance.js';
import type { Deed } from '@lib/house/simulation/bring-deeds.js';
import { identityOf } from '@lib/house/simulation/people.js';
import { placesOf } from '@lib/house/simulation/places.js';
import { ServiceCenterEstablished, StationJoinedCenter } from '@lib/service-network/service-center/service-center.events.js';
import { CenterSlotTaken } from '@lib/service-network/service-center/center-slot.events.js';
import { CommunityCovered } from '@lib/service-network/service-station/community-slot.events.js';
import { ServiceStationOpened, SocialWorkerAssigned } from '@lib/service-network/service-station/service-station.events.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { PersonKeyClaimed } from '@lib/platform/privacy/person-key.events.js';
import { codeIdOf, DivisionCodeTaken } from '@lib/territory/division/division-code.events.js';
import { DivisionChildJoined, DivisionDefined } from '@lib/territory/division/division.events.js';
import { divisionIdOf, usuallyRequiresCenter } from '@lib/territory/division/division.js';
import { volunteerNoOf } from '@lib/volunteering/volunteer/volunteer.commands.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerRegistered,
  VolunteerSkillRecorded,
  volunteerSkills,
  weeklySlots,
} from '@lib/volunteering/volunteer/volunteer.events.js';
import { VolunteerLinkedToStation, VolunteerUnlinked } from '@lib/volunteering/volunteer-link/volunteer-link.events.js';
import { PostingStarted } from '@lib/workforce/posting/posting.events.js';
import {
  professionalLevels,
  serviceFields,
  WorkerRegistered,
  WorkerStatusChanged,
} from '@lib/workforce/social-worker/social-worker.events.js';

export interface Size {
  /** Codes of the divisions that are brought begin with one of these, or begin one of these. */
  readonly within: string;
  readonly workers: number;
  readonly volunteers: number;
}

/** All of Jilin, as it may be when the plan is carried out. */
export const wholeProvince: Size = { within: '22', workers: 60_000, volunteers: 20_000 };
/** One prefecture and a tenth of the people. */
export const onePrefecture: Size = { within: '2224', workers: 6_000, volunteers: 2_000 };

const days = {
  divisions: '2023-12-31',
  centers: '2025-01-06',
  stations: '2025-01-13',
  verified: '2025-02-03',
  posted: '2025-02-10',
  accepted: '2025-03-01',
  linked: '2025-03-03',
  unlinked: '2025-04-07',
  linkedAgain: '2025-05-05',
} as const;

const idOf = (kind: string, nth: number | string) => uuidV5(namespaces.command, `bench ${kind} ${nth}`);
export const centerIdOf = (townshipCode: string) => idOf('center', townshipCode);
export const stationOfCommunity = (communityCode: string) => idOf('station', communityCode);
export const workerIdOf = (nth: number) => idOf('worker', nth);
export const volunteerIdOf = (nth: number) => idOf('volunteer', nth);

const dayIn = (month: string, nth: number) => `${month}-${String(1 + (nth % 28)).padStart(2, '0')}`;

/** A province from its divisions to its volunteers, in the order in which it would have happened. */
export function* officeDeeds(size: Size): Generator<Deed> {
  const by = chance(20_250_106);
  const { divisions, townships, stations } = placesOf(size);

  for (const { code, name, level, kind, parentCode } of divisions) {
    const divisionId = divisionIdOf(code);
    const parentId = parentCode === null ? undefined : divisionIdOf(parentCode);
    yield {
      facts: [
        new DivisionDefined({ divisionId, code, name, level, kind, parentId, centreRequired: usuallyRequiresCenter(kind) }),
        new DivisionCodeTaken({ codeId: codeIdOf(code), code, divisionId }),
        ...(parentId === undefined ? [] : [new DivisionChildJoined({ divisionId: parentId, childId: divisionId })]),
      ],
      division: divisionId,
      on: days.divisions,
    };
  }

  for (const { code, name } of townships) {
    const divisionId = divisionIdOf(code);
    const centerId = centerIdOf(code);
    yield {
      facts: [
        new ServiceCenterEstablished({ centerId, divisionId, name: `${name}社工服务中心`, establishedOn: days.centers }),
        new CenterSlotTaken({ divisionId, centerId }),
      ],
      division: divisionId,
      on: days.centers,
    };
  }

  const stationsOf = new Map<string, string[]>();
  for (const { community, township } of stations) {
    const stationId = stationOfCommunity(community.code);
    const centerId = centerIdOf(township);
    const communityId = divisionIdOf(community.code);
    stationsOf.set(township, [...(stationsOf.get(township) ?? []), stationId]);
    yield {
      facts: [
        new ServiceStationOpened({
          stationId,
          centerId,
          name: `${community.name}社工服务站`,
          communities: [communityId],
          serviceFields: by.some(serviceFields, 4),
          openedOn: days.stations,
        }),
        new StationJoinedCenter({ centerId, stationId }),
        new CommunityCovered({ divisionId: communityId, stationId }),
      ],
      division: divisionIdOf(township),
      on: days.stations,
    };
  }

  for (let nth = 0; nth < size.workers; nth += 1) {
    const workerId = workerIdOf(nth);
    const registeredOn = dayIn('2025-01', nth);
    const division = divisionIdOf(townships[nth % townships.length]!.code);
    const identity = { ...identityOf(nth, by), personKeyId: idOf('person', nth) };
    yield {
      facts: [
        new WorkerRegistered({
          workerId,
          homeDivisionId: division,
          ...identity,
          specialisms: by.some(serviceFields, 3),
          registeredOn,
        }),
        new PersonKeyClaimed({ personKeyId: identity.personKeyId, role: 'WORKER', recordId: workerId }),
      ],
      division,
      on: registeredOn,
    };
    if (!by.in(0.4)) continue;
    const level = by.in(0.6) ? professionalLevels[0] : by.in(0.9) ? professionalLevels[1] : professionalLevels[2];
    const status = by.in(0.5) ? 'REGISTERED' : by.in(0.9) ? 'CERTIFIED' : 'LAPSED';
    yield { facts: [new WorkerStatusChanged({ workerId, status, level })], division, on: days.verified };
  }

  const taken = new Map<string, number>();
  for (let nth = 0; nth < size.workers; nth += 1) {
    const { code } = townships[nth % townships.length]!;
    const at = taken.get(code) ?? 0;
    const stationId = stationsOf.get(code)?.[at];
    if (stationId === undefined) continue;
    taken.set(code, at + 1);
    // One station in fourteen waits for its worker.
    if (by.below(14) === 0) continue;
    const workerId = workerIdOf(nth);
    yield {
      facts: [
        new SocialWorkerAssigned({ stationId, workerId, from: days.posted }),
        new PostingStarted({ workerId, stationId, kind: 'PRIMARY', from: days.posted }),
      ],
      division: divisionIdOf(code),
      on: days.posted,
    };
  }

  for (let nth = 0; nth < size.volunteers; nth += 1) {
    const { code } = townships[nth % townships.length]!;
    const division = divisionIdOf(code);
    const volunteerId = volunteerIdOf(nth);
    const registeredOn = dayIn('2025-02', nth);
    const identity = { ...identityOf(size.workers + nth, by), personKeyId: idOf('person', size.workers + nth) };
    const skills = by.some(volunteerSkills, 3);
    yield {
      facts: [
        new VolunteerRegistered({
          volunteerId,
          homeDivisionId: division,
          ...identity,
          skills,
          fields: by.some(serviceFields, 3),
          registeredOn,
        }),
        new PersonKeyClaimed({ personKeyId: identity.personKeyId, role: 'VOLUNTEER', recordId: volunteerId }),
      ],
      division,
      on: registeredOn,
    };
    const volunteerNo = volunteerNoOf(volunteerId);
    const later: AnyFact[] = [new VolunteerAccepted({ volunteerId, volunteerNo, on: days.accepted })];
    const further = volunteerSkills.find(skill => !skills.includes(skill));
    if (further && by.in(0.1)) later.push(new VolunteerSkillRecorded({ volunteerId, skill: further }));
    if (by.in(0.4)) later.push(new VolunteerAvailabilityDeclared({ volunteerId, slots: by.some(weeklySlots, 5) }));
    yield { facts: later, division, on: days.accepted };

    const near = stationsOf.get(code) ?? [];
    if (near.length === 0) continue;
    const stationId = near[nth % near.length]!;
    const second = near[(nth + 1) % near.length]!;
    const link = (to: string, from: string, primary: boolean): Deed => ({
      facts: [new VolunteerLinkedToStation({ volunteerId, stationId: to, from, primary })],
      division,
      on: from,
    });
    yield link(stationId, days.linked, true);
    if (by.in(0.1)) {
      const ended = { volunteerId, stationId, until: days.unlinked, because: 'OWN_WISH', primary: true } as const;
      yield { facts: [new VolunteerUnlinked(ended)], division, on: days.unlinked };
    } else if (second !== stationId && by.in(0.25)) yield link(second, days.linkedAgain, false);
  }
}
