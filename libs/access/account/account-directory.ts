import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { AccountFact } from './account.events.js';
import { sameGrant, type Grant } from './account.views.js';

export interface Account {
  readonly accountId: string;
  readonly account: string;
  readonly title: string;
  readonly grants: readonly Grant[];
}

/** Who may sign in and what they may, as of the last fact; asked at every request, so it is kept in memory. */
export class AccountDirectory {
  private readonly byId = new Map<string, Account>();

  load(accounts: readonly Account[]): void {
    this.byId.clear();
    for (const account of accounts) this.byId.set(account.accountId, account);
  }

  apply(fact: AnyFact): void {
    const { type, data } = fact as unknown as AccountFact;
    const known = this.byId.get(data.accountId);
    switch (type) {
      case 'AccountOpened':
        this.byId.set(data.accountId, { accountId: data.accountId, account: data.account, title: data.title, grants: [] });
        return;
      case 'RoleGranted':
      case 'RoleRevoked': {
        if (!known) return;
        const { role, divisionId, centerId, stationId } = data;
        const grant = { role, divisionId, centerId, stationId };
        const others = known.grants.filter(held => !sameGrant(held, grant));
        this.byId.set(data.accountId, { ...known, grants: type === 'RoleGranted' ? [...others, grant] : others });
      }
    }
  }

  find(accountId: string): Account | undefined {
    return this.byId.get(accountId);
  }

  named(account: string): Account | undefined {
    return [...this.byId.values()].find(known => known.account === account);
  }

  get size(): number {
    return this.byId.size;
  }
}
