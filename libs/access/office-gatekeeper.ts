import {
  everywhere,
  HousePrincipal,
  type By,
  type Gatekeeper,
  type Permit,
  type Principal,
  type Reach,
  type Sight,
  type Within,
} from '@lib/platform/kernel/access.js';
import { anyone, signedIn } from '@lib/platform/cqrs/by.js';
import { nobody } from '@lib/platform/cqrs/guard.js';
import type { ScopeTree } from '@lib/territory/scope-tree.js';
import type { AccountDirectory } from './account/account-directory.js';
import type { RoleName } from './account/account.events.js';
import type { Grant } from './account/account.views.js';

const nothingSeen: Sight = { name: 'none', phone: 'none', idNumber: 'none', address: 'none', notes: 'none' };

/** From least to most: who holds several roles sees as much as the best of them. */
const sights: readonly (readonly [RoleName, Sight])[] = [
  ['oversight', { name: 'masked', phone: 'none', idNumber: 'none', address: 'none', notes: 'full' }],
  ['auditor', { name: 'masked', phone: 'none', idNumber: 'none', address: 'none', notes: 'full' }],
  ['stationWorker', { name: 'full', phone: 'masked', idNumber: 'lastFour', address: 'none', notes: 'none' }],
  ['centerStaff', { name: 'full', phone: 'masked', idNumber: 'lastFour', address: 'full', notes: 'full' }],
  ['registrar', { name: 'full', phone: 'masked', idNumber: 'lastFour', address: 'full', notes: 'full' }],
];

/** Judges role and place by today's accounts and today's tree of divisions. */
export class OfficeGatekeeper implements Gatekeeper {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly tree: ScopeTree,
  ) {}

  holdsAny(principal: Principal, by: By): boolean {
    if (principal instanceof HousePrincipal || by.some(({ role }) => role === anyone.role)) return true;
    if (by.some(({ role }) => role === signedIn.role) && principal !== nobody) return true;
    return this.grants(principal, by).length > 0;
  }

  permit(principal: Principal, by: By, within: Within): Permit | undefined {
    if (principal instanceof HousePrincipal) return { role: 'system', unit: '' };
    const grant = this.grants(principal, by).find(held => this.covers(held, within));
    if (grant) return { role: grant.role, unit: grant.stationId ?? grant.centerId ?? grant.divisionId };
    return by.some(({ role }) => role === anyone.role) ? { role: anyone.role, unit: '' } : undefined;
  }

  reach(principal: Principal, by: By): Reach {
    const grants = this.grants(principal, by);
    if (
      principal instanceof HousePrincipal ||
      by.some(({ role }) => role === anyone.role) ||
      grants.some(({ divisionId }) => this.tree.isRoot(divisionId))
    ) {
      return { all: true, divisionIds: [], centerIds: [], stationIds: [] };
    }
    const under = (held: readonly Grant[]) => [...new Set(held.flatMap(({ divisionId }) => this.tree.idsUnder(divisionId)))];
    return {
      all: false,
      divisionIds: under(grants),
      centerIds: grants.flatMap(({ centerId }) => centerId ?? []),
      stationIds: grants.flatMap(({ stationId }) => stationId ?? []),
    };
  }

  under(divisionId: string): readonly string[] | undefined {
    if (this.tree.isRoot(divisionId)) return undefined;
    // The tree keeps the list of whatever it is asked for, so it is not asked for what anybody makes up.
    return this.tree.nameOf(divisionId) ? this.tree.idsUnder(divisionId) : [];
  }

  sight(principal: Principal): Sight {
    const held = new Set(this.accounts.find(principal.id)?.grants.map(({ role }) => role));
    return sights.findLast(([role]) => held.has(role))?.[1] ?? nothingSeen;
  }

  private grants(principal: Principal, by: By): readonly Grant[] {
    const grants = this.accounts.find(principal.id)?.grants ?? [];
    return grants.filter(held => by.some(({ role }) => role === held.role));
  }

  private covers({ divisionId, centerId, stationId }: Grant, within: Within): boolean {
    if (within === everywhere) return this.tree.isRoot(divisionId);
    if (stationId && within.stationId) return stationId === within.stationId;
    if (centerId && within.centerId) return centerId === within.centerId;
    return within.divisionId !== undefined && this.tree.covers(divisionId, within.divisionId);
  }
}
