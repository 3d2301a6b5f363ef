import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool, QueryResult } from 'pg';
import { makeTables, type TableDatabase } from '@lib/platform/schema/make-tables.js';

export interface LeaseSetup {
  /** On a database that has `createLeaseSchema`. Two free connections at a time are enough; a pool that is never exhausted is best. */
  readonly pool: Pick<Pool, 'query'>;
  /** Permanent: what is leased, such as `projector`. */
  readonly name: string;
  /** Who asks, in words for a person who looks after the system, such as host and process id. */
  readonly holder: string;
  /** Milliseconds by the clock of the database; 5,000 when left out. */
  readonly timeToLive?: number;
  /** Milliseconds; 1,500 when left out. */
  readonly renewEvery?: number;
  /** How often one who waits asks again, in milliseconds; 1,000 when left out. */
  readonly askEvery?: number;
  /** Told of what went wrong and will be tried again, and of every loss. */
  readonly report?: (error: Error) => void;
}

/** A stretch of time in which one holder has the lease. */
export interface Grant {
  /** Larger than that of every grant before it under the same name. */
  readonly token: bigint;
  /** Aborted when the work must end: the lease is lost (`reason` is a LeaseLost), or whoever called `held` wants to stop. */
  readonly signal: AbortSignal;
  /**
   * Comes first in a transaction that writes: until it commits nobody gets a newer token, and if somebody has one, it throws.
   * A transaction that then stands idle for most of the time to live is ended by the server, and one that is still under way well after
   * the lease has run out by whoever waits for it, or a paused process would keep others waiting.
   * @throws LeaseLost
   */
  fence(client: Pick<ClientBase, 'query'>): Promise<void>;
}

/** Who has a lease, as the database knows it. */
export interface LeaseHolder {
  readonly holder: string;
  readonly token: bigint;
  /** False when it has run out or was given back. */
  readonly current: boolean;
}

/** The lease is somebody else's by now, or could not be renewed in time: what the grant was for must stop. */
export class LeaseLost extends Error {
  constructor(name: string, token: bigint, why: string) {
    super(`the lease ${name} with token ${token} is lost: ${why}`);
  }
}

export async function createLeaseSchema(client: TableDatabase): Promise<void> {
  // A change of the token locks the row against `for key share`, because the token is part of a unique index; a renewal does not.
  await makeTables(
    client,
    'lease',
    `
    create schema if not exists lease;
    create table if not exists lease.lease (
      name text primary key,
      holder text not null,
      token bigint not null,
      expires timestamptz not null,
      unique (name, token)
    )`,
  );
}

/** By which the server knows a fenced transaction. */
const fencedBy = (name: string) => `yizhan lease ${name}`;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/**
 * One of several processes does the work; the others wait and take over when it stops or falls silent.
 *
 *     const lease = new Lease({ pool, name: 'relay', holder: `${hostname()} ${process.pid}` });
 *     await lease.held(async ({ token, signal, fence }) => { … until signal.aborted … }, stopping.signal);
 *
 * A holder that cannot renew is told by `signal` a tenth of the time to live before the lease ends, counted from when the last renewal
 * was sent. One that was paused and wakes up too late is stopped by `fence`; where a write goes elsewhere, send `token` along as an epoch.
 */
export class Lease {
  readonly name: string;
  private readonly timeToLive: number;
  private readonly renewEvery: number;
  private readonly askEvery: number;
  private granted: Grant | undefined;

  constructor(private readonly setup: LeaseSetup) {
    this.name = setup.name;
    this.timeToLive = setup.timeToLive ?? 5_000;
    this.renewEvery = setup.renewEvery ?? 1_500;
    this.askEvery = setup.askEvery ?? 1_000;
  }

  /** What this process holds now. */
  get grant(): Grant | undefined {
    return this.granted;
  }

  /** @returns undefined when nobody ever had it */
  async holder(): Promise<LeaseHolder | undefined> {
    const { rows } = await this.setup.pool.query<{ holder: string; token: string; current: boolean }>(
      'select holder, token::text as token, expires > clock_timestamp() as current from lease.lease where name = $1',
      [this.name],
    );
    const [row] = rows;
    return row && { ...row, token: BigInt(row.token) };
  }

  /**
   * Waits for the lease, works, and gives it back when the work is over; when the lease is lost, waits for it again and starts anew.
   * While the work winds up after `until`, the lease is still renewed.
   * @param work ends soon after its signal is aborted
   * @returns when the work ended without a loss, or when `until` was aborted and the work has ended
   * @throws what the work threw while it held the lease
   */
  async held(work: (grant: Grant) => Promise<void>, until?: AbortSignal): Promise<void> {
    while (!until?.aborted) {
      const asked = performance.now();
      // Whoever waits for a transaction waits in its question, and looks meanwhile whether that transaction has an end.
      const looking = setInterval(() => void this.endWhoIsOverdue().catch((error: unknown) => this.report(error)), this.askEvery);
      const token = await this.acquire()
        .catch((error: unknown) => this.report(error))
        .finally(() => clearInterval(looking));
      if (token === undefined) await pause(this.askEvery, until);
      else if (await this.during(token, asked, work, until)) return;
    }
  }

  /** @returns whether the work ended with the lease still ours */
  private async during(
    token: bigint,
    asked: number,
    work: (grant: Grant) => Promise<void>,
    until: AbortSignal | undefined,
  ): Promise<boolean> {
    const stop = new AbortController();
    let over = false;
    let lost: LeaseLost | undefined;
    const lose = (why: string) => {
      if (lost) return;
      lost = new LeaseLost(this.name, token, why);
      this.report(lost);
      stop.abort(lost);
    };
    const forward = () => stop.abort(until?.reason);
    until?.addEventListener('abort', forward);
    if (until?.aborted) forward();

    let end: NodeJS.Timeout | undefined;
    let trusted = 0;
    const watch = () => {
      clearTimeout(end);
      end = setTimeout(
        () => {
          // A busy process may have the answer already and only not have looked.
          setImmediate(() => {
            if (over) return;
            if (performance.now() >= trusted) lose('it was not renewed in time');
            // A timer may go off a little early.
            else watch();
          });
        },
        Math.ceil(trusted - performance.now()),
      );
    };
    /** The database counts from when the question arrived, which was not before it was sent. */
    const trustFrom = (sent: number) => {
      trusted = Math.max(trusted, sent + this.timeToLive * 0.9);
      watch();
    };
    trustFrom(asked);
    const renewals = new Set<Promise<void>>();
    // The next one does not wait for the answer to the one before, which may have gone to a dead connection.
    const renewing = setInterval(() => {
      if (lost) return;
      const sent = performance.now();
      const renewal = this.renew(token).then(
        renewed => {
          if (!renewed) lose('somebody else has a newer token');
          else if (!lost && !over) trustFrom(sent);
        },
        (error: unknown) => this.report(error),
      );
      renewals.add(renewal);
      void renewal.then(() => renewals.delete(renewal));
    }, this.renewEvery);

    this.granted = {
      token,
      signal: stop.signal,
      fence: async client => {
        if (lost) throw lost;
        await this.fence(client, token).catch((error: unknown) => {
          // The database may know before the next renewal does.
          if (error instanceof LeaseLost) lose('the fence met a newer token');
          throw lost ?? error;
        });
      },
    };
    try {
      await work(this.granted);
    } catch (error) {
      if (!lost) throw error;
      if (error !== lost) this.report(error);
    } finally {
      this.granted = undefined;
      until?.removeEventListener('abort', forward);
      over = true;
      clearTimeout(end);
      clearInterval(renewing);
      // A renewal that arrived after the release would keep others waiting.
      await Promise.all(renewals);
      await this.release(token).catch((error: unknown) => this.report(error));
    }
    return lost === undefined;
  }

  private async acquire(): Promise<bigint | undefined> {
    // Who only waits takes no lock: the first condition looks without one.
    const { rows } = await this.ask<{ token: string }>(
      `insert into lease.lease as known (name, holder, token, expires)
       select $1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond'
        where not exists (select from lease.lease where name = $1 and expires > clock_timestamp())
       on conflict (name) do update set holder = excluded.holder, token = known.token + 1, expires = excluded.expires
        where known.expires <= clock_timestamp()
       returning token::text as token`,
      [this.name, this.setup.holder, this.timeToLive],
      this.timeToLive,
    );
    return rows[0] && BigInt(rows[0].token);
  }

  /**
   * A process that is paused in the midst of a COPY keeps its transaction, and the lock of its fence: the server waits for the rest of
   * the rows, without a limit, and does not call that idle. Who holds the lease by now has begun later, and is left alone.
   */
  private async endWhoIsOverdue(): Promise<void> {
    await this.ask(
      `select pg_terminate_backend(a.pid) from lease.lease l, pg_stat_activity a
        where l.name = $1 and l.expires < clock_timestamp() - $3 * interval '1 millisecond'
          and a.datname = current_database() and a.application_name = $2 and a.xact_start < l.expires`,
      [this.name, fencedBy(this.name), Math.ceil(this.timeToLive * 0.4)],
      this.timeToLive,
    );
  }

  private async renew(token: bigint): Promise<boolean> {
    const { rowCount } = await this.ask(
      `update lease.lease set expires = clock_timestamp() + $3 * interval '1 millisecond' where name = $1 and token = $2`,
      [this.name, String(token), this.timeToLive],
      this.timeToLive,
    );
    return rowCount === 1;
  }

  private async release(token: bigint): Promise<void> {
    await this.ask(
      'update lease.lease set expires = clock_timestamp() where name = $1 and token = $2 and expires > clock_timestamp()',
      [this.name, String(token)],
      this.renewEvery,
    );
  }

  /** @throws LeaseLost */
  protected async fence(client: Pick<ClientBase, 'query'>, token: bigint): Promise<void> {
    const { rows } = await client.query<{ token: string }>({
      name: 'lease-fence',
      text: `select token::text as token, set_config('idle_in_transaction_session_timeout', $2, true),
                    set_config('application_name', $3, true)
               from lease.lease where name = $1 for key share`,
      values: [this.name, String(Math.ceil(this.timeToLive * 0.8)), fencedBy(this.name)],
    });
    const newest = rows[0]?.token;
    if (newest !== String(token)) throw new LeaseLost(this.name, token, `the newest token is ${newest ?? 'none'}`);
  }

  /** Gives up also where the pool has no connection to give. */
  private async ask<Row extends object>(text: string, values: unknown[], timeout: number): Promise<QueryResult<Row>> {
    const query = { text, values, query_timeout: timeout };
    const answered = new AbortController();
    const late = delay(timeout * 1.1, undefined, { signal: answered.signal }).then(() => {
      throw new Error(`the database did not answer in ${timeout} ms`);
    });
    try {
      return await Promise.race([this.setup.pool.query<Row>(query), late]);
    } finally {
      late.catch(() => undefined);
      answered.abort();
    }
  }

  private report(error: unknown): undefined {
    this.setup.report?.(asError(error));
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
}
