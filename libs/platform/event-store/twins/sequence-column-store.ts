import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import {
  type Append,
  type Appended,
  beforeEverything,
  type EventData,
  type EventStore,
  type Metadata,
  type RecordedEvent,
  StreamMoved,
} from '../event-store.js';

const table = `create table events (position bigserial primary key, stream text not null, revision int not null, id uuid not null,
  type text not null, recorded_at timestamptz not null default now(), metadata jsonb not null, data jsonb not null, unique (stream, revision))`;

type Row = { position: string; stream: string; revision: number; id: string; type: string; metadata: Metadata; data: EventData };

/**
 * M1: numbers its events by a sequence and reads "behind the last number". A number is taken when an event is written, and seen when
 * its transaction commits, which is another order: what commits late is never seen by a reader that has gone past it.
 * Some commits are held until a reader has gone past, so that this happens for certain.
 */
export class SequenceColumnStore implements Pick<EventStore, 'append' | 'readAll' | 'head'> {
  private readonly pool: Pool;
  private appends = 0;
  private seen = 0;

  constructor(connectionString: string) {
    this.pool = new Pool({ connectionString, max: 16 });
    this.pool.on('error', () => undefined); // an idle connection that the server ended first
  }

  async prepare(): Promise<this> {
    await this.pool.query(table);
    return this;
  }

  async append(append: Append): Promise<Appended> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const position = await this.insert(client, append);
      this.appends += 1;
      if (this.appends % 40 === 20) await this.readersAreBeyond(position);
      await client.query('commit');
      return { position: String(position), recordedAt: new Date().toISOString() };
    } catch (error) {
      await client.query('rollback');
      if (error instanceof DatabaseError && error.code === '23505')
        throw new StreamMoved(append.writes.map(({ stream }) => stream));
      throw error;
    } finally {
      client.release();
    }
  }

  private async insert(client: PoolClient, { writes }: Append): Promise<number> {
    let position = 0;
    for (const { stream, expected, events } of writes) {
      for (const [nth, { id, type, metadata, data }] of events.entries()) {
        const { rows } = await client.query<{ position: string }>(
          'insert into events (stream, revision, id, type, metadata, data) values ($1, $2, $3, $4, $5, $6) returning position',
          [stream, expected + 1 + nth, id, type, metadata, data],
        );
        position = Number(rows[0]!.position);
      }
    }
    return position;
  }

  private async readersAreBeyond(position: number): Promise<void> {
    for (let waited = 0; this.seen <= position && waited < 2_000; waited += 2) await pause(2);
  }

  async readAll(after: string, limit: number): Promise<readonly RecordedEvent[]> {
    const { rows } = await this.pool.query<Row>('select * from events where position > $1 order by position limit $2', [
      after,
      limit,
    ]);
    this.seen = Math.max(this.seen, Number(rows.at(-1)?.position ?? 0));
    return rows.map(row => ({ ...row, recordedAt: '' }));
  }

  async head(): Promise<string> {
    return beforeEverything;
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
