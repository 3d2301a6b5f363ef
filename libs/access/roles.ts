import type { Role } from '@lib/platform/kernel/access.js';

/** Province, city or county supervision of the structure and its people; the depth follows from the place of the grant. */
export const oversight = { role: 'oversight' } as const satisfies Role;
/** Registers centers, workers and certificates in its place. */
export const registrar = { role: 'registrar' } as const satisfies Role;
export const centerStaff = { role: 'centerStaff' } as const satisfies Role;
export const stationWorker = { role: 'stationWorker' } as const satisfies Role;
/** Reads the history of everything in its place and changes nothing. */
export const auditor = { role: 'auditor' } as const satisfies Role;

export const everyRole = [oversight, registrar, centerStaff, stationWorker, auditor] as const;
