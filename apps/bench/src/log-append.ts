import { randomBytes } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import { type Append, appendOf, type NewEvent } from '@lib/platform/event-store/event-store.js';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { createLogSchema } from '@lib/platform/event-store/postgres/schema.js';

const bars = [
  { clients: 1, bar: 0.75 },
  { clients: 32, bar: 0.85 },
  { clients: 256, bar: 0.85 },
];
// Short runs, many of them: whatever else the machine does falls on both sides.
const pairs = 31;
const secondsPerRun = 0.4;
const eventsPerStream = 20;
const checkedStreams = 1_000;

export interface Ratio {
  readonly measure: string;
  /** Of ours to the raw insert: the median over pairs of runs that followed each other. */
  readonly ratio: number;
  readonly bar: number;
}

/**
 * Appends per second through our port, each with one written and one checked stream, against the bare insert of the same events in
 * groups on the same server: no checks, positions from an identity column, pg's own array parameters.
 * @param connection a server on which a database may be created; it is dropped at the end
 */
export async function benchLogAppend(options: { connection: ClientConfig; say: (line: string) => void }): Promise<Ratio[]> {
  const { connection, say } = options;
  const database = `yizhan_bench_${randomBytes(6).toString('hex')}`;
  const owner = new Client(connection);
  await owner.connect();
  await owner.query(`create database ${database}`);
  const own = {
    ...connection,
    ...(connection.connectionString ? atDatabase(connection.connectionString, database) : { database }),
  };
  try {
    return await measure(own, say);
  } finally {
    await owner.query(`drop database if exists ${database} with (force)`);
    await owner.end();
  }
}

async function measure(connection: ClientConfig, say: (line: string) => void): Promise<Ratio[]> {
  const raw = new Client(connection);
  await raw.connect();
  await createLogSchema(raw);
  await raw.query(`create table raw_events (position bigint generated always as identity primary key, stream text collate "C" not null,
    revision int not null, id uuid not null, type text not null, recorded_at timestamptz not null default now(), metadata text not null,
    data text not null, unique (stream, revision))`);
  const store = new PostgresEventStore(connection);
  const rawInsert = groupedRawInsert(raw);
  const ours = (append: Append) => store.append(append);

  for (let nth = 0; nth < checkedStreams; nth += 1)
    await ours(appendOf([{ stream: checkedStream(nth), expected: -1, events: [anEvent()] }], []));
  for (const way of [ours, rawInsert]) await perSecond(way, 32, 2);

  const ratios: Ratio[] = [];
  for (const { clients, bar } of bars) {
    const runs: { ours: number; raw: number }[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      const rawFirst = pair % 2 === 0 ? await perSecond(rawInsert, clients, secondsPerRun) : undefined;
      const measured = await perSecond(ours, clients, secondsPerRun);
      runs.push({ ours: measured, raw: rawFirst ?? (await perSecond(rawInsert, clients, secondsPerRun)) });
    }
    const ratio = median(runs.map(run => run.ours / run.raw));
    const figures = `${rounded(median(runs.map(run => run.ours)))}/s, raw group insert ${rounded(median(runs.map(run => run.raw)))}/s`;
    say(`log append, ${clients} clients: ${figures}, ratio ${ratio.toFixed(2)} (bar ${bar}) ${ratio >= bar ? 'ok' : 'MISSED'}`);
    ratios.push({ measure: `log append, ${clients} clients, against the raw group insert`, ratio, bar });
  }
  await store.close();
  await raw.end();
  return ratios;
}

/** What our port does, less everything that makes it a log: the limit that the bar is measured against. */
function groupedRawInsert(client: Client): (append: Append) => Promise<unknown> {
  const text = `insert into raw_events (stream, revision, id, type, metadata, data)
    select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[])`;
  const waiting: { row: unknown[]; resolve: (value?: unknown) => void; reject: (error: unknown) => void }[] = [];
  let writing = false;
  const send = (group: typeof waiting) => {
    const values = [0, 1, 2, 3, 4, 5].map(column => group.map(({ row }) => row[column]));
    return client.query({ name: 'raw-append', text, values });
  };
  const writeWhatWaits = async () => {
    await undefined;
    let written: typeof waiting = [];
    const tell = () => {
      for (const { resolve } of written) resolve();
      written = [];
    };
    while (waiting.length > 0) {
      const group = waiting.splice(0, 128);
      const onItsWay = send(group);
      tell();
      try {
        await onItsWay;
        written = group;
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      if (waiting.length > 0) continue;
      tell();
      await undefined;
    }
    writing = false;
  };
  return ({ writes }) =>
    new Promise((resolve, reject) => {
      const { stream, expected, events } = writes[0]!;
      const { id, type, metadata, data } = events[0]!;
      waiting.push({ row: [stream, expected + 1, id, type, JSON.stringify(metadata), JSON.stringify(data)], resolve, reject });
      if (writing) return;
      writing = true;
      void writeWhatWaits();
    });
}

async function perSecond(append: (append: Append) => Promise<unknown>, clients: number, seconds: number): Promise<number> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let appended = 0;
  const client = async () => {
    for (;;) {
      const stream = `serviceStation-${aUuid()}`;
      for (let expected = -1; expected < eventsPerStream - 1; expected += 1) {
        if (performance.now() > end) return;
        const checks = [{ stream: checkedStream(Math.floor(Math.random() * checkedStreams)), expected: 0 }];
        await append(appendOf([{ stream, expected, events: [anEvent()] }], checks));
        appended += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (appended / (performance.now() - start)) * 1000;
}

const checkedStream = (nth: number) => `socialWorker-00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;

let ids = 0;
const idPrefix = randomBytes(4).toString('hex');
const aUuid = () => `${idPrefix}-0000-4000-8000-${(ids += 1).toString(16).padStart(12, '0')}`;

/** About 400 bytes with its metadata. */
const anEvent = (): NewEvent => ({
  id: aUuid(),
  type: 'SocialWorkerAssigned',
  metadata: {
    actor: 'staff-0217',
    actorRole: 'centerStaff',
    commandId: aUuid(),
    effectiveOn: '2025-11-24',
    version: '1',
    division: '220102001',
  },
  data: {
    stationId: aUuid(),
    workerId: aUuid(),
    from: '2025-11-24',
    name: '长春市南关区第一社会工作站',
    note: 'assigned after the "spring" round',
  },
});

function atDatabase(connectionString: string, database: string): { connectionString: string } {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const rounded = (value: number) => Math.round(value).toLocaleString('en');
