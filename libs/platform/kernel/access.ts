/** What the platform must know of access; who holds which role, and where, is the business of `libs/access`. */

export interface Role {
  readonly role: string;
}

export type By = readonly [Role, ...Role[]];

/** Where something happens. A grant covers it by a division above it, or by naming the center or the station. */
export interface Place {
  readonly divisionId?: string | undefined;
  readonly centerId?: string | undefined;
  readonly stationId?: string | undefined;
}

/** A place that only a grant over the whole province covers. */
export const everywhere: 'everywhere' = 'everywhere';
export type Within = Place | typeof everywhere;

export interface Principal {
  /** Permanent: command ids hang on it. */
  readonly id: string;
  readonly name: string;
}

/** The house itself: a policy, an import, the first accounts. It holds no role and is not bound to a place; no request makes one. */
export class HousePrincipal implements Principal {
  readonly name: string;

  constructor(readonly id: string) {
    this.name = id;
  }
}

/** In which role, and for which unit, a principal may do something. */
export interface Permit {
  readonly role: string;
  readonly unit: string;
}

/** How much of a person's data a principal sees. */
export interface Sight {
  readonly name: 'full' | 'masked' | 'none';
  readonly phone: 'full' | 'masked' | 'none';
  readonly idNumber: 'lastFour' | 'none';
  readonly address: 'full' | 'none';
  /** Free text, such as the reason of a suspension. */
  readonly notes: 'full' | 'none';
}

/** The rows that a principal may see. */
export interface Reach {
  readonly all: boolean;
  readonly divisionIds: readonly string[];
  readonly centerIds: readonly string[];
  readonly stationIds: readonly string[];
}

export interface Gatekeeper {
  /** Whether any of the roles is held at all, wherever. */
  holdsAny(principal: Principal, by: By): boolean;
  permit(principal: Principal, by: By, within: Within): Permit | undefined;
  reach(principal: Principal, by: By): Reach;
  /** A place with everything that lies in it, also what ended there; undefined for the root, which is everywhere. */
  under(divisionId: string): readonly string[] | undefined;
  sight(principal: Principal): Sight;
}
