import type { AnyFact, AnyFactClass, FactClass } from './event.js';
import type { Data, Shape } from './shape.js';

/** The columns of a read model. Names are camelCase here and snake_case in the database. */
export interface Column<T> {
  readonly sql: 'uuid' | 'text' | 'date' | 'integer' | 'boolean' | 'uuid[]' | 'text[]' | 'bigint' | 'jsonb';
  readonly nullable: boolean;
  /** Holds P3 values, still sealed (`SealedValue`); opened only for the page that is sent. */
  readonly sealed: boolean;
  readonly is?: T;
}

const column = <T>(sql: Column<T>['sql'], sealed = false): Column<T> => ({ sql, nullable: false, sealed });

export const columns = {
  uuid: column<string>('uuid'),
  text: column<string>('text'),
  /** `YYYY-MM-DD` */
  date: column<string>('date'),
  integer: column<number>('integer'),
  flag: column<boolean>('boolean'),
  /** A position in the log. */
  position: column<string>('bigint'),
  uuids: column<readonly string[]>('uuid[]'),
  texts: column<readonly string[]>('text[]'),
  sealed: column<string>('text', true),
  json: <T>() => column<T>('jsonb'),
} as const;

export const nullable = <T>(of: Column<T>): Column<T | null> => ({ ...of, nullable: true });

export type Columns = Readonly<Record<string, Column<unknown>>>;
export type RowOf<C extends Columns> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** What is known about a fact besides its data. */
export interface About {
  readonly position: string;
  readonly stream: string;
  /** Of the fact within its stream, from 0. */
  readonly revision: number;
  readonly recordedAt: string;
  /** The calendar date from which it counts. */
  readonly on: string;
  readonly actor: string;
  /** The id of the division in whose scope it happened; absent where there is none. */
  readonly division?: string;
  /** The id of the fact itself. */
  readonly id?: string;
  /** Facts with the same one were written by the same command. */
  readonly command?: string;
  /** The id of the fact that the command answers; absent where a person asked for it. */
  readonly cause?: string;
}

/** One rule of a projection: which row a fact touches and what becomes of it. `null`: no such row (any more). */
export interface On<Row, Key> {
  readonly fact: AnyFactClass;
  readonly key: (data: never) => Key | readonly Key[];
  readonly change: (row: Row | undefined, data: never, about: About) => Row | null | undefined;
}

interface Declared<C extends Columns, K extends keyof C & string> {
  /** Permanent, camelCase: the table is `read.<name in snake_case>`, and its checkpoint hangs on it. */
  readonly name: string;
  /** Raise it when a rule changes: the projection is then rebuilt beside the old table and swapped in. */
  readonly version: number;
  readonly columns: C;
  readonly key: readonly K[];
  readonly indexes?: readonly Index<C>[];
  readonly on: readonly On<RowOf<C>, Pick<RowOf<C>, K>>[];
  /**
   * A table with two clocks: every change closes the row that held and opens another, from the fact's effective date and
   * position on, so that the table answers `asOf` and `effectiveOn`. What was recorded last speaks for its date onwards.
   */
  readonly temporal?: boolean;
}

export interface Index<C extends Columns> {
  readonly columns: readonly (keyof C & string)[];
  /** `search`: a trigram-like text search is not assumed to exist; `array` is GIN over one array column. */
  readonly kind?: 'ordered' | 'array';
  readonly unique?: boolean;
}

export interface Projection<C extends Columns = Columns, K extends keyof C & string = keyof C & string> extends Declared<C, K> {
  readonly temporal: boolean;
  readonly indexes: readonly Index<C>[];
}

export interface AnyIndex extends Omit<Index<Columns>, 'columns'> {
  readonly columns: readonly string[];
}

export interface AnyOn {
  readonly fact: AnyFactClass;
  readonly key: (data: never) => unknown;
  readonly change: (row: never, data: never, about: About) => unknown;
}

// Rows are contravariant in the rules, so only this loose form holds projections of every shape.
export interface AnyProjection {
  readonly name: string;
  readonly version: number;
  readonly columns: Columns;
  readonly key: readonly string[];
  readonly indexes: readonly AnyIndex[];
  readonly on: readonly AnyOn[];
  readonly temporal: boolean;
}

/**
 * A pure fold from facts to the rows of one table.
 * The rules are given by a function so that their rows and keys are typed by the columns.
 */
export function projection<const C extends Columns, const K extends keyof C & string>(
  declared: Omit<Declared<C, K>, 'on'>,
  rules: (on: Rule<RowOf<C>, Pick<RowOf<C>, K>>) => readonly On<RowOf<C>, Pick<RowOf<C>, K>>[],
): Projection<C, K> {
  return {
    ...declared,
    temporal: declared.temporal ?? false,
    indexes: declared.indexes ?? [],
    on: rules((fact, key, change) => ({ fact: fact as unknown as AnyFactClass, key: key as never, change: change as never })),
  };
}

/** @returns one rule; `key` names the row (or several) that the fact touches, `change` says what becomes of it; `undefined` leaves it as it is. */
export type Rule<Row, Key> = <T extends string, S extends Shape>(
  fact: FactClass<T, S>,
  key: (data: Data<S>) => Key | readonly Key[],
  change: (row: Row | undefined, data: Data<S>, about: About) => Row | null | undefined,
) => On<Row, Key>;

export const factsOf = (projection: AnyProjection): ReadonlySet<string> => new Set(projection.on.map(({ fact }) => fact.type));

/** A recorded fact whose P2 fields are open and whose P3 fields are sealed values. */
export interface OpenFact {
  readonly fact: AnyFact;
  readonly about: About;
}
