import type { Pool, PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import { atTheBeginning, type PartitionMark } from './judge.js';

/** What one transaction of the subscriber reads and writes besides its own tables. */
export interface Held {
  readonly mark: PartitionMark;
  /** The revision of the last fact of each stream that took effect; absent where there is none. */
  revisions(streams: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface Kept {
  /** Stays as it is when left out. */
  readonly mark?: PartitionMark;
  /** Streams whose last revision has changed. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** Where a subscriber keeps how far it is: in the same database, and the same transaction, as what it makes of the facts. */
export interface Ledger<Transaction> {
  /** Makes what is missing. */
  prepare(): Promise<void>;
  /** Whether any partition has a mark. */
  begun(): Promise<boolean>;
  /** Runs `work` and keeps what it returns, or nothing of both. Two of the same partition never run at once. */
  within(topic: string, partition: number, work: (transaction: Transaction, held: Held) => Promise<Kept>): Promise<void>;
}

interface MarkRow {
  readonly next_offset: string;
  readonly facts: string | null;
  readonly position: string;
  readonly recorded_at: Date | null;
  readonly epoch: string;
}

const markOf = (row: MarkRow | undefined): PartitionMark =>
  row
    ? {
        nextOffset: row.next_offset,
        facts: row.facts === null ? undefined : Number(row.facts),
        position: row.position,
        recordedAt: row.recorded_at?.toISOString(),
        epoch: row.epoch,
      }
    : atTheBeginning;

/** The ledger in a schema of a PostgreSQL: tables `feed_partition` and `feed_stream`. */
export class PostgresLedger implements Ledger<PoolClient> {
  private readonly schema: string;

  constructor(
    private readonly pool: Pool,
    schema: string,
  ) {
    this.schema = escapeIdentifier(schema);
  }

  async prepare(): Promise<void> {
    await this.pool.query(`
      create schema if not exists ${this.schema};
      create table if not exists ${this.schema}.feed_partition (
        topic text not null,
        partition integer not null,
        next_offset bigint not null,
        facts bigint,
        position bigint not null,
        recorded_at timestamptz,
        epoch bigint not null,
        primary key (topic, partition)
      );
      create table if not exists ${this.schema}.feed_stream (
        topic text not null,
        stream text not null,
        revision integer not null,
        primary key (topic, stream)
      )`);
  }

  async begun(): Promise<boolean> {
    const { rowCount } = await this.pool.query(`select from ${this.schema}.feed_partition limit 1`);
    return (rowCount ?? 0) > 0;
  }

  async within(topic: string, partition: number, work: (client: PoolClient, held: Held) => Promise<Kept>): Promise<void> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // A connection that is lost between two questions must not end the process.
    const noticed = (error: Error) => {
      broken = error;
    };
    client.on('error', noticed);
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(hashtext($1), $2)', [`${this.schema}.${topic}`, partition]);
      const { rows } = await client.query<MarkRow>(
        `select next_offset::text as next_offset, facts::text as facts, position::text as position, recorded_at, epoch::text as epoch
           from ${this.schema}.feed_partition where topic = $1 and partition = $2 for update`,
        [topic, partition],
      );
      const { mark, revisions } = await work(client, {
        mark: markOf(rows[0]),
        revisions: streams => this.revisions(client, topic, streams),
      });
      if (revisions.size > 0) {
        await client.query(
          `insert into ${this.schema}.feed_stream (topic, stream, revision) select $1, * from unnest($2::text[], $3::integer[])
           on conflict (topic, stream) do update set revision = excluded.revision`,
          [topic, [...revisions.keys()], [...revisions.values()]],
        );
      }
      if (mark) {
        await client.query(
          `insert into ${this.schema}.feed_partition (topic, partition, next_offset, facts, position, recorded_at, epoch)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (topic, partition) do update set next_offset = excluded.next_offset, facts = excluded.facts,
             position = excluded.position, recorded_at = excluded.recorded_at, epoch = excluded.epoch`,
          [topic, partition, mark.nextOffset, mark.facts ?? null, mark.position, mark.recordedAt ?? null, mark.epoch],
        );
      }
      await client.query('commit');
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.off('error', noticed);
      client.release(broken);
    }
  }

  private async revisions(client: PoolClient, topic: string, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (streams.length === 0) return new Map();
    const { rows } = await client.query<{ stream: string; revision: number }>(
      `select stream, revision from ${this.schema}.feed_stream where topic = $1 and stream = any($2::text[])`,
      [topic, streams],
    );
    return new Map(rows.map(({ stream, revision }) => [stream, revision]));
  }
}
