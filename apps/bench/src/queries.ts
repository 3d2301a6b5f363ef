import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { AccountOpened, RoleGranted, type RoleName } from '@lib/access/account/account.events.js';
import { HousePrincipal } from '@lib/platform/kernel/access.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { startEmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';
import { loadMasterKey } from '@lib/platform/privacy/master-key.js';
import { sealFacts } from '@lib/platform/privacy/sealing.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { prepareDatabases } from '@lib/house/databases.js';
import { openPilotAccounts, write } from '@lib/house/first-day.js';
import { openHouse } from '@lib/house/house.js';
import { bringDeeds } from '@lib/house/simulation/bring-deeds.js';
import { placesOf } from '@lib/house/simulation/places.js';
import { centerIdOf, officeDeeds, stationOfCommunity, volunteerIdOf, wholeProvince, workerIdOf } from './office-data.js';
import { atMost, line, median, type Outcome, percentile } from './outcome.js';
import { atPace, Client, type Question } from './paced.js';
import {
  answered,
  password,
  readOwnWrites,
  residentMegabytes,
  secondsPerMeasure,
  signIn,
  startStandalone,
  stop,
  usualPace,
} from './standalone.js';

/** Pictures of a whole place are looked at less often than names are looked up. */
const picturePace = 20;
const overviewPace = 4;
const connections = 32;
/** So long the same is asked uncounted, on all connections: compiled code and warm caches are the state that a day has. */
const secondsBefore = 3;
const timesAlone = 5;

const [province, prefecture, county, street] = ['22', '2201', '220104', '222401002'] as const;
const communityOfStreet = '222401002001';

/** Who asks: the fewest and the most rows in reach, masked and whole names. */
const askers = [
  { account: 'bench-oversight', role: 'oversight', place: province, title: 'oversight of the province' },
  { account: 'bench-registrar', role: 'registrar', place: province, title: 'registrar of the province' },
  { account: 'bench-county', role: 'registrar', place: county, title: 'registrar of a county' },
  { account: 'bench-street', role: 'centerStaff', place: street, title: 'center staff of a street' },
] as const satisfies readonly { account: string; role: RoleName; place: string; title: string }[];

interface Setup {
  /** A folder of a house; filled when it is empty. */
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** Every question of the console over HTTP, to the program as it is installed, with a whole province in it. */
export async function benchQueries({ folder, say }: Setup): Promise<Outcome[]> {
  await fill(folder, say);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome, more = '') => {
    outcomes.push(outcome);
    say(`${line(outcome)}${more}`);
  };
  const { child, url, readyAfter } = await startStandalone({ YIZHAN_DATA: folder });
  const client = new Client(url, connections);
  try {
    tell(atMost('start on the folder of a whole province', readyAfter / 1000, 5, 's'));
    const idle = await residentMegabytes(child);
    if (idle !== undefined) tell(atMost('memory after the start', idle, 250, 'MB'));

    const tokens = new Map<string, string>();
    for (const { account } of askers) tokens.set(account, await signIn(client, account));
    for (const { title, most, pace, questions } of await measures(client, tokens)) {
      // What the program and the server learn at the first questions belongs to the start.
      for (const question of questions) await answered(client, question);
      const alone: { kind: string; took: number }[] = [];
      for (const question of questions) {
        const times: number[] = [];
        while (times.length < timesAlone) times.push((await answered(client, question)).took);
        alone.push({ kind: question.kind, took: median(times) });
      }
      const slowest = alone.reduce((most, one) => (one.took > most.took ? one : most));
      const ask = async (nth: number) => (await answered(client, questions[nth % questions.length]!)).took;
      await atPace(pace, secondsBefore, ask);
      const asked = await atPace(pace, secondsPerMeasure, ask);
      const p99 = percentile(asked, 0.99);
      const measure = `${title}, p99 at ${pace}/s`;
      tell(
        most === undefined ? { measure, figure: `${p99.toFixed(1)} ms`, bar: 'none' } : atMost(measure, p99, most, 'ms'),
        ` · p50 ${percentile(asked, 0.5).toFixed(1)} · alone ${median(alone.map(({ took }) => took)).toFixed(1)}, slowest: ${slowest.kind} ${slowest.took.toFixed(1)} ms`,
      );
    }
    tell(
      atMost(
        `read your own write, p99 at ${usualPace} commands/s`,
        await readOwnWrites(client, await signIn(client, 'staff'), stationsOfThePilots()),
        50,
        'ms',
      ),
    );
    const after = await residentMegabytes(child);
    if (after !== undefined) tell(atMost('memory after all of these', after, 350, 'MB'));
  } finally {
    client.close();
    await stop(child);
  }
  return outcomes;
}

async function fill(folder: string, say: (text: string) => void): Promise<void> {
  const server = await startEmbeddedPostgres({ dataFolder: folder });
  try {
    const admin = new pg.Client(server.config);
    await admin.connect();
    const { rowCount } = await admin.query(`select 1 from pg_database where datname = 'yizhan'`);
    if (rowCount === 0) await admin.query('create database yizhan');
    await admin.end();
    const databases = await prepareDatabases(server.url('yizhan'), 'en');
    const masterKey = await loadMasterKey({ fromEnvironment: undefined, keyFile: join(folder, 'master.key') });
    const house = await openHouse({ databases, masterKey, log: pino({ level: 'silent' }) });
    try {
      if ((await house.store.head()) !== '0') return;
      const startedAt = performance.now();
      const { facts } = await bringDeeds({
        store: house.store,
        seal: some => sealFacts(some, house.keyRing),
        actor: 'bench',
        deeds: officeDeeds(wholeProvince),
      });
      const written = performance.now();
      await openPilotAccounts(house, password);
      for (const { account, role, place, title } of askers) {
        const accountId = uuidV5(namespaces.account, account);
        const author = { principal: new HousePrincipal('bench'), reasonCode: 'import', effectiveOn: '2025-01-06' };
        const opened = [
          new AccountOpened({ accountId, account, title }),
          new RoleGranted({ accountId, role, divisionId: divisionIdOf(place) }),
        ];
        await write(house.store, opened, new Map(), uuidV5(namespaces.command, `bench account ${account}`), author);
        await house.sessions.setPassword(accountId, password);
      }
      if (!(await house.projector.caughtUpTo(await house.store.head(), 600_000))) throw new Error('the views never caught up');
      // Or the server would do it while the first questions are asked.
      await tidy(databases.log);
      const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
      say(
        `a province of ${facts} facts, sealed and written in ${((written - startedAt) / 1000).toFixed(1)} s, shown ${seconds(written)} s later`,
      );
    } finally {
      await house.close();
    }
  } finally {
    await server.stop();
  }
}

async function tidy(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}

interface Measure {
  readonly title: string;
  /** Milliseconds; left out where nothing was promised. */
  readonly most?: number | undefined;
  /** Questions a second. */
  readonly pace: number;
  readonly questions: readonly Question[];
}

async function measures(client: Client, tokens: ReadonlyMap<string, string>): Promise<Measure[]> {
  const all: Measure[] = [];
  const tokenOf = (account: string) => tokens.get(account)!;
  for (const { account, place, title } of askers) {
    const token = tokenOf(account);
    for (const register of ['social-workers', 'volunteers'] as const) {
      const ask = (kind: string, query: string): Question => ({ kind, token, path: `/api/${register}?${query}` });
      const questions = [...registerQuestions(register, place)].map(([kind, query]) => ask(kind, query));
      for (const depth of [1, 10, 100]) {
        const cursor = await cursorAt(client, ask('page', 'limit=50'), depth);
        if (cursor !== undefined) questions.push(ask(`page ${depth}`, `limit=50&cursor=${encodeURIComponent(cursor)}`));
      }
      const name = register === 'social-workers' ? 'workerRegister' : 'volunteerRegister';
      all.push({ title: `${name}, ${title}`, most: 20, pace: usualPace, questions });
    }
    const stations = stationsUnder(place);
    const candidates = (kind: string, nth: number, query: string): Question => ({
      kind,
      token,
      path: `/api/service-stations/${stations[Math.floor(stations.length * nth)]!}/candidates?${query}`,
    });
    all.push({
      title: `candidateFinder, ${title}`,
      most: 30,
      pace: picturePace,
      questions: [
        candidates('first station', 0, 'limit=20'),
        candidates('another station', 0.5, 'limit=20'),
        candidates('skill', 0.9, 'limit=20&skill=MEDICAL'),
        candidates('time', 0.3, 'limit=20&availability=SATURDAY_MORNING'),
      ],
    });
  }
  const token = tokenOf('bench-oversight');
  const one = (
    title: string,
    most: number | undefined,
    ...paths: readonly (readonly [kind: string, path: string])[]
  ): Measure => ({
    title,
    most,
    pace: most === undefined ? overviewPace : most === 20 ? usualPace : picturePace,
    questions: paths.map(([kind, path]) => ({ kind, token, path: `/api/${path}` })),
  });
  const stationId = stationOfCommunity(communityOfStreet);
  const place = divisionIdOf;
  all.push(
    one('structureTree, the province', 30, ['province', 'structure-tree']),
    one('structureTree, a prefecture', 30, ['prefecture', `structure-tree?divisionId=${place(prefecture)}`]),
    one(
      'structureTree, below',
      30,
      ['county', `structure-tree?divisionId=${place(county)}`],
      ['township', `structure-tree?divisionId=${place(street)}`],
      ['center', `structure-tree?centerId=${centerIdOf(street)}`],
      ['station', `structure-tree?stationId=${stationId}`],
    ),
    one('structureConformance, the province', undefined, ['province', 'structure-conformance']),
    one('structureConformance, a county', undefined, ['county', `structure-conformance?divisionId=${place(county)}`]),
    one('structureFigures, the province', undefined, ['province', 'structure-figures']),
    one('structureFigures, a county on two days', undefined, [
      'county',
      `structure-figures?divisionId=${place(county)}&compareWith=2025-06-30`,
    ]),
    one('figureSubjects, a county', 30, ['county', `structure-figures/subjects?figure=redStations&divisionId=${place(county)}`]),
    one('centerToday', 20, ['center', `service-centers/${centerIdOf(street)}/today`]),
    one(
      'centerOfCommunity',
      20,
      ['initials', 'public/center-of-community?q=bsjd'],
      ['part of the name', `public/center-of-community?q=${encodeURIComponent('北山')}`],
      ['code', `public/center-of-community?q=${communityOfStreet}`],
    ),
    one('serviceCenterCard', 20, ['center', `service-centers/${centerIdOf(street)}`]),
    one(
      'subjectHistory',
      20,
      ['worker', `history/${workerIdOf(4_711)}`],
      ['volunteer', `history/${volunteerIdOf(4_711)}`],
      ['station', `history/${stationId}`],
      ['center', `history/${centerIdOf(street)}`],
      ['county', `history/${place(county)}`],
    ),
    one(
      'divisions',
      20,
      ['initials', 'divisions?name=bsjd'],
      ['pinyin', 'divisions?name=beishan'],
      ['part of the name', `divisions?name=${encodeURIComponent('北山')}`],
      ['code', `divisions?code=${street}`],
      ['children', `divisions?parentId=${place(county)}`],
      ['level', 'divisions?level=TOWNSHIP'],
    ),
  );
  return all;
}

const stationsUnder = (place: string) =>
  placesOf(wholeProvince)
    .stations.filter(({ township }) => township.startsWith(place))
    .map(({ community }) => stationOfCommunity(community.code));

/** Most of what is asked of a register: each kind, and the kinds together. */
function* registerQuestions(register: 'social-workers' | 'volunteers', place: string): Generator<readonly [string, string]> {
  const text = encodeURIComponent;
  yield ['first page', 'limit=50'];
  yield ['latest', 'sort=registeredOn&direction=desc'];
  yield ['whole name', `q=${text('王玉兰')}`];
  yield ['surname', `q=${text('金')}`];
  yield ['rare surname', `q=${text('玄')}`];
  yield ['part of the name', `q=${text('玉兰')}`];
  yield ['initials', 'q=wyl'];
  yield ['pinyin', 'q=jinshun'];
  yield ['phone', 'q=4711'];
  const within = place === province ? [prefecture, county, street] : [place];
  for (const code of within) yield [`place ${code}`, `divisionId=${divisionIdOf(code)}`];
  yield ['place and surname', `divisionId=${divisionIdOf(within[0]!)}&q=${text('李')}`];
  yield ['station', `stationId=${stationOfCommunity(communityOfStreet)}`];
  if (register === 'social-workers') {
    yield ['level', 'level=INTERMEDIATE'];
    yield ['senior', 'level=SENIOR&status=REGISTERED'];
    yield ['field', 'specialism=ELDERLY'];
    yield ['field and level', 'specialism=YOUTH&level=SENIOR'];
    yield ['posted', 'posted=true'];
  } else {
    yield ['skill', 'skill=TRANSLATION_KOREAN'];
    yield ['field', 'field=ELDERLY'];
    yield ['skill and time', 'skill=MEDICAL&availability=SATURDAY_MORNING'];
    yield ['linked', 'linked=false'];
  }
}

async function cursorAt(client: Client, first: Question, depth: number): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < depth; page += 1) {
    const path: string = cursor === undefined ? first.path : `${first.path}&cursor=${encodeURIComponent(cursor)}`;
    const { next } = JSON.parse((await answered(client, { ...first, path })).body) as { next: string | null };
    if (next === null) return undefined;
    cursor = next;
  }
  return cursor;
}

const stationsOfThePilots = () =>
  placesOf(wholeProvince)
    .stations.filter(({ township }) => [county, '220211', street].some(place => township.startsWith(place)))
    .map(({ community }) => stationOfCommunity(community.code));
