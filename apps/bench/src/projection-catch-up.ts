import { createHash, randomBytes } from 'node:crypto';
import { Client, type ClientConfig, Pool } from 'pg';
import { appendOf, type EventData, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';
import { type AnyFact, eventsOf, revive, streamOfFact } from '@lib/platform/kernel/event.js';
import { type AnyProjection, columns, nullable, type OpenFact, projection } from '@lib/platform/kernel/projection.js';
import { date, id, text } from '@lib/platform/kernel/shape.js';
import { copyInto } from '@lib/platform/read-store/copy.js';
import type { Lane } from '@lib/platform/read-store/lane.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import { RowLane } from '@lib/platform/read-store/row-lane.js';
import { subjectFacts } from '@lib/platform/read-store/subject-facts.js';
import { qualified, tableNameOf } from '@lib/platform/read-store/tables.js';

const bar = 0.25;
const rounds = 5;

/** What is folded: read models, a history (one append per list of facts) and how its events are opened. */
export interface CatchUpSubject {
  readonly projections: readonly (AnyProjection | Lane)[];
  readonly history: (events: number) => Iterable<readonly AnyFact[]>;
  /** Left out where nothing is personal. */
  readonly seal?: (facts: readonly AnyFact[]) => Promise<readonly EventData[]>;
  readonly open: (events: readonly RecordedEvent[]) => Promise<readonly OpenFact[]>;
}

export interface CatchUpOptions {
  /** A server on which a database may be created; it is dropped at the end. */
  readonly connection: ClientConfig;
  readonly say: (line: string) => void;
  readonly events?: number;
  readonly pageSize?: number;
  /** A stand-in office when left out. */
  readonly subject?: CatchUpSubject;
}

export interface Ratio {
  readonly measure: string;
  /** Time of the raw copy to time of the catch-up: the median over rounds. */
  readonly ratio: number;
  readonly bar: number;
}

/**
 * From an empty read store to all read models shown, over a log in the same server, against `COPY` of the very same rows into the
 * same tables with the same indexes.
 */
export async function benchProjectionCatchUp(options: CatchUpOptions): Promise<Ratio> {
  const { connection, say, events = 100_000, subject = standIn, pageSize } = options;
  const database = `yizhan_bench_${randomBytes(6).toString('hex')}`;
  const owner = new Client(connection);
  await owner.connect();
  await owner.query(`create database ${database}`);
  const own = {
    ...connection,
    ...(connection.connectionString ? atDatabase(connection.connectionString, database) : { database }),
  };
  const store = new PostgresEventStore(own);
  const pool = new Pool({ ...own, max: 4 });
  try {
    const client = await pool.connect();
    await createLogSchema(client);
    client.release();
    const recorded = await record(store, subject.history(events), subject.seal);
    await pool.query('vacuum analyze');
    const head = await store.head();
    const lanes = subject.projections.map(declared => ('write' in declared ? declared : new RowLane(declared)));

    const catchUp = async () => {
      await pool.query('drop schema if exists read cascade');
      const projector = new Projector({ projections: lanes, store, open: subject.open, pool, ...(pageSize ? { pageSize } : {}) });
      const began = performance.now();
      await projector.start();
      if (
        !(await projector.caughtUpTo(
          head,
          600_000,
          lanes.map(({ name }) => name),
        ))
      )
        throw new Error('it never caught up');
      const took = performance.now() - began;
      await projector.stop();
      return took;
    };
    await catchUp();
    const rows = await rowsOf(pool, lanes);
    const count = rows.reduce((sum, table) => sum + table.count, 0);

    const runs: { ours: number; raw: number; bare: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = round % 2 === 0 ? await copied(pool, lanes, rows) : undefined;
      const ours = await catchUp();
      runs.push({ ours, ...(first ?? (await copied(pool, lanes, rows))) });
    }
    const ratio = median(runs.map(({ ours, raw }) => raw / ours));
    const bare = median(runs.map(run => run.bare / run.ours));
    const seconds = median(runs.map(({ ours }) => ours)) / 1000;
    say(
      `projection catch-up, ${recorded} events, ${lanes.length} read models, ${count} rows: ${seconds.toFixed(2)} s ` +
        `(${Math.round(recorded / seconds)} events/s, ${Math.round(count / seconds)} rows/s), raw COPY ` +
        `${(median(runs.map(({ raw }) => raw)) / 1000).toFixed(2)} s, ratio ${ratio.toFixed(2)} (bar ${bar}) ` +
        `${ratio >= bar ? 'ok' : 'MISSED'}; without its indexes ${bare.toFixed(2)}`,
    );
    return { measure: 'projection catch-up against raw COPY of the same rows', ratio, bar };
  } finally {
    await pool.end();
    await store.close();
    await owner.query(`drop database if exists ${database} with (force)`);
    await owner.end();
  }
}

function atDatabase(connectionString: string, database: string) {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** @returns how many events were recorded */
async function record(
  store: PostgresEventStore,
  history: Iterable<readonly AnyFact[]>,
  seal: CatchUpSubject['seal'],
): Promise<number> {
  const revisions = new Map<string, number>();
  const dates = ['2026-01-05', '2026-02-05', '2026-03-05', '2026-04-05'];
  let recorded = 0;
  let waiting: Promise<unknown>[] = [];
  for (const facts of history) {
    const sealed = seal && (await seal(facts));
    const streams = new Map<string, { fact: AnyFact; data: EventData }[]>();
    facts.forEach((fact, nth) => {
      const own = streams.get(streamOfFact(fact)) ?? [];
      own.push({ fact, data: sealed?.[nth] ?? fact.data });
      streams.set(streamOfFact(fact), own);
    });
    const writes = [...streams].map(([stream, own]) => {
      const expected = revisions.get(stream) ?? -1;
      revisions.set(stream, expected + own.length);
      const events = own.map(
        ({
          fact: {
            type,
            class: { version },
          },
          data,
        }) => {
          recorded += 1;
          const effectiveOn = dates[Math.floor(recorded / 1000) % dates.length]!;
          const metadata = {
            version: String(version),
            effectiveOn,
            actor: 'bench',
            division: uuidOf('division', recorded % 100),
          };
          return { id: uuidOf('event', recorded), type, metadata, data };
        },
      );
      return { stream, expected, events };
    });
    waiting.push(store.append(appendOf(writes, [])));
    if (waiting.length < 256) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
  return recorded;
}

interface TableRows {
  readonly lane: Lane;
  readonly columns: readonly string[];
  readonly count: number;
  readonly lines: string;
}

/** The rows that a catch-up left, as lines for `COPY`. */
async function rowsOf(pool: Pool, lanes: readonly Lane[]): Promise<TableRows[]> {
  const tables: TableRows[] = [];
  for (const lane of lanes) {
    const table = tableNameOf(lane);
    const { rows: named } = await pool.query<{ column_name: string }>(
      `select column_name from information_schema.columns where table_schema = 'read' and table_name = $1 order by ordinal_position`,
      [table],
    );
    const names = named.map(({ column_name }) => column_name);
    const { rows } = await pool.query<(string | null)[]>({
      text: `select ${names.map(name => `"${name}"::text`).join(', ')} from ${qualified(table)}`,
      rowMode: 'array',
    });
    const cell = (value: string | null) => (value === null ? '\\N' : value.replace(/[\\\n\r\t]/g, found => copyEscapes[found]!));
    tables.push({ lane, columns: names, count: rows.length, lines: rows.map(row => `${row.map(cell).join('\t')}\n`).join('') });
  }
  return tables;
}

const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** @returns milliseconds with (`raw`) and without (`bare`) the making of the indexes */
async function copied(pool: Pool, lanes: readonly Lane[], tables: readonly TableRows[]): Promise<{ raw: number; bare: number }> {
  await pool.query('drop schema if exists read cascade; create schema read');
  const client = await pool.connect();
  try {
    const began = performance.now();
    let indexing = 0;
    for (const { lane, columns: names, lines } of tables) {
      const table = tableNameOf(lane);
      await client.query('begin');
      for (const statement of lane.tableStatements(table)) await client.query(statement);
      await copyInto(client, qualified(table), names, lines);
      const indexed = performance.now();
      for (const statement of lane.indexStatements(table)) await client.query(statement);
      await client.query(`analyze ${qualified(table)}`);
      indexing += performance.now() - indexed;
      await client.query('commit');
    }
    const raw = performance.now() - began;
    return { raw, bare: raw - indexing };
  } finally {
    client.release();
  }
}

function uuidOf(kind: string, nth: number): string {
  const hex = createHash('md5').update(`${kind} ${nth}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const center = eventsOf('benchCenter', 'centerId');
const station = eventsOf('benchStation', 'stationId');
const worker = eventsOf('benchWorker', 'workerId');
const posting = eventsOf('benchPosting', 'workerId');
const words = { zh: '', en: '' };

const CenterEstablished = center('BenchCenterEstablished', 1, { centerId: id, divisionId: id, name: text }, words);
const stationFields = { stationId: id, centerId: id, divisionId: id, name: text, openedOn: date };
const StationOpened = station('BenchStationOpened', 1, stationFields, words);
const StationRenamed = station('BenchStationRenamed', 1, { stationId: id, name: text }, words);
const workerFields = { workerId: id, homeDivisionId: id, name: text, level: text, registeredOn: date };
const WorkerRegistered = worker('BenchWorkerRegistered', 1, workerFields, words);
const WorkerCertified = worker('BenchWorkerCertified', 1, { workerId: id, level: text, validUntil: date }, words);
const PostingStarted = posting('BenchPostingStarted', 1, { workerId: id, stationId: id }, words);
const PostingEnded = posting('BenchPostingEnded', 1, { workerId: id, stationId: id }, words);

const centers = projection(
  {
    name: 'benchCenter',
    version: 1,
    columns: { centerId: columns.uuid, divisionId: columns.uuid, name: columns.text, since: columns.date },
    key: ['centerId'],
    temporal: true,
    indexes: [{ columns: ['divisionId'] }],
  },
  on => [
    on(
      CenterEstablished,
      ({ centerId }) => ({ centerId }),
      (_, { centerId, divisionId, name }, { on: since }) => ({ centerId, divisionId, name, since }),
    ),
  ],
);

const stations = projection(
  {
    name: 'benchStation',
    version: 1,
    columns: {
      stationId: columns.uuid,
      centerId: columns.uuid,
      divisionId: columns.uuid,
      name: columns.text,
      openedOn: columns.date,
    },
    key: ['stationId'],
    temporal: true,
    indexes: [{ columns: ['centerId'] }, { columns: ['divisionId'] }],
  },
  on => [
    on(
      StationOpened,
      ({ stationId }) => ({ stationId }),
      (_, { stationId, centerId, divisionId, name, openedOn }) => ({ stationId, centerId, divisionId, name, openedOn }),
    ),
    on(
      StationRenamed,
      ({ stationId }) => ({ stationId }),
      (row, { name }) => row && { ...row, name },
    ),
  ],
);

const workers = projection(
  {
    name: 'benchWorker',
    version: 1,
    columns: {
      workerId: columns.uuid,
      homeDivisionId: columns.uuid,
      name: columns.text,
      level: columns.text,
      validUntil: nullable(columns.date),
      registeredOn: columns.date,
      revision: columns.integer,
      changedAt: columns.position,
    },
    key: ['workerId'],
    indexes: [{ columns: ['homeDivisionId', 'name'] }, { columns: ['name'] }, { columns: ['level'] }],
  },
  on => [
    on(
      WorkerRegistered,
      ({ workerId }) => ({ workerId }),
      (_, { workerId, homeDivisionId, name, level, registeredOn }, { position, revision }) => ({
        workerId,
        homeDivisionId,
        name,
        level,
        validUntil: null,
        registeredOn,
        revision,
        changedAt: position,
      }),
    ),
    on(
      WorkerCertified,
      ({ workerId }) => ({ workerId }),
      (row, { level, validUntil }, { position, revision }) => row && { ...row, level, validUntil, revision, changedAt: position },
    ),
  ],
);

const postings = projection(
  {
    name: 'benchPosting',
    version: 1,
    columns: { workerId: columns.uuid, stationId: columns.uuid, since: columns.date },
    key: ['workerId'],
    temporal: true,
    indexes: [{ columns: ['stationId'] }],
  },
  on => [
    on(
      PostingStarted,
      ({ workerId }) => ({ workerId }),
      (_, { workerId, stationId }, { on: since }) => ({ workerId, stationId, since }),
    ),
    on(
      PostingEnded,
      ({ workerId }) => ({ workerId }),
      () => null,
    ),
  ],
);

const workersByDivision = projection(
  { name: 'benchWorkerCount', version: 1, columns: { divisionId: columns.uuid, workers: columns.integer }, key: ['divisionId'] },
  on => [
    on(
      WorkerRegistered,
      ({ homeDivisionId }) => ({ divisionId: homeDivisionId }),
      (row, { homeDivisionId }) => ({ divisionId: homeDivisionId, workers: (row?.workers ?? 0) + 1 }),
    ),
  ],
);

/** A town after the other: a center, ten stations, fifty workers with certificates and postings, some of which end. */
function* standInHistory(events: number): Iterable<readonly AnyFact[]> {
  let made = 0;
  for (let town = 0; made < events; town += 1) {
    const divisionId = uuidOf('division', town % 2000);
    const centerId = uuidOf('center', town);
    yield [new CenterEstablished({ centerId, divisionId, name: `第${town}街道社会工作服务中心` })];
    for (let nth = 0; nth < 10; nth += 1) {
      const stationId = uuidOf('station', town * 10 + nth);
      yield [new StationOpened({ stationId, centerId, divisionId, name: `第${nth}社区社会工作服务站`, openedOn: '2026-03-01' })];
      if (nth % 3 === 0) yield [new StationRenamed({ stationId, name: `新${nth}社区社会工作服务站` })];
    }
    for (let nth = 0; nth < 50; nth += 1) {
      const workerId = uuidOf('worker', town * 50 + nth);
      const stationId = uuidOf('station', town * 10 + (nth % 10));
      const name = `王${String.fromCharCode(0x4e00 + ((town * 50 + nth) % 5000))}华`;
      yield [new WorkerRegistered({ workerId, homeDivisionId: divisionId, name, level: 'none', registeredOn: '2026-03-02' })];
      if (nth % 2 === 0) yield [new WorkerCertified({ workerId, level: '助理社会工作师', validUntil: '2029-03-01' })];
      if (nth % 4 !== 0) continue;
      yield [new PostingStarted({ workerId, stationId })];
      if (nth % 12 === 0) yield [new PostingEnded({ workerId, stationId })];
    }
    made += 1 + 10 + 4 + 50 + 25 + 13 + 5;
  }
}

const standIn: CatchUpSubject = {
  projections: [centers, stations, workers, postings, workersByDivision, subjectFacts],
  history: standInHistory,
  open: async events =>
    events.map(({ type, data, position, stream, revision, recordedAt, metadata }) => ({
      fact: revive(type, Number(metadata.version), data),
      about: {
        position,
        stream,
        revision,
        recordedAt,
        on: metadata.effectiveOn!,
        actor: metadata.actor!,
        ...(metadata.division === undefined ? {} : { division: metadata.division }),
      },
    })),
};
