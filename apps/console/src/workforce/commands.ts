import { command, type BodyOf } from '../shell/command.ts';
import { say } from '../shell/language.ts';

type With = Parameters<typeof command>[4];
type Worker<Name extends string> = BodyOf<`/api/social-workers/{workerId}/${Name}` & Parameters<typeof command>[1]>;

export const registerWorker = (body: BodyOf<'/api/social-workers'>) =>
  command(say('workforce.register'), '/api/social-workers', {}, body);

export const correctIdentity = (workerId: string, body: Worker<'correct-worker-identity'>, how?: With) =>
  command(say('workforce.correct'), '/api/social-workers/{workerId}/correct-worker-identity', { workerId }, body, how);

export const updateContact = (workerId: string, body: Worker<'update-worker-contact'>, how?: With) =>
  command(say('workforce.contact'), '/api/social-workers/{workerId}/update-worker-contact', { workerId }, body, how);

export const suspendWorker = (workerId: string, body: Worker<'suspend-worker'>, how?: With) =>
  command(say('workforce.suspend'), '/api/social-workers/{workerId}/suspend-worker', { workerId }, body, how);

export const reinstateWorker = (workerId: string, how?: With) =>
  command(say('workforce.reinstate'), '/api/social-workers/{workerId}/reinstate-worker', { workerId }, {}, how);

export const retireWorker = (workerId: string, how?: With) =>
  command(say('workforce.retire'), '/api/social-workers/{workerId}/retire-worker', { workerId }, {}, how);

export const recordCertificate = (body: BodyOf<'/api/certificates'>, how?: With) =>
  command(say('workforce.recordCertificate'), '/api/certificates', {}, body, how);

export const verifyCertificate = (
  certificateId: string,
  body: BodyOf<'/api/certificates/{certificateId}/verify-certificate'>,
  how?: With,
) => command(say('workforce.verify'), '/api/certificates/{certificateId}/verify-certificate', { certificateId }, body, how);
