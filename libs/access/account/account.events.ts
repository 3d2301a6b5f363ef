import { eventsOf } from '@lib/platform/kernel/event.js';
import { id, oneOf, optional, text } from '@lib/platform/kernel/shape.js';

const event = eventsOf('account', 'accountId');

export const roleNames = ['oversight', 'registrar', 'centerStaff', 'stationWorker', 'auditor'] as const;
export type RoleName = (typeof roleNames)[number];

/** Somebody may sign in under this name. The name is that of an office, not of a person. */
export class AccountOpened extends event(
  'AccountOpened',
  1,
  { accountId: id, account: text, title: text },
  { zh: '开通账号 {account}({title})', en: 'Account {account} ({title}) was opened' },
) {}

/** An account holds a role, in a division and what lies under it, or in one center or station only. */
export class RoleGranted extends event(
  'RoleGranted',
  1,
  { accountId: id, role: oneOf(...roleNames), divisionId: id, centerId: optional(id), stationId: optional(id) },
  { zh: '在“{divisionId}”授予角色 {role}', en: 'The role {role} was granted in “{divisionId}”' },
) {}

/** An account no longer holds a role there. */
export class RoleRevoked extends event(
  'RoleRevoked',
  1,
  { accountId: id, role: oneOf(...roleNames), divisionId: id, centerId: optional(id), stationId: optional(id) },
  { zh: '撤销在“{divisionId}”的角色 {role}', en: 'The role {role} was revoked in “{divisionId}”' },
) {}

export type AccountFact = AccountOpened | RoleGranted | RoleRevoked;
