import { setTimeout as pause } from 'node:timers/promises';
import { AccessDeniedError, KurrentDBClient, StreamDeletedError } from '@kurrent/kurrentdb-client';
import secondVersion from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js';
import { LogCorrupt } from '../event-store.js';
import { Turnstile } from './turnstile.js';
import { KurrentUnusable } from './kurrent-unusable.js';

/** No server answers in time. */
export class NoAnswer extends Error {}

export const oldestServer = '26.1';

const firstPause = 50;
const longestPause = 2_000;
const renewedEvery = 500;
/** Milliseconds that a sign of life on the line may take. */
const lineTimeout = 5_000;
let madeSoFar = 0;
/** More at once would only make each other late. */
const readsAtOnce = 16;

const isAnswer = (error: unknown) =>
  error instanceof StreamDeletedError ||
  error instanceof AccessDeniedError ||
  error instanceof LogCorrupt ||
  isInvalidPosition(error);

/** No record begins at that offset of the log. */
export const isInvalidPosition = (error: unknown) => error instanceof Error && /invalid position/i.test(error.message);

/** What went wrong, in one line. */
export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/\s*Resolution note:\s*$/, '');

/** @throws NoAnswer after `milliseconds` */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const late = pause(milliseconds, undefined, { signal: waiting.signal, ref: false }).then(() => {
    throw new NoAnswer(`no answer within ${milliseconds} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
    late.catch(() => undefined);
  }
}

/**
 * The way to the server. The client mends broken connections itself, but stays with a node that hangs or is no longer the leader
 * (version 2 of the protocol says so in words that client 1.3.1 does not know): then it is replaced, and finds the leader anew.
 */
export class Connection {
  private current: KurrentDBClient;
  private readonly reads = new Turnstile(readsAtOnce);
  private renewedAt = 0;

  private constructor(
    private readonly url: string,
    /** Milliseconds that an answer may take. */
    readonly patience: number,
  ) {
    this.current = this.newClient();
  }

  /**
   * @param url `kurrentdb://` or `esdb://`, with TLS and credentials as the connection string has them
   * @throws KurrentUnusable when it is no connection string, nobody answers, or the server is too old
   */
  static async open(url: string, patience: number): Promise<Connection> {
    let connection: Connection;
    try {
      connection = new Connection(url, patience);
    } catch (error) {
      throw new KurrentUnusable(
        {
          zh: `KURRENTDB_URL 不是 KurrentDB 的连接串:${reasonOf(error)}`,
          en: `KURRENTDB_URL is no connection string: ${reasonOf(error)}`,
        },
        error,
      );
    }
    try {
      await connection.requireAppendRecords();
      return connection;
    } catch (error) {
      await connection.close();
      if (error instanceof KurrentUnusable) throw error;
      throw new KurrentUnusable(
        {
          zh: `连不上 KurrentDB(KURRENTDB_URL):${reasonOf(error)}`,
          en: `KurrentDB (KURRENTDB_URL) does not answer: ${reasonOf(error)}`,
        },
        error,
      );
    }
  }

  get client(): KurrentDBClient {
    return this.current;
  }

  /** Leaves a client that failed for another, unless somebody has done so a moment ago. */
  renew(failed: KurrentDBClient): void {
    if (failed !== this.current || Date.now() - this.renewedAt < renewedEvery) return;
    this.renewedAt = Date.now();
    this.current = this.newClient();
    // Those who still wait for the old one have been told to give up by then.
    setTimeout(() => void dispose(failed), 2 * this.patience).unref();
  }

  /** Reads, and what else can be done again, until the server has answered, a few times at most. */
  async persist<T>(work: (client: KurrentDBClient) => Promise<T>, atMost = 4): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const { client } = this;
      try {
        return await this.reads.pass(() => within(this.patience, work(client)));
      } catch (error) {
        if (isAnswer(error) || tries === atMost) throw error;
        this.renew(client);
        await pause(backoff(tries));
      }
    }
  }

  /**
   * The time that a dead line may go unnoticed is ten seconds and then five. Clients whose settings are the same share their
   * connections, also a dead one: so no two clients of ours are the same.
   */
  private newClient(): KurrentDBClient {
    const [, given] = /[?&]keepAliveTimeout=(\d+)/i.exec(this.url) ?? [];
    const timeout = (given === undefined ? lineTimeout : Number(given)) + (madeSoFar++ % 1_000);
    const rest = this.url.replace(/([?&])keepAliveTimeout=\d*&?/i, '$1').replace(/[?&]$/, '');
    return KurrentDBClient.connectionString(
      `${rest.replace(/^esdb(?=[:+])/, 'kurrentdb')}${rest.includes('?') ? '&' : '?'}keepAliveTimeout=${timeout}`,
    );
  }

  async close(): Promise<void> {
    await dispose(this.current);
  }

  private async requireAppendRecords(): Promise<void> {
    // The client keeps what a server can to itself, and tells it to nobody but its heirs.
    const features = await this.persist(client => client['capabilities'], 2);
    if (features.supports(secondVersion.StreamsServiceService.appendRecords)) return;
    const { serverVersion } = features;
    throw new KurrentUnusable({
      zh: `KurrentDB 须是 ${oldestServer} 或更新的版本(要用 appendRecords),连上的是 ${serverVersion}`,
      en: `KurrentDB must be version ${oldestServer} or newer (for appendRecords); this one is ${serverVersion}`,
    });
  }
}

/** Milliseconds before the next try, longer each time, never the same for everybody. */
export const backoff = (tries: number) => Math.min(longestPause, firstPause * 2 ** tries) * (0.5 + Math.random() / 2);

async function dispose(client: KurrentDBClient): Promise<void> {
  try {
    await client.dispose();
    // It has no way to hang up.
    (await client['getChannel']()).close();
  } catch (error) {
    if (!(error instanceof Error)) throw error; // what is left of it ends with the connection
  }
}
