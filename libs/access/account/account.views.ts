import { columns, projection } from '@lib/platform/kernel/projection.js';
import { AccountOpened, RoleGranted, RoleRevoked, type RoleName } from './account.events.js';

export interface Grant {
  readonly role: RoleName;
  readonly divisionId: string;
  readonly centerId?: string | undefined;
  readonly stationId?: string | undefined;
}

export const sameGrant = (a: Grant, b: Grant) =>
  a.role === b.role && a.divisionId === b.divisionId && a.centerId === b.centerId && a.stationId === b.stationId;

/** Accounts with the roles that they hold now. */
export const accounts = projection(
  {
    name: 'account',
    version: 1,
    columns: { accountId: columns.uuid, account: columns.text, title: columns.text, grants: columns.json<readonly Grant[]>() },
    key: ['accountId'],
    indexes: [{ columns: ['account'], unique: true }],
  },
  on => [
    on(
      AccountOpened,
      ({ accountId }) => ({ accountId }),
      (_, { accountId, account, title }) => ({ accountId, account, title, grants: [] }),
    ),
    on(
      RoleGranted,
      ({ accountId }) => ({ accountId }),
      (row, { role, divisionId, centerId, stationId }) => {
        const grant = { role, divisionId, centerId, stationId };
        return row && { ...row, grants: [...row.grants.filter(held => !sameGrant(held, grant)), grant] };
      },
    ),
    on(
      RoleRevoked,
      ({ accountId }) => ({ accountId }),
      (row, revoked) => row && { ...row, grants: row.grants.filter(held => !sameGrant(held, revoked)) },
    ),
  ],
);
