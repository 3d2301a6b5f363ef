// One real PostgreSQL for all suites of a run, from the packages that `npm ci` installed; or the one that YIZHAN_TEST_DATABASE_URL names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function startServer() {
  if (process.env.YIZHAN_TEST_DATABASE_URL) return;
  const { startEmbeddedPostgres } = await import('../../../dist/libs/platform/embedded-postgres/embedded-postgres.js');
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-test-'));
  const server = await startEmbeddedPostgres({ dataFolder: folder, settings: { max_connections: '300' } });
  process.env.YIZHAN_TEST_DATABASE_URL = server.url('postgres');
  globalThis.__stopPostgres = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
