import { type ClientBase, type ClientConfig, DatabaseError, type Pool } from 'pg';
import { writtenWithin } from '@lib/platform/kernel/patience.js';
import { answeringPool, inAWhile, soon } from '../../postgres/answering-pool.js';
import {
  type Append,
  type Appended,
  endsAppend,
  type EventStore,
  LogCorrupt,
  type Metadata,
  type RecordedEvent,
} from '../event-store.js';
import { takeGroup } from './append-group.js';
import { GroupWriter } from './group-writer.js';
import { asSent, isoInstant, sessionSettings } from './wire.js';

type Row = [
  position: string,
  stream: string,
  revision: string,
  id: string,
  type: string,
  recordedAt: string,
  metadata: string,
  data: string,
];

const columns = 'position, stream, revision, id, type, recorded_at, metadata, data';
const statements = {
  // Lateral, and kept apart: whatever the planner believes of the table, each stream is one walk of the index from that revision on.
  'log-streams': `select e.* from unnest($1::text[], $2::int[]) wanted (stream, revision), lateral (
    select ${columns} from log.events e where e.stream = wanted.stream and e.revision >= wanted.revision offset 0) e`,
  'log-following': `select ${columns} from log.events where position > $1 order by position limit $2`,
  'log-positions': `select ${columns} from log.events where position = any($1) order by position`,
  'log-head': 'select position from log.log_head',
  'log-as-of': 'select log.position_as_of($1)',
} as const;

const streamsPerRead = 512;
const wholeStreams: ReadonlyMap<string, number> = new Map();

interface WaitingRead {
  readonly streams: readonly string[];
  readonly from: ReadonlyMap<string, number>;
  readonly resolve: (histories: ReadonlyMap<string, readonly RecordedEvent[]>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The log in PostgreSQL 15 or later (`createLogSchema` makes its tables). Positions are dense.
 * Reads of streams go together as appends do: while one query is on its way, further streams wait and go with the next.
 */
export class PostgresEventStore implements EventStore {
  private readonly pool: Pool;
  private readonly writer: GroupWriter;
  private readonly soon: number;
  private readonly listeners = new Set<() => void>();
  private readonly waitingReads: WaitingRead[] = [];
  private reading = false;

  /**
   * @param connection where the database is; appends have one connection of their own, and reads up to `readers`
   * @param answersWithin how long a read may take that a person waits for, in milliseconds
   * @param writesWithin how long after it was sent an append may be written, in milliseconds
   * @param grouping which of the waiting appends go next; only a twin has a rule of its own
   */
  constructor(
    connection: ClientConfig,
    { readers = 4, answersWithin = soon, writesWithin = writtenWithin, grouping = takeGroup } = {},
  ) {
    this.soon = answersWithin;

    const settings = { text: `${sessionSettings} set statement_timeout = '30s'`, query_timeout: soon };
    const onConnect = (client: ClientBase) => client.query(settings) as unknown as void;
    this.pool = answeringPool({ connectionTimeoutMillis: 5_000, ...connection, max: readers, onConnect });
    this.pool.on('error', () => {}); // an idle connection was lost: the next read makes another
    this.writer = new GroupWriter(connection, writesWithin, grouping, () => {
      for (const listener of this.listeners) queueMicrotask(listener);
    });
  }

  append(append: Append, sendBy = Infinity): Promise<Appended> {
    return this.writer.append(append, sendBy);
  }

  /** Waits for the appends that were taken, refuses further ones, and ends the connections. */
  async close(): Promise<void> {
    await this.writer.close();
    await this.pool.end();
  }

  read(
    streams: readonly string[],
    from: ReadonlyMap<string, number> = wholeStreams,
  ): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> {
    return new Promise((resolve, reject) => {
      this.waitingReads.push({ streams, from, resolve, reject });
      if (!this.reading) void this.readWhatWaits();
    });
  }

  private async readWhatWaits(): Promise<void> {
    this.reading = true;
    await undefined; // whoever asks in the same turn goes with the first query
    while (this.waitingReads.length > 0) {
      const asked: WaitingRead[] = [];
      const first = new Map<string, number>();
      while (this.waitingReads.length > 0 && first.size < streamsPerRead) {
        const next = this.waitingReads.shift()!;
        asked.push(next);
        for (const stream of next.streams) first.set(stream, Math.min(first.get(stream) ?? Infinity, next.from.get(stream) ?? 0));
      }
      try {
        const histories = await this.histories(first);
        for (const { streams: wanted, from, resolve } of asked) {
          const since = (stream: string) => (from.get(stream) ?? 0) - first.get(stream)!;
          resolve(new Map(wanted.map(stream => [stream, (histories.get(stream) ?? []).slice(since(stream))])));
        }
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.reading = false;
  }

  private async histories(first: ReadonlyMap<string, number>): Promise<Map<string, RecordedEvent[]>> {
    const histories = new Map<string, RecordedEvent[]>();
    for (const event of await this.events('log-streams', [[...first.keys()], [...first.values()]])) {
      const history = histories.get(event.stream);
      if (history) history.push(event);
      else histories.set(event.stream, [event]);
    }
    // PostgreSQL has walked the index, which is in order of revision, but does not promise to.
    for (const [stream, history] of histories) {
      const from = first.get(stream)!;
      if (isDense(history, from)) continue;
      history.sort((a, b) => a.revision - b.revision);
      if (!isDense(history, from)) throw new LogCorrupt(`${stream} lacks an event`);
    }
    return histories;
  }

  async readAt(positions: readonly string[]): Promise<readonly RecordedEvent[]> {
    return positions.length === 0 ? [] : this.events('log-positions', [positions]);
  }

  async readAppend({ position, metadata }: Pick<RecordedEvent, 'position' | 'metadata'>): Promise<readonly RecordedEvent[]> {
    const count = Number(metadata.count);
    const before = Number(position) - Number(metadata.index) - 1;
    const events = await this.following(before, count);
    if (events.length < count) throw new LogCorrupt(`the append of the event at ${position} is not whole`);
    return events;
  }

  async readAll(after: string, limit: number): Promise<readonly RecordedEvent[]> {
    const page = await this.following(Number(after), Math.max(1, limit));
    const last = page.findLastIndex(endsAppend);
    if (last === page.length - 1) return page;
    if (last >= 0) return page.slice(0, last + 1);
    return this.readAppend(page[0]!); // an append that is larger than the page
  }

  /** @throws LogCorrupt when a position is missing: it is never "on its way" */
  private async following(after: number, limit: number): Promise<RecordedEvent[]> {
    const events = await this.events('log-following', [after, limit]);
    for (let nth = 0; nth < events.length; nth += 1) {
      if (Number(events[nth]!.position) !== after + 1 + nth) throw new LogCorrupt(`position ${after + 1 + nth} is missing`);
    }
    return events;
  }

  async head(): Promise<string> {
    const [row] = await this.rows<[string]>('log-head', []);
    if (!row) throw new LogCorrupt('the head of the log is missing');
    return row[0];
  }

  async positionAsOf(instant: string): Promise<string> {
    try {
      return (await this.rows<[string]>('log-as-of', [instant]))[0]![0];
    } catch (error) {
      if (error instanceof DatabaseError && error.code === 'XX001') throw new LogCorrupt(error.message, { cause: error });
      throw error;
    }
  }

  whenAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async events(name: keyof typeof statements, values: readonly unknown[]): Promise<RecordedEvent[]> {
    const rows = await this.rows<Row>(name, values);
    let recorded = '';
    let recordedAt = '';
    return rows.map(([position, stream, revision, id, type, at, metadata, data]) => {
      if (at !== recorded) {
        recorded = at; // events of one group share it
        recordedAt = isoInstant(at);
      }
      return {
        id,
        type,
        metadata: JSON.parse(metadata) as Metadata,
        data: JSON.parse(data) as RecordedEvent['data'],
        position,
        stream,
        revision: Number(revision),
        recordedAt,
      };
    });
  }

  private async rows<R extends unknown[]>(name: keyof typeof statements, values: readonly unknown[]): Promise<R[]> {
    // Who folds reads long pages, which PostgreSQL itself gives up before that; for everything else a person may wait.
    const query_timeout = name === 'log-following' ? inAWhile : this.soon;
    const query = { name, text: statements[name], values: [...values], types: asSent, rowMode: 'array' as const, query_timeout };
    return (await this.pool.query<R>(query)).rows;
  }
}

const isDense = (history: readonly RecordedEvent[], from: number) =>
  history.every(({ revision }, nth) => revision === from + nth);
