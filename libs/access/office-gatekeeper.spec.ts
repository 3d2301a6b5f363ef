import { everywhere, HousePrincipal, type Principal } from '@lib/platform/kernel/access.js';
import { anyone, signedIn } from '@lib/platform/cqrs/by.js';
import { nobody } from '@lib/platform/cqrs/guard.js';
import {
  DivisionDefined,
  DivisionMergedInto,
  type DivisionKind,
  type DivisionLevel,
} from '@lib/territory/division/division.events.js';
import { ScopeTree } from '@lib/territory/scope-tree.js';
import { AccountDirectory } from './account/account-directory.js';
import { AccountOpened, RoleGranted, RoleRevoked, type RoleName } from './account/account.events.js';
import { OfficeGatekeeper } from './office-gatekeeper.js';
import { auditor, centerStaff, oversight, registrar, stationWorker } from './roles.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [province, county, street, otherStreet, elsewhere, centerId, otherCenter, stationId] = [1, 2, 3, 4, 5, 6, 7, 8].map(
  uuid,
) as [string, string, string, string, string, string, string, string];

function open() {
  const tree = new ScopeTree();
  const define = (divisionId: string, code: string, level: DivisionLevel, kind: DivisionKind, parentId?: string) =>
    tree.apply(new DivisionDefined({ divisionId, code, name: code, level, kind, parentId, centreRequired: false }));
  define(province, '22', 'PROVINCE', 'PROVINCE');
  define(county, '222401', 'COUNTY', 'COUNTY', province);
  define(street, '222401002', 'TOWNSHIP', 'SUBDISTRICT', county);
  define(otherStreet, '222401003', 'TOWNSHIP', 'SUBDISTRICT', county);
  define(elsewhere, '220104001', 'TOWNSHIP', 'SUBDISTRICT', province);
  tree.load([]);
  const accounts = new AccountDirectory();
  const person = (
    nth: number,
    role: RoleName,
    grant: { divisionId: string; centerId?: string; stationId?: string },
  ): Principal => {
    const accountId = uuid(100 + nth);
    accounts.apply(new AccountOpened({ accountId, account: `account-${nth}`, title: '' }));
    accounts.apply(new RoleGranted({ accountId, role, ...grant }));
    return { id: accountId, name: `account-${nth}` };
  };
  return { tree, accounts, person, gatekeeper: new OfficeGatekeeper(accounts, tree) };
}

test('a grant covers its division and what lies under it, and nothing beside', () => {
  const { gatekeeper, person } = open();
  const staff = person(1, 'centerStaff', { divisionId: county });
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: street })).toEqual({ role: 'centerStaff', unit: county });
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: elsewhere })).toBeUndefined();
  expect(gatekeeper.permit(staff, [centerStaff], {})).toBeUndefined();
  expect(gatekeeper.reach(staff, [centerStaff])).toMatchObject({
    all: false,
    divisionIds: expect.arrayContaining([county, street, otherStreet]),
  });
  expect(gatekeeper.reach(staff, [centerStaff]).divisionIds).not.toContain(elsewhere);
});

test('a role that the row does not name opens nothing', () => {
  const { gatekeeper, person } = open();
  const watcher = person(1, 'auditor', { divisionId: province });
  expect(gatekeeper.holdsAny(watcher, [registrar, centerStaff])).toBe(false);
  expect(gatekeeper.permit(watcher, [registrar], { divisionId: street })).toBeUndefined();
  expect(gatekeeper.reach(watcher, [registrar])).toMatchObject({ all: false, divisionIds: [] });
});

test('a grant for one center or station is good for no other', () => {
  const { gatekeeper, person } = open();
  const staff = person(1, 'centerStaff', { divisionId: street, centerId });
  const worker = person(2, 'stationWorker', { divisionId: street, stationId });
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: street, centerId })).toEqual({
    role: 'centerStaff',
    unit: centerId,
  });
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: street, centerId: otherCenter })).toBeUndefined();
  expect(gatekeeper.permit(worker, [stationWorker], { divisionId: street, centerId, stationId })).toEqual({
    role: 'stationWorker',
    unit: stationId,
  });
  expect(gatekeeper.permit(worker, [stationWorker], { divisionId: street, centerId, stationId: uuid(9) })).toBeUndefined();
});

test('only a grant over the whole province covers what is decided for everywhere', () => {
  const { gatekeeper, person } = open();
  expect(gatekeeper.permit(person(1, 'oversight', { divisionId: province }), [oversight], everywhere)).toBeDefined();
  expect(gatekeeper.permit(person(2, 'oversight', { divisionId: county }), [oversight], everywhere)).toBeUndefined();
  expect(gatekeeper.reach(person(3, 'auditor', { divisionId: province }), [auditor]).all).toBe(true);
});

test('a street that was merged away lies where its successor lies', () => {
  const { gatekeeper, person, tree } = open();
  const staff = person(1, 'centerStaff', { divisionId: street });
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: elsewhere })).toBeUndefined();
  tree.apply(new DivisionMergedInto({ divisionId: elsewhere, successorId: street, on: '2026-03-02' }));
  expect(gatekeeper.permit(staff, [centerStaff], { divisionId: elsewhere })).toBeDefined();
});

test('a revoked role is gone at once', () => {
  const { gatekeeper, person, accounts } = open();
  const staff = person(1, 'centerStaff', { divisionId: county });
  accounts.apply(new RoleRevoked({ accountId: staff.id, role: 'centerStaff', divisionId: county }));
  expect(gatekeeper.holdsAny(staff, [centerStaff])).toBe(false);
  expect(gatekeeper.sight(staff)).toMatchObject({ name: 'none', phone: 'none' });
});

test('the public may do what anyone may, and is told apart from who is signed in', () => {
  const { gatekeeper, person } = open();
  const staff = person(1, 'centerStaff', { divisionId: county });
  expect(gatekeeper.permit(nobody, [anyone, centerStaff], { divisionId: street })).toEqual({ role: 'public', unit: '' });
  expect(gatekeeper.permit(staff, [anyone, centerStaff], { divisionId: street })).toEqual({ role: 'centerStaff', unit: county });
  expect(gatekeeper.holdsAny(nobody, [signedIn])).toBe(false);
  expect(gatekeeper.holdsAny(staff, [signedIn])).toBe(true);
  expect(gatekeeper.permit(nobody, [centerStaff], { divisionId: street })).toBeUndefined();
});

test('the house itself is not bound to a place, and no name makes anybody the house', () => {
  const { gatekeeper } = open();
  expect(gatekeeper.permit(new HousePrincipal('policy:x'), [registrar], everywhere)).toEqual({ role: 'system', unit: '' });
  expect(gatekeeper.permit({ id: 'policy:x', name: 'policy:x' }, [registrar], everywhere)).toBeUndefined();
});

test('who watches sees masked names, who works there sees names and the last of a number', () => {
  const { gatekeeper, person } = open();
  expect(gatekeeper.sight(person(1, 'auditor', { divisionId: province }))).toMatchObject({
    name: 'masked',
    phone: 'none',
    idNumber: 'none',
  });
  expect(gatekeeper.sight(person(2, 'centerStaff', { divisionId: street }))).toMatchObject({
    name: 'full',
    phone: 'masked',
    idNumber: 'lastFour',
  });
});
