import type { ClientBase } from 'pg';
import type { Lane, PlacedFact } from './lane.js';
import { fingerprintOf, qualified } from './tables.js';

/** The statements of a table whose full name (`read.…`) is given. */
export type Statements = (table: string) => readonly string[];

export interface EveryFact {
  readonly name: string;
  readonly version: number;
  readonly table: Statements;
  /** Made when the table is full. */
  readonly indexes?: Statements;
  /** Only facts of these types; every fact when left out. */
  readonly types?: ReadonlySet<string>;
  /** Inserts what the facts say, in order, set by set, into the table (`read.…`), within the caller's transaction. */
  readonly write: (client: ClientBase, table: string, facts: readonly PlacedFact[]) => Promise<void>;
}

/** A lane for what is not rows by key but an index of everything: it writes by its own SQL, under the same checkpoint rule. */
export function everyFact({ name, version, table, indexes = () => [], types, write }: EveryFact): Lane {
  return {
    name,
    version,
    fingerprint: fingerprintOf(version, table('t'), indexes('t'), types ? [...types].sort() : 'every'),
    hears: type => types?.has(type) ?? true,
    tableStatements: of => table(qualified(of)),
    indexStatements: of => indexes(qualified(of)),
    write: (client, of, facts) => write(client, qualified(of), facts),
  };
}
