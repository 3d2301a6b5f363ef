import { command, type BodyOf, type Command } from '../shell/command.ts';
import { say } from '../shell/language.ts';

type With = Parameters<typeof command>[4];
type Center<Name extends string> = BodyOf<`/api/service-centers/{centerId}/${Name}` & Parameters<typeof command>[1]>;
type Station<Name extends string> = BodyOf<`/api/service-stations/{stationId}/${Name}` & Parameters<typeof command>[1]>;

export const establishServiceCenter = (body: BodyOf<'/api/service-centers'>, how?: With): Command =>
  command(say('network.establish'), '/api/service-centers', {}, body, how);

export const renameServiceCenter = (centerId: string, body: Center<'rename-service-center'>, how?: With) =>
  command(say('network.rename'), '/api/service-centers/{centerId}/rename-service-center', { centerId }, body, how);

export const setOperatingModel = (centerId: string, body: Center<'set-operating-model'>, how?: With) =>
  command(say('network.setModel'), '/api/service-centers/{centerId}/set-operating-model', { centerId }, body, how);

export const suspendServiceCenter = (centerId: string, body: Center<'suspend-service-center'>, how?: With) =>
  command(say('network.suspendCenter'), '/api/service-centers/{centerId}/suspend-service-center', { centerId }, body, how);

export const resumeServiceCenter = (centerId: string, how?: With) =>
  command(say('network.resumeCenter'), '/api/service-centers/{centerId}/resume-service-center', { centerId }, {}, how);

export const mergeServiceCenter = (centerId: string, body: Center<'merge-service-center'>, how?: With) =>
  command(say('network.mergeCenter'), '/api/service-centers/{centerId}/merge-service-center', { centerId }, body, how);

export const reassignServiceCenter = (centerId: string, body: Center<'reassign-service-center'>, how?: With) =>
  command(say('network.reassignCenter'), '/api/service-centers/{centerId}/reassign-service-center', { centerId }, body, how);

export const closeServiceCenter = (centerId: string, body: Center<'close-service-center'>, how?: With) =>
  command(say('network.closeCenter'), '/api/service-centers/{centerId}/close-service-center', { centerId }, body, how);

export const openServiceStation = (body: BodyOf<'/api/service-stations'>, how?: With) =>
  command(say('network.openStation'), '/api/service-stations', {}, body, how);

export const setCoverage = (stationId: string, body: Station<'set-coverage'>, how?: With) =>
  command(say('network.setCoverage'), '/api/service-stations/{stationId}/set-coverage', { stationId }, body, how);

export const setServiceFields = (stationId: string, body: Station<'set-station-service-fields'>, how?: With) =>
  command(say('network.setFields'), '/api/service-stations/{stationId}/set-station-service-fields', { stationId }, body, how);

export const assignSocialWorker = (stationId: string, body: Station<'assign-social-worker'>, how?: With) =>
  command(say('network.assignWorker'), '/api/service-stations/{stationId}/assign-social-worker', { stationId }, body, how);

export const replaceSocialWorker = (stationId: string, body: Station<'replace-social-worker'>, how?: With) =>
  command(say('network.replaceWorker'), '/api/service-stations/{stationId}/replace-social-worker', { stationId }, body, how);

export const relieveSocialWorker = (stationId: string, body: Station<'relieve-social-worker'>, how?: With) =>
  command(say('network.relieveWorker'), '/api/service-stations/{stationId}/relieve-social-worker', { stationId }, body, how);

export const appointActingWorker = (stationId: string, body: Station<'appoint-acting-worker'>, how?: With) =>
  command(say('network.appointActing'), '/api/service-stations/{stationId}/appoint-acting-worker', { stationId }, body, how);

export const suspendServiceStation = (stationId: string, body: Station<'suspend-service-station'>, how?: With) =>
  command(say('network.suspendStation'), '/api/service-stations/{stationId}/suspend-service-station', { stationId }, body, how);

export const resumeServiceStation = (stationId: string, how?: With) =>
  command(say('network.resumeStation'), '/api/service-stations/{stationId}/resume-service-station', { stationId }, {}, how);

export const moveStationToCenter = (stationId: string, body: Station<'move-station-to-center'>, how?: With) =>
  command(say('network.moveStation'), '/api/service-stations/{stationId}/move-station-to-center', { stationId }, body, how);

export const closeServiceStation = (stationId: string, body: Station<'close-service-station'>, how?: With) =>
  command(say('network.closeStation'), '/api/service-stations/{stationId}/close-service-station', { stationId }, body, how);
