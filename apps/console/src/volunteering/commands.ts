import { command, type BodyOf } from '../shell/command.ts';
import { say } from '../shell/language.ts';

export const linkVolunteer = (name: string, station: string, body: BodyOf<'/api/volunteer-links'>) =>
  command(say('volunteering.linkTitle', { name, station }), '/api/volunteer-links', {}, body);

export const unlinkVolunteer = (
  name: string,
  station: string,
  volunteerId: string,
  body: BodyOf<'/api/volunteer-links/{volunteerId}/unlink-volunteer'>,
) =>
  command(
    say('volunteering.unlinkTitle', { name, station }),
    '/api/volunteer-links/{volunteerId}/unlink-volunteer',
    { volunteerId },
    body,
  );

type With = Parameters<typeof command>[4];
type Volunteer<Name extends string> = BodyOf<`/api/volunteers/{volunteerId}/${Name}` & Parameters<typeof command>[1]>;

export const registerVolunteer = (body: BodyOf<'/api/volunteers'>) =>
  command(say('volunteering.register'), '/api/volunteers', {}, body);

export const acceptVolunteer = (volunteerId: string, how?: With) =>
  command(say('volunteering.accept'), '/api/volunteers/{volunteerId}/accept-volunteer', { volunteerId }, {}, how);

export const declineVolunteer = (volunteerId: string, body: Volunteer<'decline-volunteer'>, how?: With) =>
  command(say('volunteering.decline'), '/api/volunteers/{volunteerId}/decline-volunteer', { volunteerId }, body, how);

export const recordSkill = (volunteerId: string, body: Volunteer<'record-skill'>, how?: With) =>
  command(say('volunteering.recordSkill'), '/api/volunteers/{volunteerId}/record-skill', { volunteerId }, body, how);

export const declareAvailability = (volunteerId: string, body: Volunteer<'declare-availability'>, how?: With) =>
  command(say('volunteering.availability'), '/api/volunteers/{volunteerId}/declare-availability', { volunteerId }, body, how);

export const suspendVolunteer = (volunteerId: string, body: Volunteer<'suspend-volunteer'>, how?: With) =>
  command(say('volunteering.suspend'), '/api/volunteers/{volunteerId}/suspend-volunteer', { volunteerId }, body, how);

export const reinstateVolunteer = (volunteerId: string, how?: With) =>
  command(say('volunteering.reinstate'), '/api/volunteers/{volunteerId}/reinstate-volunteer', { volunteerId }, {}, how);

export const withdrawVolunteer = (volunteerId: string, body: Volunteer<'withdraw-volunteer'>, how?: With) =>
  command(say('volunteering.withdraw'), '/api/volunteers/{volunteerId}/withdraw-volunteer', { volunteerId }, body, how);
