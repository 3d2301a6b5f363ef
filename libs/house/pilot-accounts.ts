import { randomBytes } from 'node:crypto';
import { AccountOpened, RoleGranted, type RoleName } from '@lib/access/account/account.events.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { divisionIdOf } from '@lib/territory/division/division.js';

interface PilotAccount {
  readonly account: string;
  readonly title: string;
  readonly role: RoleName;
  readonly places: readonly string[];
}

/** The province, for what is decided there. */
const jilin = ['22'] as const;
/** Chaoyang district of Changchun, Fengman district of Jilin, Beishan street of Yanji. @source 一 */
const pilots = ['220104', '220211', '222401002'] as const;

export const pilotAccounts: readonly PilotAccount[] = [
  { account: 'authority', title: '省级主管', role: 'oversight', places: jilin },
  { account: 'registrar', title: '登记员', role: 'registrar', places: pilots },
  { account: 'staff', title: '服务中心工作人员', role: 'centerStaff', places: pilots },
  { account: 'worker', title: '驻站社工', role: 'stationWorker', places: pilots },
  { account: 'auditor', title: '审计员', role: 'auditor', places: pilots },
];

export const pilotAccountId = (account: string) => uuidV5(namespaces.account, account);

/** The facts that open an account and give it its role in each of its places. */
export function factsOfPilot({ account, title, role, places }: PilotAccount): readonly AnyFact[] {
  const accountId = pilotAccountId(account);
  return [
    new AccountOpened({ accountId, account, title }),
    ...places.map(code => new RoleGranted({ accountId, role, divisionId: divisionIdOf(code) })),
  ];
}

/** Four groups of four letters and digits that are not mixed up when read aloud. */
export function randomPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  // 31 letters: bytes from 248 on would favour the first ones.
  const draw = (): string => {
    const byte = randomBytes(1)[0]!;
    return byte < 248 ? letters[byte % letters.length]! : draw();
  };
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, draw).join('')).join('-');
}
