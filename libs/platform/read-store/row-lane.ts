import type { ClientBase } from 'pg';
import type { AnyProjection, Column, On } from '@lib/platform/kernel/projection.js';
import { arrayLiteral, columnParameter, copyInto, copyLine, unnested } from './copy.js';
import type { KeyFilter } from './key-filter.js';
import type { Lane, PlacedFact } from './lane.js';
import { snakeCase } from './names.js';
import {
  checkDeclaration,
  columnsOf,
  declarationOf,
  fingerprintOf,
  indexStatements,
  qualified,
  tableStatements,
} from './tables.js';
import { KeyHistory, type Recorded } from './two-clocks.js';
import { readTypes, sameValue } from './values.js';

type Row = Readonly<Record<string, unknown>>;
type AnyRule = On<Row, Row>;
type Sql = Column<unknown>['sql'];
type Key = readonly unknown[];

/** From so many rows on, `COPY` is faster than an array per column. */
const worthCopying = 50;

interface Touch {
  readonly fact: PlacedFact;
  readonly change: AnyRule['change'];
}

/** The keys that a page touches, each with what touches it, in order. */
interface Touched {
  readonly key: Key;
  readonly by: Touch[];
}

/** The lane of a declared projection: reads the rows that a page touches, folds in memory, writes them back set by set. */
export class RowLane implements Lane {
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
  private readonly columns;
  private readonly key: readonly string[];
  private readonly keyTypes: readonly Sql[];
  private readonly keyPlaces: readonly number[];
  private readonly rules = new Map<string, AnyRule[]>();

  constructor(private readonly projection: AnyProjection) {
    checkDeclaration(projection);
    this.name = projection.name;
    this.version = projection.version;
    this.fingerprint = fingerprintOf(projection.version, declarationOf(projection));
    this.columns = columnsOf(projection);
    this.key = projection.key;
    this.keyTypes = projection.key.map(part => projection.columns[part]!.sql);
    this.keyPlaces = projection.key.map(part => this.columns.findIndex(({ name }) => name === part));
    for (const rule of projection.on) {
      const rules = this.rules.get(rule.fact.type) ?? [];
      this.rules.set(rule.fact.type, rules);
      rules.push(rule as unknown as AnyRule);
    }
  }

  hears(type: string): boolean {
    return this.rules.has(type);
  }

  tableStatements(table: string): readonly string[] {
    return tableStatements(this.projection, table);
  }

  indexStatements(table: string): readonly string[] {
    return indexStatements(this.projection, table);
  }

  async write(client: ClientBase, table: string, facts: readonly PlacedFact[], written?: KeyFilter): Promise<void> {
    const touched = this.touchedBy(facts);
    if (touched.size === 0) return;
    const looked = [...touched].flatMap(([text, { key }]) => (!written || written.mayHold(text) ? [key] : []));
    if (this.projection.temporal) await this.writeTemporal(client, table, touched, looked);
    else await this.writePlain(client, table, touched, looked);
    if (written) for (const text of touched.keys()) written.add(text);
  }

  private touchedBy(facts: readonly PlacedFact[]): ReadonlyMap<string, Touched> {
    const touched = new Map<string, Touched>();
    for (const fact of facts) {
      for (const { key: keyOf, change } of this.rules.get(fact.fact.type) ?? []) {
        const named = keyOf(fact.fact.data as never);
        for (const row of Array.isArray(named) ? (named as readonly Row[]) : [named as Row]) {
          const key = this.key.map(part => row[part]);
          const text = key.join('\0');
          const known = touched.get(text);
          if (known) known.by.push({ fact, change });
          else touched.set(text, { key, by: [{ fact, change }] });
        }
      }
    }
    return touched;
  }

  private async writePlain(
    client: ClientBase,
    table: string,
    touched: ReadonlyMap<string, Touched>,
    looked: readonly Key[],
  ): Promise<void> {
    const stored = new Map<string, { readonly place: string; readonly row: Row }>();
    for (const values of await this.load(client, table, looked, [], [])) {
      stored.set(this.keyText(values), { place: values.at(-1) as string, row: this.rowOf(values) });
    }

    const gone: string[] = [];
    const changed: (readonly unknown[])[] = [];
    const inTheWay: string[] = [];
    const fresh: (readonly unknown[])[] = [];
    for (const [text, { by }] of touched) {
      const before = stored.get(text);
      let row = before?.row;
      for (const touch of by) {
        const next = this.changed(text, row, touch);
        if (next !== undefined) row = next ?? undefined;
      }
      if (row === before?.row) continue;
      if (!before) {
        fresh.push(this.valuesOf(row!));
      } else if (!row) {
        gone.push(before.place);
      } else if (!this.same(before.row, row)) {
        changed.push(this.valuesOf(row));
        inTheWay.push(before.place);
      }
    }

    // A unique value may have moved from one of these rows to another, so none of them may be in the way; and many are copied faster.
    const anew = changed.length >= worthCopying || this.projection.indexes.some(({ unique }) => unique);
    if (anew) {
      gone.push(...inTheWay);
      fresh.push(...changed);
    } else if (changed.length > 0) {
      await this.upsert(client, table, changed);
    }
    if (gone.length > 0) await this.remove(client, table, gone);
    if (fresh.length > 0) await this.insert(client, table, this.columns, fresh);
  }

  private async writeTemporal(
    client: ClientBase,
    table: string,
    touched: ReadonlyMap<string, Touched>,
    looked: readonly Key[],
  ): Promise<void> {
    const stored = new Map<string, Recorded<Row>[]>();
    const clocks = ['recorded_from', 'effective_from', 'effective_until'];
    for (const values of await this.load(client, table, looked, clocks, ['t.recorded_until is null'])) {
      const [recordedFrom, from, until, place] = values.slice(this.columns.length) as [string, string, string | null, string];
      const text = this.keyText(values);
      const segments = stored.get(text) ?? [];
      stored.set(text, segments);
      segments.push({ place, recordedFrom, from, until, row: this.rowOf(values) });
    }

    const rows: (readonly unknown[])[] = [];
    const closed: { readonly place: string; readonly recordedUntil: string }[] = [];
    const same = (a: Row, b: Row) => this.same(a, b);
    for (const [text, { by }] of touched) {
      const history = new KeyHistory<Row>(stored.get(text) ?? [], same);
      for (const touch of by) {
        const { about, appendEnd } = touch.fact;
        history.apply(about.on, appendEnd, row => this.changed(text, row, touch));
      }
      for (const { row, recordedFrom, from, until } of history.fresh()) {
        rows.push([...this.valuesOf(row), recordedFrom, null, from, until]);
      }
      for (const { row, recordedFrom, recordedUntil, from, until } of history.passed) {
        rows.push([...this.valuesOf(row), recordedFrom, recordedUntil, from, until]);
      }
      closed.push(...history.closed);
    }

    if (closed.length > 0) {
      await client.query({
        name: `close ${table}`,
        text: `update ${qualified(table)} t set recorded_until = u.until
                 from unnest($1::tid[], $2::bigint[]) as u(place, until) where t.ctid = u.place`,
        values: [
          arrayLiteral(
            closed.map(({ place }) => place),
            true,
          ),
          arrayLiteral(
            closed.map(({ recordedUntil }) => recordedUntil),
            false,
          ),
        ],
      });
    }
    const clockColumns = [
      { sqlName: 'recorded_from', sql: 'bigint' as const },
      { sqlName: 'recorded_until', sql: 'bigint' as const },
      { sqlName: 'effective_from', sql: 'date' as const },
      { sqlName: 'effective_until', sql: 'date' as const },
    ];
    if (rows.length > 0) await this.insert(client, table, [...this.columns, ...clockColumns], rows);
  }

  /**
   * @returns the row as it would be read back, so that it does not matter where a page ends
   * @throws when a rule answers with the row of another key: it would overwrite what it never saw
   */
  private changed(text: string, row: Row | undefined, { change, fact }: Touch): Row | null | undefined {
    const next = change(row, fact.fact.data as never, fact.about);
    if (!next || next === row) return next;
    const complete: Record<string, unknown> = {};
    for (const { name } of this.columns) complete[name] = next[name] ?? null;
    if (this.key.map(part => complete[part]).join('\0') !== text) {
      throw new Error(`${this.name}: ${fact.fact.type} was given the row ${text} and answered with another one`);
    }
    return complete;
  }

  /** @returns the columns of the rows that have these keys, those that are wanted besides, and the row's place at the end */
  private async load(
    client: ClientBase,
    table: string,
    looked: readonly Key[],
    besides: readonly string[],
    conditions: readonly string[],
  ): Promise<unknown[][]> {
    if (looked.length === 0) return [];
    const keys = unnested(this.keyTypes, 'k');
    const isTheKey = this.key.map((part, nth) => `t.${snakeCase(part)} = ${keys.select[nth]}`);
    const names = [...this.columns.map(({ sqlName }) => sqlName), ...besides];
    const { rows } = await client.query<unknown[]>({
      name: `load ${table}`,
      // Key by key, whatever the planner believes: the plan is kept, and was made when the table was nearly empty. A row's place
      // (ctid) holds as long as this transaction, which keeps out whatever would move rows.
      text: `select r.* from ${keys.from} cross join lateral (
               select ${names.map(name => `t.${name}`).join(', ')}, t.ctid::text as place from ${qualified(table)} t
                where ${[...isTheKey, ...conditions].join(' and ')} offset 0) r`,
      values: this.parameters(this.keyTypes, looked),
      rowMode: 'array',
      types: readTypes,
    });
    return rows;
  }

  private async remove(client: ClientBase, table: string, places: readonly string[]): Promise<void> {
    await client.query({
      name: `remove ${table}`,
      text: `delete from ${qualified(table)} where ctid = any($1::tid[])`,
      values: [arrayLiteral(places, true)],
    });
  }

  private async upsert(client: ClientBase, table: string, rows: readonly (readonly unknown[])[]): Promise<void> {
    const others = this.columns
      .filter(({ name }) => !this.key.includes(name))
      .map(({ sqlName }) => `${sqlName} = excluded.${sqlName}`);
    await client.query({
      name: `upsert ${table}`,
      text: `${this.insertStatement(table, this.columns)}
             on conflict (${this.key.map(snakeCase).join(', ')}) do ${others.length > 0 ? `update set ${others.join(', ')}` : 'nothing'}`,
      values: this.parameters(
        this.columns.map(({ sql }) => sql),
        rows,
      ),
    });
  }

  private async insert(
    client: ClientBase,
    table: string,
    columns: readonly { readonly sqlName: string; readonly sql: Sql }[],
    rows: readonly (readonly unknown[])[],
  ): Promise<void> {
    const types = columns.map(({ sql }) => sql);
    if (rows.length >= worthCopying) {
      const lines = rows.map(values => copyLine(types, values)).join('');
      await copyInto(
        client,
        qualified(table),
        columns.map(({ sqlName }) => sqlName),
        lines,
      );
      return;
    }
    await client.query({
      name: `insert ${table}`,
      text: this.insertStatement(table, columns),
      values: this.parameters(types, rows),
    });
  }

  private insertStatement(table: string, columns: readonly { readonly sqlName: string; readonly sql: Sql }[]): string {
    const given = unnested(
      columns.map(({ sql }) => sql),
      'u',
    );
    const names = columns.map(({ sqlName }) => sqlName).join(', ');
    return `insert into ${qualified(table)} (${names}) select ${given.select.join(', ')} from ${given.from}`;
  }

  private parameters(types: readonly Sql[], rows: readonly (readonly unknown[])[]): string[] {
    return types.map((type, nth) =>
      columnParameter(
        type,
        rows.map(row => row[nth]),
      ),
    );
  }

  private same(a: Row, b: Row): boolean {
    return a === b || this.columns.every(({ name }) => sameValue(a[name], b[name]));
  }

  private keyText(values: readonly unknown[]): string {
    return this.keyPlaces.map(place => values[place]).join('\0');
  }

  private rowOf(values: readonly unknown[]): Row {
    const row: Record<string, unknown> = {};
    for (const [nth, { name }] of this.columns.entries()) row[name] = values[nth];
    return row;
  }

  private valuesOf(row: Row): unknown[] {
    return this.columns.map(({ name }) => row[name]);
  }
}

/** A lane is one already, a declared projection becomes one. */
export const laneOf = (declared: AnyProjection | Lane): Lane => ('write' in declared ? declared : new RowLane(declared));
