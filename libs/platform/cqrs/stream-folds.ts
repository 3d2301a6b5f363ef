import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { revive, type AnyFact, type Impersonal } from '@lib/platform/kernel/event.js';
import type { EventStore, RecordedEvent, StreamWrite } from '@lib/platform/event-store/event-store.js';

type AnyAggregate = Aggregate<unknown, never>;

/** Where a command's facts stand in the log; enough to give its receipt again. */
export type CommandTrace = Pick<RecordedEvent, 'position' | 'stream' | 'metadata'>;

/** A stream as far as it has been read: its end, its commands, and one state for each fold that asked. */
export interface StreamFold {
  readonly stream: string;
  /** -1 for a stream that does not exist. */
  readonly revision: number;
  readonly position: string;
  readonly commands: ReadonlyMap<string, CommandTrace>;
  readonly states: ReadonlyMap<AnyAggregate, unknown>;
  /** False when it was remembered and may have moved since. */
  readonly fresh: boolean;
}

interface Remembered extends StreamFold {
  /** Grows with the stream; the folds of a stream that was caught up share it. */
  readonly commands: Map<string, CommandTrace>;
  /** Of the last event that is folded in; tells the stream from another that has come to the same revision. */
  readonly lastId: string | undefined;
  /** It moved, or may have: whoever asks next reads what came since. */
  readonly doubted: boolean;
}

export interface WantedStream {
  readonly stream: string;
  readonly aggregate: AnyAggregate;
}

const evolve = (aggregate: AnyAggregate, state: unknown, fact: AnyFact) =>
  aggregate.evolve(state, fact as unknown as Impersonal<never>);

/**
 * Streams folded once and remembered, at most `capacity` of them, the longest unused forgotten first.
 * A remembered fold may be stale; that is safe because every append checks the revisions that its decision relied on.
 * One that is in doubt is caught up by what came since. A fold that was handed out is never changed, but for commands that it learns of.
 */
export class StreamFolds {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly store: EventStore,
    private readonly capacity = 20_000,
  ) {}

  /** @returns each wanted stream once, with the states of the folds that were asked for */
  async load(wanted: readonly WantedStream[]): Promise<Map<string, StreamFold>> {
    const folds = new Map<string, StreamFold>();
    const missing = new Map<string, AnyAggregate[]>();
    for (const { stream, aggregate } of wanted) {
      const known = missing.has(stream) ? undefined : this.recall(stream, aggregate);
      if (known) folds.set(stream, known);
      else {
        folds.delete(stream);
        const before = missing.get(stream) ?? [...(this.remembered.get(stream)?.states.keys() ?? [])];
        missing.set(stream, [...before, aggregate]);
      }
    }
    if (missing.size === 0) return folds;
    for (const fold of await this.read(missing)) folds.set(fold.stream, { ...fold, fresh: true });
    return folds;
  }

  private async read(wanted: ReadonlyMap<string, readonly AnyAggregate[]>): Promise<readonly Remembered[]> {
    const before = new Map([...wanted.keys()].map(stream => [stream, this.remembered.get(stream)]));
    const known = [...wanted].flatMap(([stream, aggregates]) => {
      const fold = before.get(stream);
      return fold && fold.revision >= 0 && aggregates.every(aggregate => fold.states.has(aggregate)) ? [fold] : [];
    });
    const from = new Map(known.map(({ stream, revision }) => [stream, revision]));
    const read = await this.store.read([...wanted.keys()], from);
    const caughtUp = new Map(known.map(fold => [fold.stream, catchUp(fold, read.get(fold.stream) ?? [])]));
    // Another history than the one that was folded: that of a log which was put back.
    const others = [...caughtUp.keys()].filter(stream => !caughtUp.get(stream));
    const whole = others.length > 0 ? await this.store.read(others) : undefined;
    return [...wanted].map(([stream, aggregates]) => {
      const fold = caughtUp.get(stream) ?? foldStream(stream, whole?.get(stream) ?? read.get(stream) ?? [], aggregates);
      const now = this.remembered.get(stream);
      // What came in doubt while it was read may have been read too early.
      this.remember(now?.doubted && now !== before.get(stream) ? { ...fold, doubted: true } : fold);
      return fold;
    });
  }

  /** @returns the stream as it is remembered with that fold, unless it is in doubt; asks nobody */
  recall(stream: string, aggregate: AnyAggregate): StreamFold | undefined {
    const known = this.remembered.get(stream);
    if (!known?.states.has(aggregate) || known.doubted) return undefined;
    this.remember(known);
    return known;
  }

  /** They have moved, or may have. */
  doubt(streams: Iterable<string>): void {
    for (const stream of streams) {
      const known = this.remembered.get(stream);
      // In its place: what is in doubt is not in use.
      if (known) this.remembered.set(stream, { ...known, doubted: true });
    }
  }

  /** Carries what this process has just appended into the folds that it remembers. */
  appended({ stream, expected, events }: StreamWrite, facts: readonly AnyFact[], trace: CommandTrace, commandId: string): void {
    const known = this.remembered.get(stream);
    const revision = expected + facts.length;
    // Somebody else has read it since the append.
    if (!known || known.revision >= revision) return;
    if (known.revision !== expected) return this.doubt([stream]);
    known.commands.set(commandId, trace);
    this.remember({
      ...known,
      revision,
      position: trace.position,
      lastId: events.at(-1)!.id,
      doubted: false,
      states: evolved(known.states, facts),
    });
  }

  private remember(known: Remembered): void {
    this.remembered.delete(known.stream);
    this.remembered.set(known.stream, known);
    if (this.remembered.size > this.capacity) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

function evolved(states: StreamFold['states'], facts: readonly AnyFact[]): Map<AnyAggregate, unknown> {
  const next = new Map(states);
  for (const fact of facts) for (const [aggregate, state] of next) next.set(aggregate, evolve(aggregate, state, fact));
  return next;
}

function foldStream(stream: string, events: readonly RecordedEvent[], aggregates: readonly AnyAggregate[]): Remembered {
  const states = new Map<AnyAggregate, unknown>(aggregates.map(aggregate => [aggregate, aggregate.initial]));
  const nothing = {
    stream,
    revision: -1,
    position: '0',
    lastId: undefined,
    commands: new Map(),
    states,
    fresh: false,
    doubted: false,
  };
  return foldOn(nothing, events);
}

/** @returns undefined unless the events begin with the last one that is folded in */
function catchUp(known: Remembered, [last, ...since]: readonly RecordedEvent[]): Remembered | undefined {
  if (last?.id !== known.lastId || last?.revision !== known.revision) return undefined;
  return foldOn({ ...known, position: last.position, doubted: false }, since);
}

function foldOn(known: Remembered, events: readonly RecordedEvent[]): Remembered {
  const last = events.at(-1);
  if (!last) return known;
  const { stream, commands } = known;
  for (const { metadata, position } of events) {
    if (metadata.commandId && !commands.has(metadata.commandId)) commands.set(metadata.commandId, { position, stream, metadata });
  }
  const facts = events.map(({ type, metadata, data }) => revive(type, Number(metadata.version), data));
  const { revision, position, id: lastId } = last;
  return { ...known, revision, position, lastId, states: evolved(known.states, facts) };
}
