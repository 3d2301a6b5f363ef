import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, listOf, oneOf } from '@lib/platform/kernel/shape.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';
import { volunteerSkills, weeklySlots, type VolunteerFact } from './volunteer.events.js';

/** What the outside is told of a volunteer: an id without a name. Where somebody lives, and by which number they go, stays in the house. */
export const volunteerFeed = publication<VolunteerFact>()({
  noun: 'volunteer',
  category: 'volunteer',
  id: 'volunteerId',
  tells: {
    VolunteerRegistered: { homeDivisionId: keep, skills: tell, fields: tell, registeredOn: tell, personKeyId: keep },
    VolunteerAccepted: { volunteerNo: keep, on: tell },
    VolunteerDeclined: { on: tell },
    VolunteerSkillRecorded: { skill: tell },
    VolunteerAvailabilityDeclared: { slots: tell },
    VolunteerSuspended: { from: tell },
    VolunteerReinstated: { from: tell },
    VolunteerWithdrawn: { on: tell, because: tell },
  },
})
  .withState({
    volunteerId: id,
    registeredOn: date,
    stage: oneOf('applied', 'accepted', 'declined', 'suspended', 'withdrawn'),
    skills: listOf(oneOf(...volunteerSkills)),
    fields: listOf(oneOf(...serviceFields)),
    slots: listOf(oneOf(...weeklySlots)),
  })
  .foldedBy({
    VolunteerRegistered: (_, registered) => ({ ...registered, stage: 'applied', slots: [] }),
    VolunteerAccepted: volunteer => ({ ...volunteer, stage: 'accepted' }),
    VolunteerDeclined: volunteer => ({ ...volunteer, stage: 'declined' }),
    VolunteerSkillRecorded: (volunteer, { skill }) => ({ ...volunteer, skills: [...volunteer.skills, skill] }),
    VolunteerAvailabilityDeclared: (volunteer, { slots }) => ({ ...volunteer, slots }),
    VolunteerSuspended: volunteer => ({ ...volunteer, stage: 'suspended' }),
    VolunteerReinstated: volunteer => ({ ...volunteer, stage: 'accepted' }),
    VolunteerWithdrawn: volunteer => ({ ...volunteer, stage: 'withdrawn' }),
  });
