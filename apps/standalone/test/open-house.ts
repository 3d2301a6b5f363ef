import { CommandBus } from '@nestjs/cqrs';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import pino from 'pino';
import request from 'supertest';
import { AccountOpened, RoleGranted, type RoleName } from '@lib/access/account/account.events.js';
import { routeOf } from '@lib/house/route-of.js';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import { HousePrincipal } from '@lib/platform/kernel/access.js';
import { addDays, dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { beforeEverything, comparePositions, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { EstablishServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { AssignSocialWorker, OpenServiceStation } from '@lib/service-network/service-station/service-station.commands.js';
import { createTestDatabase } from '@lib/platform/testing/test-database.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import type { DivisionKind, DivisionLevel, DivisionRecord } from '@lib/territory/division/data/jilin.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { LinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { AcceptVolunteer, RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import { RecordCertificate } from '@lib/workforce/certificate/certificate.commands.js';
import { RegisterWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import { bringDivisions, write } from '@lib/house/first-day.js';
import { openHouse, type House } from '@lib/house/house.js';
import type { LogChoice } from '@lib/house/log.js';
import { KurrentDouble } from '@lib/platform/event-store/kurrentdb/double/kurrent-double.js';

/** The pilot street with its communities; everything that is called "here" in the specs. */
export const beishan = '222401002';
/** A street of another prefecture: "there". */
export const yongchang = '220104001';
export const place = divisionIdOf;
export const communitiesOf = (township: string, many = 5) =>
  Array.from({ length: many }, (_, nth) => place(`${township}${String(nth + 1).padStart(3, '0')}`));

const levels: Readonly<Record<number, DivisionLevel>> = {
  2: 'PROVINCE',
  4: 'PREFECTURE',
  6: 'COUNTY',
  9: 'TOWNSHIP',
  12: 'COMMUNITY',
};
const above: Readonly<Record<number, number>> = { 4: 2, 6: 4, 9: 6, 12: 9 };

const division = (code: string, name: string, kind = levels[code.length]! as DivisionKind): DivisionRecord => ({
  code,
  name,
  kind,
  level: levels[code.length]!,
  parentCode: above[code.length] ? code.slice(0, above[code.length]) : null,
});
const communities = (township: string, many: number) =>
  Array.from({ length: many }, (_, nth) => division(`${township}${String(nth + 1).padStart(3, '0')}`, `第${nth + 1}社区`));

/** A province of two prefectures: large enough to be out of reach of somebody, small enough to be there in a moment. */
const smallProvince = {
  asOf: '2023-10-01',
  source: 'spec',
  divisions: [
    division('22', '吉林省'),
    division('2201', '长春市'),
    division('220104', '朝阳区'),
    division(yongchang, '永昌街道', 'SUBDISTRICT'),
    ...communities(yongchang, 5),
    division('2224', '延边朝鲜族自治州'),
    division('222401', '延吉市'),
    division(beishan, '北山街道', 'SUBDISTRICT'),
    ...communities(beishan, 70),
    division('222401003', '新兴街道', 'SUBDISTRICT'),
    ...communities('222401003', 5),
    division('222401101', '小营镇', 'TOWN'),
    division('222401450', '延吉国有林场', 'QUASI'),
  ],
};

interface TestAccount {
  readonly role: RoleName;
  readonly places: readonly string[];
}

export const accounts = {
  authority: { role: 'oversight', places: ['22'] },
  registrar: { role: 'registrar', places: [beishan] },
  staff: { role: 'centerStaff', places: [beishan] },
  worker: { role: 'stationWorker', places: [beishan] },
  auditor: { role: 'auditor', places: [beishan] },
  countyOversight: { role: 'oversight', places: ['222401'] },
  countyRegistrar: { role: 'registrar', places: ['222401'] },
  provinceRegistrar: { role: 'registrar', places: ['22'] },
  provinceAuditor: { role: 'auditor', places: ['22'] },
  otherOversight: { role: 'oversight', places: ['220104'] },
  otherRegistrar: { role: 'registrar', places: [yongchang] },
  otherStaff: { role: 'centerStaff', places: [yongchang] },
  otherWorker: { role: 'stationWorker', places: [yongchang] },
  otherAuditor: { role: 'auditor', places: [yongchang] },
} as const satisfies Readonly<Record<string, TestAccount>>;
export type AccountName = keyof typeof accounts;

export const password = 'open-house-2026';
export const accountIdOf = (account: string) => uuidV5(namespaces.account, account);

type Headers = Readonly<Record<string, string>>;

/** One person at the door, signed in or not. */
export interface Visitor {
  get(path: string, headers?: Headers): request.Test;
  /** A command, with a key of its own unless one is given. */
  send(path: string, body: object, headers?: Headers): request.Test;
  /** A command that must be done. @returns its receipt */
  does(command: new () => object, fields: Record<string, unknown>, headers?: Headers): Promise<Receipt>;
  /** A command that must be refused. @returns the code of the problem */
  refused(command: new () => object, fields: Record<string, unknown>, headers?: Headers): Promise<string>;
  /** A view that has folded everything until now. */
  sees<Body>(path: string): Promise<Body>;
}

export interface TestHouse extends House {
  readonly url: string;
  readonly bus: CommandBus;
  readonly durability: string;
  /** The server that the facts are kept on, when it is a double. */
  readonly double: KurrentDouble | undefined;
  readonly databases: { readonly log: string; readonly keys: string };
  readonly masterKey: MasterKey;
  /** The calendar date that the house takes for today, some days later or earlier. */
  day(offset?: number): string;
  /** A night passes, for the log as well unless that is a double; sessions end with it, and these accounts sign in again. */
  nextDay(...awake: AccountName[]): Promise<void>;
  /** Everything that was written to the log of the process. */
  readonly logLines: readonly string[];
  as(account: AccountName): Visitor;
  token(account: AccountName): string;
  readonly anybody: Visitor;
  /** The whole log. */
  everything(after?: string): Promise<readonly RecordedEvent[]>;
  /** Waits until policies have answered everything, and views have folded their answers. */
  quiet(): Promise<void>;
  /** A query to the database of the log, or to that of the keys. */
  sql<Row>(statement: string, values?: readonly unknown[], database?: 'log' | 'keys'): Promise<readonly Row[]>;
}

/** Where the facts of a test house are kept unless a spec says so: YIZHAN_TEST_LOG=kurrentdb puts them behind the double of a server. */
export const logOfTests = process.env.YIZHAN_TEST_LOG === 'kurrentdb' ? 'kurrentdb' : 'postgres';

/** The day on which the house is opened, so that no spec hangs on the day on which it runs. */
const openedAt = Date.parse('2026-03-10T02:00:00.000Z');

/**
 * A house of its own on fresh databases: small province, accounts of every role here and there, listening on a free port.
 * @param kind where its facts are kept
 * @param atPresent its clock stands where that of the log does, for specs about when something was recorded
 * @param brokers `host:port` of a broker that nobody else publishes to; none: nothing is published
 */
export async function openTestHouse(
  kind: LogChoice['kind'] = logOfTests,
  {
    brokers = [],
    trustedProxies = [],
    atPresent = false,
  }: {
    readonly brokers?: readonly string[];
    readonly trustedProxies?: readonly string[];
    readonly atPresent?: boolean;
  } = {},
): Promise<TestHouse> {
  const [log, keys] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const double = kind === 'kurrentdb' ? await KurrentDouble.start() : undefined;
  const masterKey = new MasterKey(randomBytes(32));
  const logLines: string[] = [];
  const startedAt = Date.now();
  let slept = 0;
  const clock = () => slept + (atPresent ? startedAt : openedAt + Date.now() - startedAt);
  const house = await openHouse({
    databases: { log: log.url, keys: keys.url },
    masterKey,
    log: pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) }),
    clock,
    brokers,
    trustedProxies,
    factsIn: double ? { kind: 'kurrentdb', url: double.url } : { kind: 'postgres' },
  }).catch(async (error: unknown) => {
    await double?.stop();
    throw error;
  });
  await bringDivisions(house.store, () => {}, smallProvince);
  const author = { principal: new HousePrincipal('first-start'), reasonCode: 'first-start', effectiveOn: '2023-10-01' };
  for (const [account, { role, places }] of Object.entries(accounts)) {
    const accountId = accountIdOf(account);
    const facts = [
      new AccountOpened({ accountId, account, title: `${account}账号` }),
      ...places.map(code => new RoleGranted({ accountId, role, divisionId: place(code) })),
    ];
    await write(house.store, facts, new Map(), uuidV5(namespaces.command, account), author);
  }
  await house.projector.caughtUpTo(await house.store.head(), 30_000);
  await house.app.listen(0, '127.0.0.1');
  const url = await house.app.getUrl();

  // One hash serves all: hashing is made slow on purpose.
  await house.sessions.setPassword(accountIdOf('authority'), password);
  const pool = new pg.Pool({ connectionString: log.url, max: 2 });
  const keyPool = new pg.Pool({ connectionString: keys.url, max: 2 });
  await pool.query(
    'insert into access.credential (account_id, hash) select unnest($1::uuid[]), hash from access.credential on conflict do nothing',
    [Object.keys(accounts).map(accountIdOf)],
  );
  const tokens = new Map<string, string>();
  const signIn = async (account: string) => tokens.set(account, (await house.sessions.signIn(account, password)).token);
  await Promise.all(Object.keys(accounts).map(signIn));

  const visitor = (token?: string): Visitor => {
    const authorization: Headers = token ? { authorization: `Bearer ${token}` } : {};
    const self: Visitor = {
      get: (path, headers = {}) =>
        request(url)
          .get(path)
          .set({ ...authorization, ...headers }),
      send: (path, body, headers = {}) =>
        request(url)
          .post(path)
          .set({ ...authorization, 'idempotency-key': randomUUID(), ...headers })
          .send(body),
      async does(command, fields, headers) {
        const { path, body } = routeOf(command, fields);
        const answer = await self.send(path, body, headers);
        if (answer.status >= 300) throw new Error(`${command.name}: ${answer.status} ${answer.text}`);
        return answer.body as Receipt;
      },
      async refused(command, fields, headers) {
        const { path, body } = routeOf(command, fields);
        const answer = await self.send(path, body, headers);
        if (answer.status < 300) throw new Error(`${command.name} was done: ${answer.text}`);
        return (answer.body as { code: string }).code;
      },
      async sees(path) {
        const answer = await self.get(path, { 'x-after': await house.store.head() });
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
        return answer.body;
      },
    };
    return self;
  };

  const everything = async (after = beforeEverything) => {
    const events: RecordedEvent[] = [];
    for (let from = after; ;) {
      const page = await house.store.readAll(from, 2_000);
      if (page.length === 0) return events;
      events.push(...page);
      from = page.at(-1)!.position;
    }
  };

  return {
    ...house,
    url,
    double,
    databases: { log: log.url, keys: keys.url },
    masterKey,
    durability: double ? 'kurrent-quorum' : 'postgres-sync',
    bus: house.app.get(CommandBus, { strict: false }),
    day: (offset = 0) => addDays(dateInShanghai(clock()), offset),
    async nextDay(...awake) {
      slept += 86_400_000;
      const morning = `${dateInShanghai(clock())}T00:00:00+08:00`;
      if (!double) await pool.query('update log.log_head set recorded_at = greatest(recorded_at, $1::timestamptz)', [morning]);
      await Promise.all(awake.map(signIn));
    },
    logLines,
    as: account => visitor(tokens.get(account)!),
    token: account => tokens.get(account)!,
    anybody: visitor(),
    everything,
    async quiet() {
      for (let tries = 0; tries < 3_000; tries += 1) {
        const head = await house.store.head();
        if (comparePositions(house.reactor.slowest(), head) >= 0 && head === (await house.store.head())) {
          if (await house.projector.caughtUpTo(head, 60_000)) return;
        }
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      throw new Error('the house does not come to rest');
    },
    async sql<Row>(statement: string, values: readonly unknown[] = [], database: 'log' | 'keys' = 'log') {
      const { rows } = await (database === 'log' ? pool : keyPool).query(statement, [...values]);
      return rows as Row[];
    },
    async close() {
      await house.close();
      await double?.stop();
      await Promise.all([pool.end(), keyPool.end()]);
      await Promise.all([log.drop(), keys.drop()]);
    },
  };
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A valid ID number that nobody else of the run has. */
export function idNumber(nth: number): string {
  const day = addDays('1960-01-01', Math.floor(nth / 500)).replaceAll('-', '');
  const digits = `222401${day}${String((nth % 500) + 100).padStart(3, '0')}`;
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return digits + '10X98765432'[sum % 11]!;
}

export const phone = (nth: number) => `138${String(43_300_000 + nth)}`;

/** A street that has everything: center, two stations, a worker in one, volunteers, a certificate. */
export interface Furnished {
  readonly township: string;
  readonly centerId: string;
  readonly stationId: string;
  readonly secondStationId: string;
  readonly workerId: string;
  readonly freeWorkerId: string;
  readonly volunteerId: string;
  readonly applicantId: string;
  readonly certificateId: string;
  /** What no answer and no line of the log may show whole. */
  readonly secrets: readonly string[];
  readonly names: readonly string[];
}

export async function furnish(
  house: TestHouse,
  township: string,
  { registrar, staff, from, on = {} }: { registrar: AccountName; staff: AccountName; from: number; on?: Headers },
): Promise<Furnished> {
  const [centerId, stationId, secondStationId, workerId, freeWorkerId, volunteerId, applicantId, certificateId] = Array.from(
    { length: 8 },
    () => randomUUID(),
  ) as [string, string, string, string, string, string, string, string];
  const homeDivisionId = place(township);
  const [first, second] = communitiesOf(township);
  const people = [
    { name: '李玉兰', idNumber: idNumber(from), phone: phone(from) },
    { name: '朴英姬', idNumber: idNumber(from + 1), phone: phone(from + 1) },
    { name: '金顺哲', idNumber: idNumber(from + 2), phone: phone(from + 2) },
    { name: '崔明浩', idNumber: idNumber(from + 3), phone: phone(from + 3) },
  ] as const;
  const [register, center] = [house.as(registrar), house.as(staff)];
  await register.does(EstablishServiceCenter, { centerId, divisionId: homeDivisionId, name: '街道社工服务中心' }, on);
  await center.does(OpenServiceStation, { stationId, centerId, name: '第一社工服务站', communities: [first] }, on);
  await center.does(
    OpenServiceStation,
    { stationId: secondStationId, centerId, name: '第二社工服务站', communities: [second] },
    on,
  );
  await center.does(RegisterWorker, { workerId, homeDivisionId, ...people[0] }, on);
  await center.does(RegisterWorker, { workerId: freeWorkerId, homeDivisionId, ...people[1] }, on);
  await center.does(
    RecordCertificate,
    {
      certificateId,
      workerId,
      level: 'INTERMEDIATE',
      number: `20231122044000${from}`,
      passedOn: '2023-06-17',
    },
    on,
  );
  await center.does(AssignSocialWorker, { stationId, workerId }, on);
  await center.does(RegisterVolunteer, { volunteerId, homeDivisionId, ...people[2] }, on);
  await center.does(RegisterVolunteer, { volunteerId: applicantId, homeDivisionId, ...people[3] }, on);
  await center.does(AcceptVolunteer, { volunteerId }, on);
  await center.does(LinkVolunteer, { volunteerId, stationId }, on);
  await house.quiet();
  return {
    township,
    centerId,
    stationId,
    secondStationId,
    workerId,
    freeWorkerId,
    volunteerId,
    applicantId,
    certificateId,
    secrets: people.flatMap(person => [person.idNumber, person.phone]),
    names: people.map(({ name }) => name),
  };
}
