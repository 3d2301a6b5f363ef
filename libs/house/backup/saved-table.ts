import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ClientBase } from 'pg';
import { escapeIdentifier } from 'pg';

/** One table as a file: a JSON object a line, compressed by gzip. */
export interface SavedTable {
  /** With its schema. */
  readonly table: string;
  /** Below the folder of the backup. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** Of the file as it is, hexadecimal. */
  readonly sha256: string;
}

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Rows that are fetched, and inserted, at once. */
const pageSize = 2_000;

const qualified = ({ schema, name }: TableName) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

/** The tables of these schemas, by name. */
export async function tablesOf(client: Pick<ClientBase, 'query'>, schemas: readonly string[]): Promise<readonly TableName[]> {
  const { rows } = await client.query<TableName>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname = any($1) order by n.nspname, c.relname`,
    [schemas],
  );
  return rows;
}

async function columnsOf(client: Pick<ClientBase, 'query'>, table: TableName): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [qualified(table)],
  );
  return rows.map(({ name }) => name);
}

/**
 * Writes a table to a file that was not there, and on to the disk.
 * @param client in a transaction that sees one moment
 * @param order column to sort by; without one in no order
 * @param seen is given the lines of every page
 */
export async function saveTable(
  client: Pick<ClientBase, 'query'>,
  table: TableName,
  folder: string,
  file: string,
  { order, seen }: { readonly order?: string; readonly seen?: (lines: readonly string[]) => Promise<void> } = {},
): Promise<SavedTable> {
  const columns = await columnsOf(client, table);
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  const sorted = order === undefined ? '' : ` order by ${escapeIdentifier(order)}`;
  await client.query(
    `declare saved no scroll cursor for select row_to_json(t)::text as line from (select * from ${qualified(table)}${sorted}) t`,
  );
  async function* lines() {
    for (;;) {
      const page = await client.query<{ line: string }>(`fetch ${pageSize} from saved`);
      if (page.rows.length === 0) return;
      const texts = page.rows.map(({ line }) => line);
      await seen?.(texts);
      rows += texts.length;
      yield `${texts.join('\n')}\n`;
    }
  }
  async function* counted(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const path = join(folder, file);
  await pipeline(lines, createGzip(), counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  await client.query('close saved');
  await toDisk(path);
  return { table: `${table.schema}.${table.name}`, file, columns, rows, bytes, sha256: hash.digest('hex') };
}

/** What was written to a file, or the names in a folder, outlive a power cut. */
export async function toDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns the SHA-256 of a file, hexadecimal */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The lines of a saved table, so many at once as are inserted. */
export async function* pagesOf(path: string): AsyncGenerator<readonly string[]> {
  const text = createReadStream(path).pipe(createGunzip()).setEncoding('utf8');
  let [rest, page]: [string, string[]] = ['', []];
  // Only \n ends a line: what people write may hold U+2028, which others take for an end.
  for await (const chunk of text) {
    const parts = (rest + (chunk as string)).split('\n');
    rest = parts.pop()!;
    page.push(...parts);
    while (page.length >= pageSize) {
      yield page.slice(0, pageSize);
      page = page.slice(pageSize);
    }
  }
  if (page.length > 0) yield page;
}

/** @returns how many rows were inserted */
export async function insertRows(
  client: Pick<ClientBase, 'query'>,
  { table, columns }: Pick<SavedTable, 'table' | 'columns'>,
  lines: readonly string[],
): Promise<number> {
  const [schema = '', name = ''] = table.split('.');
  const into = qualified({ schema, name });
  const list = columns.map(column => escapeIdentifier(column)).join(', ');
  const { rowCount } = await client.query(
    `insert into ${into} (${list}) select ${list} from json_populate_recordset(null::${into}, $1::json)`,
    [`[${lines.join(',')}]`],
  );
  return rowCount ?? 0;
}
