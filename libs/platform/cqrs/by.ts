import { SetMetadata } from '@nestjs/common';
import type { Role } from '@lib/platform/kernel/access.js';

export const BY = 'yizhan:by';

/** Who may use a route. A route that does not say so fails the boot. */
export const By = (...roles: readonly [Role, ...Role[]]) => SetMetadata(BY, roles);

export const PACED = 'yizhan:paced';

/** What somebody who has not signed in may do only so often: look at something, or send something. */
export type Paced = 'look' | 'send';
export const PacedFor = (paced: Paced) => SetMetadata(PACED, paced);

/** Anybody, signed in or not. */
export const anyone: Role = { role: 'public' };
/** Everybody who is signed in, in whatever role. */
export const signedIn: Role = { role: 'signedIn' };
