import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { DivisionFact } from '@lib/territory/division/division.events.js';
import type { VolunteerFact, VolunteerSkill, WeeklySlot } from './volunteer.events.js';

interface Registered {
  readonly homeDivisionId: string;
  /** The key of the human, claimed as long as the record lives. */
  readonly personKeyId: string;
  readonly acceptedOn?: string | undefined;
  readonly skills: readonly VolunteerSkill[];
  readonly availability: readonly WeeklySlot[];
}

export type Volunteer =
  | { readonly stage: 'unregistered' }
  | ({ readonly stage: 'applied' | 'accepted' | 'suspended' } & Registered)
  | ({ readonly stage: 'declined' | 'withdrawn' } & Registered);

export type LivingVolunteer = Extract<Volunteer, { stage: 'applied' | 'accepted' | 'suspended' }>;

const amended = (volunteer: Volunteer, change: Partial<Registered>): Volunteer =>
  volunteer.stage === 'unregistered' ? volunteer : { ...volunteer, ...change };

const turned = (volunteer: Volunteer, stage: Exclude<Volunteer['stage'], 'unregistered'>): Volunteer =>
  volunteer.stage === 'unregistered' ? volunteer : { ...volunteer, stage };

const skillsOf = (volunteer: Volunteer) => (volunteer.stage === 'unregistered' ? [] : volunteer.skills);

export const volunteer: Aggregate<Volunteer, VolunteerFact> = {
  category: 'volunteer',
  initial: { stage: 'unregistered' },
  evolve(volunteer, { type, data }): Volunteer {
    switch (type) {
      case 'VolunteerRegistered': {
        const { homeDivisionId, personKeyId, skills } = data;
        return { stage: 'applied', homeDivisionId, personKeyId, skills, availability: [] };
      }
      case 'VolunteerAccepted':
        return turned(amended(volunteer, { acceptedOn: data.on }), 'accepted');
      case 'VolunteerReinstated':
        return turned(volunteer, 'accepted');
      case 'VolunteerDeclined':
        return turned(volunteer, 'declined');
      case 'VolunteerSkillRecorded':
        return amended(volunteer, { skills: [...skillsOf(volunteer), data.skill] });
      case 'VolunteerAvailabilityDeclared':
        return amended(volunteer, { availability: data.slots });
      case 'VolunteerSuspended':
        return turned(volunteer, 'suspended');
      case 'VolunteerWithdrawn':
        return turned(volunteer, 'withdrawn');
    }
  },
};

/** What volunteering must know of a division: whether people may have their home there. */
export interface DivisionStanding {
  readonly active: boolean;
}

export const divisionStanding: Aggregate<DivisionStanding, DivisionFact> = {
  category: 'division',
  initial: { active: false },
  evolve(division, { type }): DivisionStanding {
    switch (type) {
      case 'DivisionDefined':
        return { active: true };
      case 'DivisionMergedInto':
      case 'DivisionSplit':
      case 'DivisionAbolished':
        return { active: false };
      default:
        return division;
    }
  },
};
