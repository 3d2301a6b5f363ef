import { CamelCasePlugin, Kysely, PostgresDialect, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import type { Pool, PoolConfig } from 'pg';
import { answeringPool } from '@lib/platform/postgres/answering-pool.js';
import { readSchema } from './names.js';
import { readTypes } from './values.js';

/** Connections that can look at the read models and change nothing; dates and positions arrive as text. */
export const readingPool = (config: PoolConfig): Pool =>
  answeringPool({
    ...config,
    types: readTypes,
    options: `${config.options ?? ''} -c search_path=${readSchema} -c default_transaction_read_only=on`.trim(),
  });

/** Typed queries; tables and columns go by their declared camelCase names. */
export const readingOf = <Tables>(pool: Pool): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });

/**
 * How far what is shown has been folded: the earliest checkpoint of these read models.
 * @returns `0` when one of them is not shown yet
 */
export async function foldedUpTo(pool: Pool, names: readonly string[]): Promise<string> {
  const { rows } = await pool.query<{ position: string }>({
    name: 'folded-up-to',
    text: `select case when count(*) < cardinality($1::text[]) then '0' else min(position)::text end as position
             from ${readSchema}.projection where name = any($1) and stage = 'serving'`,
    values: [names],
  });
  return rows[0]!.position;
}

/** Not a cursor that was handed out for this list in this order. */
export class BadCursor extends Error {
  constructor() {
    super('not a cursor of this list');
  }
}

type SortValue = string | number | boolean | null;

export const cursorOf = (order: string, values: readonly SortValue[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url');

const isSortValue = (value: unknown): value is SortValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** @throws BadCursor */
export function readCursor(order: string, count: number, cursor: string): readonly SortValue[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new BadCursor();
  }
  if (!Array.isArray(parsed) || parsed.length !== count + 1 || parsed[0] !== order) throw new BadCursor();
  const values: readonly unknown[] = parsed.slice(1);
  if (!values.every(isSortValue)) throw new BadCursor();
  return values;
}

export interface SortColumn {
  /** As it is called in the query, with its alias. */
  readonly ref: string;
  /** As it is called in the rows; the last part of `ref` when left out. */
  readonly as?: string;
  readonly direction?: 'asc' | 'desc';
  /** May be null; nulls come last in both directions. */
  readonly nullable?: boolean;
}

export interface PageOf<Row> {
  readonly rows: readonly Row[];
  /** Asks for the rows behind these; absent on the last page. */
  readonly next?: string;
}

/** Which page of a list. */
export interface Paging {
  /** The sort columns, of which the last one (an id) makes every row's place unique. */
  readonly by: readonly SortColumn[];
  /** The cursor that the page before gave. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const nameOf = ({ ref, as }: SortColumn) => as ?? ref.slice(ref.lastIndexOf('.') + 1);

/** Text that is no uuid, date or number where the column wants one: beside a cursor it can only come from a forged one. */
export const isUnreadable = (error: unknown) => /^22(?:P02|007|008|003)$/.test(String((error as { code?: unknown }).code));

const orderOf = (by: readonly SortColumn[]) => by.map(({ ref, direction = 'asc' }) => `${ref} ${direction}`).join(',');

/**
 * A list in its order, from where a page begins.
 * @throws BadCursor
 */
export function fromPageOn<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { by, after }: Omit<Paging, 'limit'>,
): SelectQueryBuilder<DB, TB, Row> {
  let sorted = after === undefined ? query : query.where(behind(by, readCursor(orderOf(by), by.length, after)));
  for (const { ref, direction = 'asc', nullable } of by) {
    // Where there are no nulls the plain order is the one that indexes have.
    sorted = sorted.orderBy(
      nullable ? sql`${sql.ref(ref)} ${sql.raw(direction)} nulls last` : sql`${sql.ref(ref)} ${sql.raw(direction)}`,
    );
  }
  return sorted;
}

/**
 * One page of a list, found by the sort values of the last row and not by counting: paging deep costs no more than the first page.
 * @param query selects all sort columns
 * @throws BadCursor
 */
export async function pageOf<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { by, after, limit }: Paging,
): Promise<PageOf<Row>> {
  const sorted = fromPageOn(query, { by, after }).limit(limit + 1);
  const rows = await sorted.execute().catch((error: unknown) => {
    throw after !== undefined && isUnreadable(error) ? new BadCursor() : error;
  });
  if (rows.length <= limit) return { rows };
  const shown = rows.slice(0, limit);
  const last = shown.at(-1) as Readonly<Record<string, SortValue>>;
  return {
    rows: shown,
    next: cursorOf(
      orderOf(by),
      by.map(column => last[nameOf(column)] ?? null),
    ),
  };
}

function behind(by: readonly SortColumn[], values: readonly SortValue[]) {
  const oneWay = by.every(({ direction = 'asc', nullable }) => !nullable && direction === (by[0]?.direction ?? 'asc'));
  if (oneWay) {
    const refs = sql.join(by.map(({ ref }) => sql.ref(ref)));
    const operator = sql.raw(by[0]?.direction === 'desc' ? '<' : '>');
    return sql<SqlBool>`(${refs}) ${operator} (${sql.join(values)})`;
  }
  const alternatives = by.flatMap(({ ref, direction = 'asc', nullable }, nth) => {
    const value = values[nth]!;
    if (value === null) return [];
    const column = sql.ref(ref);
    const further = sql<SqlBool>`${column} ${sql.raw(direction === 'desc' ? '<' : '>')} ${value}`;
    const equal = by
      .slice(0, nth)
      .map((earlier, at) => sql<SqlBool>`${sql.ref(earlier.ref)} is not distinct from ${values[at]!}`);
    return [sql<SqlBool>`(${sql.join([...equal, nullable ? sql`(${further} or ${column} is null)` : further], sql` and `)})`];
  });
  return sql<SqlBool>`(${alternatives.length > 0 ? sql.join(alternatives, sql` or `) : sql`false`})`;
}
