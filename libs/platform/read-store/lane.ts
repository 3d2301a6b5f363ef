import type { ClientBase } from 'pg';
import type { OpenFact } from '@lib/platform/kernel/projection.js';
import type { KeyFilter } from './key-filter.js';

/** A fact with the position of the last event of its append: only there is anything ever looked at. */
export interface PlacedFact extends OpenFact {
  readonly appendEnd: string;
}

/** One table that follows the log in order. */
export interface Lane {
  /** Permanent: `read.<name>` is what queries see. */
  readonly name: string;
  readonly version: number;
  /** Changes with everything that makes the rows of an older table useless. */
  readonly fingerprint: string;
  hears(type: string): boolean;
  /** The statements that make an empty table, with what folding needs and nothing else. */
  tableStatements(table: string): readonly string[];
  /** What queries need besides; made once when the table is full, which is far cheaper. */
  indexStatements(table: string): readonly string[];
  /**
   * Writes what the facts change, within the caller's transaction.
   * @param written the keys that the table may hold, where that is known
   */
  write(client: ClientBase, table: string, facts: readonly PlacedFact[], written?: KeyFilter): Promise<void>;
}
