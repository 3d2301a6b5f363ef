import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { revive, type AnyFact, type Impersonal } from '@lib/platform/kernel/event.js';
import type { EventStore, RecordedEvent } from '@lib/platform/event-store/event-store.js';

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
  readonly commands: Map<string, CommandTrace>;
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
    const read = await this.store.read([...missing.keys()]);
    for (const [stream, aggregates] of missing) {
      const known = foldStream(stream, read.get(stream) ?? [], aggregates);
      this.remember(known);
      folds.set(stream, { ...known, fresh: true });
    }
    return folds;
  }

  /** @returns the stream as it is remembered with that fold; asks nobody */
  recall(stream: string, aggregate: AnyAggregate): StreamFold | undefined {
    const known = this.remembered.get(stream);
    if (!known?.states.has(aggregate)) return undefined;
    this.remember(known);
    return known;
  }

  forget(streams: Iterable<string>): void {
    for (const stream of streams) this.remembered.delete(stream);
  }

  /** Carries what this process has just appended into the folds that it remembers. */
  appended(stream: string, expected: number, facts: readonly AnyFact[], trace: CommandTrace, commandId: string): void {
    const known = this.remembered.get(stream);
    if (!known) return;
    if (known.revision !== expected) {
      this.remembered.delete(stream);
      return;
    }
    const states = new Map(known.states);
    for (const [aggregate, state] of states) {
      states.set(
        aggregate,
        facts.reduce((current, fact) => evolve(aggregate, current, fact), state),
      );
    }
    known.commands.set(commandId, trace);
    this.remember({ ...known, revision: expected + facts.length, position: trace.position, states });
  }

  private remember(known: Remembered): void {
    this.remembered.delete(known.stream);
    this.remembered.set(known.stream, known);
    if (this.remembered.size > this.capacity) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

function foldStream(stream: string, events: readonly RecordedEvent[], aggregates: readonly AnyAggregate[]): Remembered {
  const commands = new Map<string, CommandTrace>();
  const states = new Map<AnyAggregate, unknown>(aggregates.map(aggregate => [aggregate, aggregate.initial]));
  for (const { type, metadata, data, position } of events) {
    const fact = revive(type, Number(metadata.version), data);
    for (const [aggregate, state] of states) states.set(aggregate, evolve(aggregate, state, fact));
    if (metadata.commandId && !commands.has(metadata.commandId)) commands.set(metadata.commandId, { position, stream, metadata });
  }
  const last = events.at(-1);
  return { stream, revision: last?.revision ?? -1, position: last?.position ?? '0', commands, states, fresh: false };
}
