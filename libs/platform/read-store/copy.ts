import type { ClientBase, Connection, Submittable } from 'pg';
import type { Column } from '@lib/platform/kernel/projection.js';

type Sql = Column<unknown>['sql'];
type Encode = (value: unknown) => string;

const chunk = 1 << 20;

interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** `COPY … FROM STDIN` over pg's own connection: the fastest way in, and it needs no further package. */
class CopyIn implements Submittable {
  constructor(
    private readonly statement: string,
    private readonly text: string,
    /** The client puts its own around it, which stops the clock of `query_timeout`. */
    public callback: (error?: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    const bytes = Buffer.from(this.text);
    for (let at = 0; at < bytes.length; at += chunk) connection.sendCopyFromChunk(bytes.subarray(at, at + chunk));
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

/** @param rows lines in COPY's text format, as `copyLine` makes them */
export const copyInto = (client: ClientBase, table: string, columns: readonly string[], rows: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const statement = `copy ${table} (${columns.join(', ')}) from stdin`;
    client.query(new CopyIn(statement, rows, error => (error ? reject(error) : resolve())));
  });

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const copyText = (text: string) => (special.test(text) ? text.replace(/[\\\t\n\r]/g, found => escapes[found]!) : text);

const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;

/** An array of PostgreSQL, written out. */
export const arrayLiteral = (values: readonly unknown[], quote: boolean): string =>
  `{${values.map(value => (value === null || value === undefined ? 'NULL' : quote ? quoted(String(value)) : String(value))).join(',')}}`;

/** How a value of a column is written: as PostgreSQL reads it, without quoting. */
const written: Readonly<Record<Sql, Encode>> = {
  uuid: String,
  text: String,
  date: String,
  integer: String,
  boolean: value => (value ? 't' : 'f'),
  bigint: String,
  jsonb: value => JSON.stringify(value),
  'uuid[]': value => arrayLiteral(value as readonly unknown[], false),
  'text[]': value => arrayLiteral(value as readonly unknown[], true),
};

const plainWords: ReadonlySet<Sql> = new Set(['uuid', 'date', 'integer', 'boolean', 'bigint', 'uuid[]']);

/** One line for `copyInto`. */
export function copyLine(types: readonly Sql[], values: readonly unknown[]): string {
  let line = '';
  for (const [nth, type] of types.entries()) {
    const value = values[nth];
    const cell =
      value === null || value === undefined
        ? '\\N'
        : plainWords.has(type)
          ? written[type](value)
          : copyText(written[type](value));
    line += nth === 0 ? cell : `\t${cell}`;
  }
  return `${line}\n`;
}

const isArray = (type: Sql) => type.endsWith('[]');

/** The array parameter that carries one column of many rows; arrays travel as text, since `unnest` would flatten them. */
export function columnParameter(type: Sql, values: readonly unknown[]): string {
  const quote = !plainWords.has(type) || isArray(type);
  return arrayLiteral(
    values.map(value => (value === null || value === undefined ? null : written[type](value))),
    quote,
  );
}

/** `unnest` over such parameters and, for each column, the expression that reads it back. */
export function unnested(types: readonly Sql[], alias: string): { readonly from: string; readonly select: readonly string[] } {
  const parameters = types.map((type, nth) => `$${nth + 1}::${isArray(type) ? 'text' : type}[]`);
  const names = types.map((_, nth) => `c${nth + 1}`);
  return {
    from: `unnest(${parameters.join(', ')}) as ${alias}(${names.join(', ')})`,
    select: types.map((type, nth) => (isArray(type) ? `${alias}.c${nth + 1}::${type}` : `${alias}.c${nth + 1}`)),
  };
}
