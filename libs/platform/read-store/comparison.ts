import type { Pool } from 'pg';
import { beforeEverything, comparePositions, type EventStore } from '@lib/platform/event-store/event-store.js';
import type { AnyProjection } from '@lib/platform/kernel/projection.js';
import { unhurried } from '@lib/platform/postgres/answering-pool.js';
import { KeyFilter } from './key-filter.js';
import type { Lane } from './lane.js';
import { shortEnough } from './names.js';
import { type Opening, placed } from './placed.js';
import { checkpointsOf, sameDefinition } from './read-schema.js';
import { laneOf } from './row-lane.js';
import { transaction } from './standing.js';
import { qualified, tableNameOf } from './tables.js';

export interface ComparisonSetup {
  readonly store: Pick<EventStore, 'readAll'>;
  readonly open: Opening;
  readonly pool: Pool;
  /** Events read at once; 4,000 when left out. */
  readonly pageSize?: number;
}

export interface Comparison {
  readonly name: string;
  /** Up to where both were folded. */
  readonly position: string;
  readonly rows: number;
  /** Rows that only one of the two tables has; undefined where this program's definition is not shown, so there is nothing to compare. */
  readonly differing: number | undefined;
}

/**
 * Folds a read model from the beginning of the log into a table of its own, up to where the one that is shown stood when this began, and
 * compares the two row by row. Everything happens in one transaction that is rolled back: a projector goes on meanwhile, and nothing stays.
 */
export async function compareWithLog(
  { store, open, pool, pageSize = 4000 }: ComparisonSetup,
  declared: AnyProjection | Lane,
): Promise<Comparison> {
  const lane = laneOf(declared);
  const table = shortEnough(`${tableNameOf(lane)}_check`);
  let result: Comparison | undefined;
  const undo = new Error('undone');
  await transaction(pool, async client => {
    await client.query('set transaction isolation level repeatable read');
    const shown = (await checkpointsOf(client, [lane.name])).find(
      checkpoint => checkpoint.stage === 'serving' && sameDefinition(checkpoint, lane),
    );
    if (!shown) {
      result = { name: lane.name, position: beforeEverything, rows: 0, differing: undefined };
      throw undo;
    }
    for (const statement of lane.tableStatements(table)) await client.query(statement);
    const written = new KeyFilter();
    for (let position = beforeEverything; comparePositions(position, shown.position) < 0;) {
      const page = await store.readAll(position, pageSize);
      const events = page.filter(event => comparePositions(event.position, shown.position) <= 0);
      const facts = await placed(events, type => lane.hears(type), open);
      if (facts.length > 0) await lane.write(client, table, facts, written);
      position = events.at(-1)?.position ?? shown.position;
    }
    const [kept, folded] = [qualified(shown.tableName), qualified(table)];
    const { rows } = await client.query<{ rows: string; differing: string }>(
      unhurried(
        `select (select count(*) from ${kept}) as rows, (select count(*) from (
         (select * from ${kept} except all select * from ${folded}) union all
         (select * from ${folded} except all select * from ${kept})) as d) as differing`,
      ),
    );
    const counted = rows[0]!;
    result = {
      name: lane.name,
      position: shown.position,
      rows: Number(counted.rows),
      differing: Number(counted.differing),
    };
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  if (!result) throw new Error(`${lane.name} was not compared`);
  return result;
}
