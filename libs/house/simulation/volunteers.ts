import { PersonKeyClaimed, PersonKeyReleased } from '@lib/platform/privacy/person-key.events.js';
import { volunteerNoOf } from '@lib/volunteering/volunteer/volunteer.commands.js';
import {
  VolunteerAccepted,
  VolunteerAvailabilityDeclared,
  VolunteerDeclined,
  VolunteerRegistered,
  VolunteerReinstated,
  VolunteerSkillRecorded,
  volunteerSkills,
  VolunteerSuspended,
  VolunteerWithdrawn,
  weeklySlots,
} from '@lib/volunteering/volunteer/volunteer.events.js';
import {
  PrimaryStationSet,
  VolunteerLinkedToStation,
  VolunteerTransferred,
  VolunteerUnlinked,
} from '@lib/volunteering/volunteer-link/volunteer-link.events.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';
import type { Deed } from './bring-deeds.js';
import { deedOf, type Growing, type Happening } from './growing.js';
import { identityOf } from './people.js';
import type { Station, Structure, Township } from './structure.js';

interface Volunteer {
  readonly nth: number;
  readonly home: Township;
  /** A bit for each of `volunteerSkills`. */
  skills: number;
  stage: 'applied' | 'accepted' | 'suspended' | 'gone';
  /** At most two; the primary one first. */
  primary: Station | undefined;
  second: Station | undefined;
  declared: number;
}

const identityNumber = (nth: number) => nth * 2 + 1;
const tries = 8;

/** The volunteers and their links. */
export function volunteersOf(growing: Growing, { anyTownship }: Structure) {
  const { by, today, idOf } = growing;
  const volunteers: Volunteer[] = [];
  const applied: Volunteer[] = [];
  let decided = 0;
  const suspended: Volunteer[] = [];

  const volunteerIdOf = ({ nth }: Volunteer) => idOf('volunteer', nth);
  const personKeyIdOf = ({ nth }: Volunteer) => idOf('person', identityNumber(nth));
  const releaseOf = (volunteer: Volunteer) =>
    new PersonKeyReleased({ personKeyId: personKeyIdOf(volunteer), role: 'VOLUNTEER', recordId: volunteerIdOf(volunteer) });

  const anyVolunteer = (fits: (volunteer: Volunteer) => boolean) => {
    for (let tried = 0; tried < tries && volunteers.length > 0; tried += 1) {
      const volunteer = by.among(volunteers);
      if (fits(volunteer)) return volunteer;
    }
    return undefined;
  };
  const anyAccepted = (fits: (volunteer: Volunteer) => boolean = () => true) =>
    anyVolunteer(volunteer => volunteer.stage === 'accepted' && fits(volunteer));

  /** An open station of the volunteer's own street that is not yet linked. */
  const stationNear = ({ home, primary, second }: Volunteer): Station | undefined => {
    if (home.stations.length === 0) return undefined;
    const station = by.among(home.stations);
    return station.open && station !== primary && station !== second ? station : undefined;
  };

  const register = (): Deed | undefined => {
    const home = anyTownship();
    if (!home) return undefined;
    const skills = by.some(volunteerSkills, 3);
    const volunteer: Volunteer = {
      nth: volunteers.length,
      home,
      skills: skills.reduce((bits, skill) => bits | (1 << volunteerSkills.indexOf(skill)), 0),
      stage: 'applied',
      primary: undefined,
      second: undefined,
      declared: 0,
    };
    volunteers.push(volunteer);
    applied.push(volunteer);
    const volunteerId = volunteerIdOf(volunteer);
    const personKeyId = personKeyIdOf(volunteer);
    return deedOf(
      growing,
      home.divisionId,
      new VolunteerRegistered({
        volunteerId,
        homeDivisionId: home.divisionId,
        ...identityOf(identityNumber(volunteer.nth), by),
        skills,
        fields: by.some(serviceFields, 3),
        registeredOn: today(),
        personKeyId,
      }),
      new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteerId }),
    );
  };

  const decide = (): Deed | undefined => {
    const volunteer = applied[decided];
    if (!volunteer) return undefined;
    decided += 1;
    const volunteerId = volunteerIdOf(volunteer);
    if (by.in(0.03)) {
      volunteer.stage = 'gone';
      const declined = new VolunteerDeclined({ volunteerId, on: today(), reason: '住址不在服务范围内' });
      return deedOf(growing, volunteer.home.divisionId, declined, releaseOf(volunteer));
    }
    volunteer.stage = 'accepted';
    const accepted = new VolunteerAccepted({ volunteerId, volunteerNo: volunteerNoOf(volunteerId), on: today() });
    return deedOf(growing, volunteer.home.divisionId, accepted);
  };

  const declare = (): Deed | undefined => {
    const volunteer = anyAccepted();
    if (!volunteer) return undefined;
    // Never those of the last time: the same again would be no fact.
    volunteer.declared += 1;
    const first = (volunteer.nth + volunteer.declared) % weeklySlots.length;
    const slots = weeklySlots.filter((_, nth) => nth === first || nth === (first + 5) % weeklySlots.length);
    const fact = new VolunteerAvailabilityDeclared({ volunteerId: volunteerIdOf(volunteer), slots });
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const recordSkill = (): Deed | undefined => {
    const volunteer = anyAccepted();
    if (!volunteer) return undefined;
    const nth = by.below(volunteerSkills.length);
    if (volunteer.skills & (1 << nth)) return undefined;
    volunteer.skills |= 1 << nth;
    const fact = new VolunteerSkillRecorded({ volunteerId: volunteerIdOf(volunteer), skill: volunteerSkills[nth]! });
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const link = (): Deed | undefined => {
    const volunteer = anyAccepted(({ primary, second }) => !primary || (!second && by.in(0.15)));
    const station = volunteer && stationNear(volunteer);
    if (!station) return undefined;
    const primary = volunteer.primary === undefined;
    if (primary) volunteer.primary = station;
    else volunteer.second = station;
    const { stationId } = station;
    const fact = new VolunteerLinkedToStation({ volunteerId: volunteerIdOf(volunteer), stationId, from: today(), primary });
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const unlink = (): Deed | undefined => {
    const volunteer = anyVolunteer(({ primary }) => primary !== undefined);
    if (!volunteer) return undefined;
    const { primary, second, home } = volunteer;
    const volunteerId = volunteerIdOf(volunteer);
    const unlinked = new VolunteerUnlinked({
      volunteerId,
      stationId: primary!.stationId,
      until: today(),
      because: by.in(0.7) ? 'OWN_WISH' : 'MOVED_AWAY',
      primary: true,
    });
    [volunteer.primary, volunteer.second] = [second, undefined];
    if (!second) return deedOf(growing, home.divisionId, unlinked);
    const next = new PrimaryStationSet({
      volunteerId,
      stationId: second.stationId,
      formerStationId: undefined,
      from: today(),
    });
    return deedOf(growing, home.divisionId, unlinked, next);
  };

  const transfer = (): Deed | undefined => {
    const volunteer = anyAccepted(({ primary }) => primary !== undefined);
    const station = volunteer && stationNear(volunteer);
    if (!station) return undefined;
    const fact = new VolunteerTransferred({
      volunteerId: volunteerIdOf(volunteer),
      fromStationId: volunteer.primary!.stationId,
      toStationId: station.stationId,
      on: today(),
      primary: true,
    });
    volunteer.primary = station;
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const setPrimary = (): Deed | undefined => {
    const volunteer = anyVolunteer(({ second }) => second !== undefined);
    if (!volunteer) return undefined;
    const { primary, second, home } = volunteer;
    [volunteer.primary, volunteer.second] = [second, primary];
    const fact = new PrimaryStationSet({
      volunteerId: volunteerIdOf(volunteer),
      stationId: second!.stationId,
      formerStationId: primary!.stationId,
      from: today(),
    });
    return deedOf(growing, home.divisionId, fact);
  };

  const suspend = (): Deed | undefined => {
    const volunteer = anyAccepted();
    if (!volunteer) return undefined;
    volunteer.stage = 'suspended';
    suspended.push(volunteer);
    const fact = new VolunteerSuspended({ volunteerId: volunteerIdOf(volunteer), from: today(), reason: '家中有事,暂停服务' });
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const reinstate = (): Deed | undefined => {
    const volunteer = suspended.shift();
    if (volunteer?.stage !== 'suspended') return undefined;
    volunteer.stage = 'accepted';
    const fact = new VolunteerReinstated({ volunteerId: volunteerIdOf(volunteer), from: today() });
    return deedOf(growing, volunteer.home.divisionId, fact);
  };

  const withdraw = (): Deed | undefined => {
    const volunteer = anyVolunteer(({ stage }) => stage === 'accepted' || stage === 'suspended');
    if (!volunteer) return undefined;
    const volunteerId = volunteerIdOf(volunteer);
    const { primary, second, home } = volunteer;
    const ended = (station: Station | undefined, wasPrimary: boolean) =>
      station
        ? [
            new VolunteerUnlinked({
              volunteerId,
              stationId: station.stationId,
              until: today(),
              because: 'VOLUNTEER_WITHDRAWN',
              primary: wasPrimary,
            }),
          ]
        : [];
    volunteer.stage = 'gone';
    [volunteer.primary, volunteer.second] = [undefined, undefined];
    return deedOf(
      growing,
      home.divisionId,
      new VolunteerWithdrawn({ volunteerId, on: today(), because: by.in(0.6) ? 'OWN_WISH' : 'MOVED_AWAY' }),
      ...ended(primary, true),
      ...ended(second, false),
      releaseOf(volunteer),
    );
  };

  const happenings: readonly Happening[] = [
    { weight: 220, happens: register },
    { weight: 220, happens: decide },
    { weight: 100, happens: declare },
    { weight: 70, happens: recordSkill },
    { weight: 220, happens: link },
    { weight: 25, happens: unlink },
    { weight: 30, happens: transfer },
    { weight: 8, happens: setPrimary },
    { weight: 5, happens: suspend },
    { weight: 5, happens: reinstate },
    { weight: 14, happens: withdraw },
  ];
  return { happenings };
}
