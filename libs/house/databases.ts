import pg from 'pg';

/** A sentence for the person who starts the system; no stack. */
export class CannotStart extends Error {}

/** Where the log lies, and where the keys lie: two databases of one server, so that a backup of one holds nothing of the other. */
export interface Databases {
  readonly log: string;
  readonly keys: string;
}

const oldestServer = 150_000;

/**
 * Makes the keys' database where it is missing.
 * @param url of the log's database
 * @throws CannotStart when the server does not answer, is older than PostgreSQL 15, or the keys' database cannot be made
 */
export async function prepareDatabases(url: string, language: 'zh' | 'en'): Promise<Databases> {
  const sentence = (zh: string, en: string) => new CannotStart(language === 'zh' ? zh : en);
  const keysUrl = new URL(url);
  const keys = `${decodeURIComponent(keysUrl.pathname.slice(1)) || 'postgres'}_keys`;
  keysUrl.pathname = `/${encodeURIComponent(keys)}`;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    throw sentence(
      `连不上 PostgreSQL(DATABASE_URL):${reason(error)}`,
      `PostgreSQL (DATABASE_URL) does not answer: ${reason(error)}`,
    );
  }
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`);
    if (Number(rows[0]!.version) < oldestServer)
      throw sentence('PostgreSQL 须是 15 或更新的版本', 'PostgreSQL must be version 15 or newer');
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [keys]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(keys)}`);
  } catch (error) {
    // Another process was quicker.
    if (/^(?:42P04|23505)$/.test((error as { code?: string }).code ?? '')) return { log: url, keys: keysUrl.toString() };
    if (error instanceof CannotStart) throw error;
    throw sentence(
      `不能建立密钥数据库 ${keys}:${reason(error)}。请先由管理员建立。`,
      `The database of the keys, ${keys}, cannot be made: ${reason(error)}. Let an administrator make it first.`,
    );
  } finally {
    await client.end();
  }
  return { log: url, keys: keysUrl.toString() };
}

/** After so many rows at once the planner would guess, and guess badly, until autovacuum comes by. */
export async function gatherStatistics(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

const reason = (error: unknown) =>
  error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error);
