import pg from 'pg';
import { startEmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';
import type { Closings } from './program.js';

const databaseName = 'yizhan';

/**
 * The log's database on a PostgreSQL of our own in the data folder, which the caller holds.
 * @returns its URL
 */
export async function embeddedDatabase(dataFolder: string, closings: Closings, say: (line: string) => void): Promise<string> {
  const server = await startEmbeddedPostgres({ dataFolder, say });
  closings.push(() => server.stop());
  const client = new pg.Client(server.config);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
  return server.url(databaseName);
}
