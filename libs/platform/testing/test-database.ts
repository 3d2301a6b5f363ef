import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';

/** Whether a suite that needs PostgreSQL can run; where everything is required, one that cannot is not skipped but fails. */
export const hasPostgres = Boolean(process.env.YIZHAN_TEST_DATABASE_URL || process.env.YIZHAN_REQUIRE_ALL);

/**
 * A database of its own, with a random name, on the server of `YIZHAN_TEST_DATABASE_URL`. `drop` ends the connections that are left;
 * those that are being closed may finish first, for a pool says that it ended before the server has heard of it.
 */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.YIZHAN_TEST_DATABASE_URL;
  if (!server) throw new Error('YIZHAN_TEST_DATABASE_URL names no PostgreSQL server');
  const name = `yizhan_test_${randomBytes(8).toString('hex')}`;
  await onServer(server, client => client.query(`create database ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = () =>
    onServer(server, async client => {
      const others = `select from pg_stat_activity where datname = '${name}'`;
      for (let looks = 0; looks < 40 && (await client.query(others)).rowCount! > 0; looks++) await setTimeout(25);
      await client.query(`drop database if exists ${name} with (force)`);
    });
  return { url: url.href, drop };
}

async function onServer(server: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
