import { idOfStream, streamOf } from '@lib/platform/kernel/event.js';
import type { FiledCommand, LookUps, Reading } from './module-table.js';
import type { StreamFold, StreamFolds } from './stream-folds.js';

/** What a decision looks at, and the streams that it thereby relies on. */
export interface Loaded {
  readonly own: StreamFold;
  /** By the names under which the decision sees them. */
  readonly states: Readonly<Record<string, unknown>>;
  readonly streams: ReadonlyMap<string, StreamFold>;
}

export interface Request {
  readonly row: FiledCommand;
  readonly command: object;
  readonly ownStream: string;
  readonly lookUps: LookUps;
}

type Folds = ReadonlyMap<string, StreamFold>;

class Gathering implements Loaded {
  readonly states: Record<string, unknown> = {};
  readonly streams = new Map<string, StreamFold>();

  constructor(private readonly ownStream: string) {}

  get own(): StreamFold {
    return this.streams.get(this.ownStream)!;
  }

  add(
    name: string,
    { aggregate, many }: Pick<Reading<never, never>, 'aggregate' | 'many'>,
    ids: readonly string[],
    folds: Folds,
  ): void {
    const stateOf = (id: string) => {
      const stream = streamOf(aggregate.category, id);
      const fold = folds.get(stream)!;
      const before = this.streams.get(stream);
      // A stream that two readings name is as old and as fresh as its first one: if it moved in between, the append finds out.
      if (!before || (before.revision === fold.revision && !before.fresh)) this.streams.set(stream, fold);
      return fold.states.get(aggregate);
    };
    if (many) this.states[name] = new Map(ids.map(id => [id, stateOf(id)]));
    else this.states[name] = ids.length > 0 ? stateOf(ids[0]!) : aggregate.initial;
  }
}

type Named = readonly [name: string, reading: Reading<never, never>];

const orders = new Map<FiledCommand, readonly Named[]>();

/** What follows from the command alone comes first. */
function inOrder(row: FiledCommand): readonly Named[] {
  let order = orders.get(row);
  if (!order) {
    const readings = Object.entries(row.reads);
    order = [...readings.filter(([, { direct }]) => direct), ...readings.filter(([, { direct }]) => !direct)];
    orders.set(row, order);
  }
  return order;
}

/** @returns undefined unless everything that the row names is remembered; asks nobody */
export function recall({ row, command, ownStream, lookUps }: Request, folds: StreamFolds): Loaded | undefined {
  const gathering = new Gathering(ownStream);
  const take = (name: string, reading: Pick<Reading<never, never>, 'aggregate' | 'many'>, ids: readonly string[]) => {
    const found = new Map<string, StreamFold>();
    for (const id of ids) {
      const stream = streamOf(reading.aggregate.category, id);
      const fold = folds.recall(stream, reading.aggregate);
      if (!fold) return false;
      found.set(stream, fold);
    }
    gathering.add(name, reading, ids, found);
    return true;
  };
  if (!take(row.as, { aggregate: row.aggregate, many: false }, [idOfStream(ownStream)])) return undefined;
  for (const [name, reading] of inOrder(row)) {
    if (reading.looksUp) return undefined;
    const ids = reading.ids(command as never, gathering.states as never, lookUps);
    if (ids instanceof Promise || !take(name, reading, ids)) return undefined;
  }
  return gathering;
}

/** What follows from the command alone is loaded together, in one round trip; the rest in the order of the row. */
export async function load({ row, command, ownStream, lookUps }: Request, folds: StreamFolds): Promise<Loaded> {
  const gathering = new Gathering(ownStream);
  const find = async ([name, reading]: (typeof readings)[number]) => ({
    name,
    reading,
    ids: await reading.ids(command as never, gathering.states as never, lookUps),
  });
  const take = async (group: readonly Awaited<ReturnType<typeof find>>[]) => {
    const found = await folds.load(
      group.flatMap(({ reading: { aggregate }, ids }) =>
        ids.map(id => ({ aggregate, stream: streamOf(aggregate.category, id) })),
      ),
    );
    for (const { name, reading, ids } of group) gathering.add(name, reading, ids, found);
  };

  const readings = Object.entries(row.reads);
  const own = {
    name: row.as,
    reading: { aggregate: row.aggregate, many: false } as Reading<never, never>,
    ids: [idOfStream(ownStream)],
  };
  await take([own, ...(await Promise.all(readings.filter(([, { direct }]) => direct).map(find)))]);
  for (const reading of readings) {
    if (!reading[1].direct) await take([await find(reading)]);
  }
  return gathering;
}
