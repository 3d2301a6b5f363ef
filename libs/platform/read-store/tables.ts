import { createHash } from 'node:crypto';
import type { AnyIndex, AnyProjection, Column, Columns } from '@lib/platform/kernel/projection.js';
import { readSchema, shortEnough, snakeCase } from './names.js';

/** Raise it when the tables that this file makes change for every projection: all are then rebuilt. */
const layout = 1;

const clocks = ['recordedFrom', 'recordedUntil', 'effectiveFrom', 'effectiveUntil'];

/** What is known now, for every date. */
const known = 'recorded_until is null';
/** What is known now and holds for good, as far as anybody knows. */
const present = 'recorded_until is null and effective_until is null';

export interface TableColumn {
  readonly name: string;
  readonly sqlName: string;
  readonly sql: Column<unknown>['sql'];
  readonly nullable: boolean;
}

export const columnsOf = ({ columns }: { readonly columns: Columns }): readonly TableColumn[] =>
  Object.entries(columns).map(([name, { sql, nullable }]) => ({ name, sqlName: snakeCase(name), sql, nullable }));

export function checkDeclaration({ name, columns, key, indexes, temporal }: AnyProjection): void {
  snakeCase(name);
  if (name === 'projection') throw new Error('the checkpoints lie in read.projection already');
  if (key.length === 0) throw new Error(`${name} has no key`);
  for (const part of [...key, ...indexes.flatMap(index => index.columns)]) {
    if (!Object.hasOwn(columns, part)) throw new Error(`${name} has no column ${part}`);
  }
  for (const part of key) {
    const { nullable, sql } = columns[part]!;
    if (nullable || sql.endsWith('[]') || sql === 'jsonb') throw new Error(`${name}.${part} cannot be part of a key`);
  }
  const taken = temporal ? clocks.filter(clock => Object.hasOwn(columns, clock)) : [];
  if (taken.length > 0) throw new Error(`${name}.${taken[0]} is a column that a temporal table has of its own`);
}

export const fingerprintOf = (...what: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify([layout, ...what]))
    .digest('hex')
    .slice(0, 8);

export const declarationOf = (projection: AnyProjection): unknown => [
  columnsOf(projection),
  projection.key,
  projection.indexes,
  projection.temporal,
];

/** The table behind `read.<name>`: another version or declaration is another table. */
export const tableNameOf = ({ name, version, fingerprint }: { name: string; version: number; fingerprint: string }): string =>
  shortEnough(`${snakeCase(name)}_v${version}_${fingerprint}`);

export const qualified = (table: string) => `${readSchema}.${table}`;
export const viewNameOf = (name: string) => qualified(snakeCase(name));

export function tableStatements(projection: AnyProjection, table: string): readonly string[] {
  const key = projection.key.map(snakeCase).join(', ');
  const columns = columnsOf(projection).map(({ sqlName, sql, nullable }) => `${sqlName} ${sql}${nullable ? '' : ' not null'}`);
  if (!projection.temporal) return [`create table ${qualified(table)} (${columns.join(', ')}, primary key (${key}))`];
  return [
    `create table ${qualified(table)} (${columns.join(', ')},
       recorded_from bigint not null, recorded_until bigint,
       effective_from date not null, effective_until date,
       check (recorded_until > recorded_from), check (effective_until >= effective_from))`,
    // Folding asks for the known segments of a key.
    `create index ${shortEnough(`${table}_known`)} on ${qualified(table)} (${key}) where ${known}`,
  ];
}

export function indexStatements(projection: AnyProjection, table: string): readonly string[] {
  const statement = (suffix: string, { columns, kind, unique }: AnyIndex, where?: string) =>
    `create ${unique ? 'unique ' : ''}index ${shortEnough(`${table}_${suffix}`)} on ${qualified(table)} ${kind === 'array' ? 'using gin ' : ''}(${columns
      .map(snakeCase)
      .join(', ')})${where ? ` where ${where}` : ''}`;

  if (!projection.temporal) return projection.indexes.map((index, nth) => statement(String(nth + 1), index));
  return [
    statement('present', { columns: projection.key, unique: true }, present),
    statement('ever', { columns: projection.key }),
    ...projection.indexes.flatMap((index, nth) => [
      statement(`${nth + 1}_present`, index, present),
      statement(`${nth + 1}_ever`, { ...index, unique: false }),
    ]),
  ];
}
