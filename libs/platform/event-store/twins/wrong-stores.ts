import { type Append, type Appended, appendOf, type Expectation, type RecordedEvent } from '../event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { PostgresEventStore } from '../postgres/postgres-event-store.js';

/** Stores that are wrong on purpose: a check of the contract that one of them passes is void. */

/** Takes whatever comes, wherever the stream is. */
export class AcceptsAnyRevision extends MemoryEventStore {
  protected override hasMoved(): boolean {
    return false;
  }
}

/** Writes the streams of an append one after the other, each for itself. */
export class WritesStreamByStream extends MemoryEventStore {
  override async append({ writes, checks }: Append): Promise<Appended> {
    let appended: Appended | undefined;
    for (const { stream, expected, events } of writes)
      appended = await super.append(appendOf([{ stream, expected, events }], checks));
    return appended!;
  }
}

/** Asks a read model whether a stream has moved; it catches up only when everybody who came in the same turn has asked. */
export class ChecksAReadModel extends MemoryEventStore {
  private readonly readModel = new Map<string, number>();

  protected override hasMoved({ stream, expected }: Expectation): boolean {
    return (this.readModel.get(stream) ?? -1) !== expected;
  }

  override async append(append: Append): Promise<Appended> {
    const appended = super.append(append);
    setImmediate(() => {
      for (const { stream, expected, events } of append.writes) this.readModel.set(stream, expected + events.length);
    });
    return appended;
  }
}

/** Looks only at the streams that an append writes. */
export class ForgetsReadOnlyStreams extends MemoryEventStore {
  override append({ writes }: Append): Promise<Appended> {
    return super.append({ writes, checks: [] });
  }
}

/** Ends a page after `limit` events, wherever that is. */
export class CutsPagesAnywhere extends MemoryEventStore {
  override async readAll(after: string, limit: number): Promise<readonly RecordedEvent[]> {
    return (await super.readAll(after, limit)).slice(0, limit);
  }
}

/** Takes the revision from which a stream is read for the last one that is known. */
export class ReadsBehindTheRevision extends MemoryEventStore {
  override read(streams: readonly string[], from: ReadonlyMap<string, number> = new Map()) {
    return super.read(streams, new Map([...from].map(([stream, first]) => [stream, first + 1])));
  }
}

/** Once one was overtaken, fails whatever else comes in the same turn. */
export class FailsTogether extends MemoryEventStore {
  private failed = false;

  protected override hasMoved(expectation: Expectation): boolean {
    if (!this.failed && super.hasMoved(expectation)) {
      this.failed = true;
      setImmediate(() => (this.failed = false));
    }
    return this.failed;
  }
}

/** Lets appends share a group that check what another of the group writes. */
export class GroupsWithoutTheRule extends PostgresEventStore {
  constructor(connectionString: string) {
    super({ connectionString }, { grouping: waiting => waiting.splice(0, 256) });
  }
}
