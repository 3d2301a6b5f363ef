import pg, { type ClientBase, type Pool, type PoolClient, type PoolConfig } from 'pg';

/** For what a person waits for, in milliseconds. */
export const soon = 10_000;
/** For a page of the log or of rows, in milliseconds. */
export const inAWhile = 35_000;
/** For what takes as long as it takes, such as making the indexes of a long table, in milliseconds. */
const whenItIsDone = 24 * 60 * 60 * 1_000;

/**
 * For a new connection: the server finds within 20 s that whoever opened it has gone without a word, and lets go of it. Otherwise the
 * lines that died silently would stay beside those that were made instead, until the server takes no more.
 */
export const letGoOfTheGone = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2';

/** A statement without parameters that may take long, for any client. */
export const unhurried = (text: string) => ({ text, query_timeout: whenItIsDone });

/** A connection gave no answer in time. */
export const isSilence = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout';

type Query = (...asked: unknown[]) => unknown;
type Told = (error: unknown, result: unknown) => void;

/** Calls `silent` before whoever asked hears that no answer came. */
function listen(client: ClientBase, silent: (error: Error) => void): void {
  const ask = client.query.bind(client) as Query;
  const hear = (error: unknown) => {
    if (isSilence(error)) silent(error);
  };
  const asking: Query = (...asked) => {
    const tell = asked.at(-1);
    if (typeof tell === 'function') {
      const heard: Told = (error, result) => {
        hear(error);
        (tell as Told)(error, result);
      };
      return ask(...asked.slice(0, -1), heard);
    }
    const answer = ask(...asked);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      hear(error);
      throw error;
    });
  };
  client.query = asking as typeof client.query;
}

/**
 * A pool whose questions have an end: the line to a database may be dead without either end knowing. Who gets no answer in time gets an
 * error, which `isOutage` knows; the connection is thrown away and with it those that lie idle, for they went the same way.
 * @param answersWithin milliseconds, for making a connection and for each statement that has no `query_timeout` of its own
 */
export function answeringPool({
  answersWithin = soon,
  options = '',
  ...config
}: PoolConfig & { readonly answersWithin?: number }): Pool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: answersWithin,
    query_timeout: answersWithin,
    keepAlive: true,
    options: `${letGoOfTheGone} ${options}`.trim(),
    ...config,
  });
  const idle = new Set<PoolClient>();
  pool.on('acquire', client => idle.delete(client));
  pool.on('release', (_, client) => idle.add(client));
  pool.on('remove', client => idle.delete(client));
  pool.on('connect', client => {
    // It may break while somebody holds it and asks nothing; what is asked next says so.
    client.on('error', () => undefined);
    listen(client, error => {
      // Whatever is asked of it from now on fails at once, and the pool does not take it back.
      (client as unknown as pg.Client).end().catch(() => undefined);
      // The pool lets go of an idle connection when it says that it broke.
      for (const other of idle) other.emit('error', error);
    });
  });
  return pool;
}
