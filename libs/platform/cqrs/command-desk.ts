import { hash } from 'node:crypto';
import type { Gatekeeper, Permit, Principal, Within } from '@lib/platform/kernel/access.js';
import { addDays, dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { Refusal } from '@lib/platform/kernel/decision.js';
import { factCatalogue, streamOf, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import {
  AppendTooLate,
  AppendUnknown,
  appendOf,
  StreamMoved,
  type EventData,
  type EventStore,
  type Metadata,
  type NewEvent,
  type RecordedEvent,
} from '@lib/platform/event-store/event-store.js';
import { requireInTime } from '@lib/platform/event-store/append-rules.js';
import { sentWithin } from '@lib/platform/kernel/patience.js';
import { anyone } from './by.js';
import { envelopeOf, type Envelope } from './envelope.js';
import { load, recall, type Loaded, type Request } from './loading.js';
import type { FiledCommand, LookUps } from './module-table.js';
import { Conflict, InvalidCommand, KeyReused, No, NotFound, NotPermitted, NotYet, RevisionStale } from './no.js';
import type { CommandTrace, StreamFolds } from './stream-folds.js';

export interface Receipt {
  readonly commandId: string;
  /** Of its last event; ask a view with `X-After` to see at least this. */
  readonly position: string;
  readonly streams: readonly { readonly stream: string; readonly revision: number }[];
  readonly facts: readonly string[];
}

/** What a command would do. Nothing was written. */
export interface Rehearsal {
  readonly dryRun: true;
  readonly facts: readonly { readonly type: string; readonly stream: string; readonly data: EventData }[];
}

export interface DeskParts {
  readonly store: EventStore;
  readonly folds: StreamFolds;
  readonly gatekeeper: Gatekeeper;
  /** The gatekeeper follows the log. Resolves when it knows everything that the log held when this was asked; false when that takes too long. */
  readonly gatekeeperCaughtUp: () => Promise<boolean>;
  readonly lookUps: { readonly [K in keyof LookUps]: (value: string, options: { create: boolean }) => Promise<string> };
  /** Replaces personal fields by sealed ones, in the order of the facts. */
  readonly seal: (facts: readonly AnyFact[]) => Promise<readonly EventData[]>;
  readonly clock: () => number;
  /** Milliseconds; as the senders' patience asks when left out. */
  readonly sendsWithin?: number;
}

/** How far back a command may count. */
export const backdatingDays = 30;
export const reasonCodes = ['late-entry', 'paper-record', 'correction', 'system-outage'] as const;
const attempts = 8;

interface Sending extends Request {
  readonly envelope: Envelope;
  readonly commandId: string;
  readonly now: number;
  /** As `performance.now()` counts: later nothing of it is sent to the log. */
  readonly sendBy: number;
  /** An append of it is with the log, or one was of which nobody knows whether it was written. */
  isOpen: boolean;
}

interface Permitted {
  readonly permit: Permit;
  readonly within: Within;
}

/**
 * The way of every command: load and fold the streams that its row names, find it there if it was sent before,
 * judge its scope, decide, and append everything at once under the revisions that the decision relied on.
 */
export class CommandDesk {
  /** By stream, or by the id of a command: who is last in turn. */
  private readonly queues = new Map<string, Promise<unknown>>();

  private readonly lookUps: { readonly asking: LookUps; readonly making: LookUps };

  constructor(private readonly parts: DeskParts) {
    const lookUps = (create: boolean): LookUps => ({
      personKey: idNumber => parts.lookUps.personKey(idNumber, { create }),
      certificateKey: number => parts.lookUps.certificateKey(number, { create }),
    });
    this.lookUps = { asking: lookUps(false), making: lookUps(true) };
  }

  /** @throws Refusal, NotFound, NotPermitted, InvalidCommand, RevisionStale, KeyReused, Conflict, NotYet, AppendTooLate, AppendUnknown */
  async carryOut(row: FiledCommand, command: object): Promise<Receipt | Rehearsal> {
    const envelope = envelopeOf(command);
    const ownStream = streamOf(row.aggregate.category, (command as Record<string, string>)[row.id]!);
    const sending: Sending = {
      row,
      command,
      envelope,
      ownStream,
      commandId: commandIdOf(envelope.principal, row.command.name, ownStream, envelope.key),
      now: this.parts.clock(),
      sendBy: performance.now() + (this.parts.sendsWithin ?? sentWithin),
      isOpen: false,
      lookUps: this.lookUps[envelope.dryRun ? 'asking' : 'making'],
    };
    requireEffectiveDate(sending);
    if (!this.parts.gatekeeper.holdsAny(envelope.principal, row.by)) throw new NotPermitted();
    if (envelope.dryRun) return this.send(sending);
    // Who sent it again must not be refused while the first copy still waits, and may yet be carried out.
    return whileInTime(
      sending,
      this.inTurn(sending.commandId, () => this.send(sending)),
    );
  }

  private async send(sending: Sending): Promise<Receipt | Rehearsal> {
    requireInTime(sending.sendBy);
    try {
      return await this.attempt(sending, false);
    } catch (error) {
      const moved = movedIn(error);
      // Rivals of this process queue up behind each other instead of failing each other again.
      return this.inTurn(moved[0] ?? sending.ownStream, () => this.persist(sending, asUnknown(error)));
    }
  }

  /** @param unknown an append of this command of which nobody knows whether it was written */
  private async persist(sending: Sending, unknown: AppendUnknown | undefined): Promise<Receipt | Rehearsal> {
    for (let attempt = 2; ; attempt += 1) {
      try {
        // What may have been written is looked up all the same.
        if (!unknown) requireInTime(sending.sendBy);
        return await this.attempt(sending, true);
      } catch (error) {
        unknown = asUnknown(error) ?? unknown;
        // What keeps it from being looked up says nothing about what was sent before.
        if (unknown && !isSettled(error)) throw unknown;
        const moved = movedIn(error);
        if (attempt === attempts) throw moved.length > 0 ? new Conflict(moved) : error;
        await new Promise(resolve => setTimeout(resolve, Math.random() * 5 * attempt));
      }
    }
  }

  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(stream);
    const turn = (before ?? Promise.resolve()).then(work, work);
    this.queues.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.queues.get(stream) === turn) this.queues.delete(stream);
    }
  }

  private async attempt(sending: Sending, fresh: boolean): Promise<Receipt | Rehearsal> {
    const loaded = await this.load(sending);
    try {
      return await this.settle(sending, loaded);
    } catch (error) {
      const stale = [...loaded.streams.values()].filter(stream => !stream.fresh).map(({ stream }) => stream);
      if (
        fresh ||
        stale.length === 0 ||
        !(error instanceof Refusal || error instanceof NotFound || error instanceof RevisionStale)
      ) {
        throw error;
      }
      this.parts.folds.doubt(stale);
      return this.attempt(sending, true);
    }
  }

  private async settle(sending: Sending, loaded: Loaded): Promise<Receipt | Rehearsal> {
    const { row, envelope, commandId, command } = sending;
    const earlier = loaded.own.commands.get(commandId);
    if (earlier) return this.receiptAgain(sending, earlier);

    const permit = this.permit(sending, loaded) ?? (await this.permitAgain(sending, loaded));
    if (envelope.ifMatch !== undefined && envelope.ifMatch !== loaded.own.revision) {
      throw await this.staleRevision(sending, envelope.ifMatch, loaded.own.revision);
    }
    const today = dateInShanghai(sending.now);
    const facts = row.decide(command as never, loaded.states as never, {
      now: new Date(sending.now).toISOString(),
      today,
      on: envelope.effectiveOn ?? today,
      actor: envelope.principal.id,
    });
    if (envelope.dryRun) {
      return { dryRun: true, facts: facts.map(fact => ({ type: fact.type, stream: streamOfFact(fact), data: fact.data })) };
    }
    if (facts.length === 0) {
      if ([...loaded.streams.values()].some(stream => !stream.fresh)) {
        this.parts.folds.doubt(loaded.streams.keys());
        return this.settle(sending, await this.load(sending));
      }
      return { commandId, position: loaded.own.position, streams: [], facts: [] };
    }
    return this.append(sending, loaded, facts, permit.permit, permit.within);
  }

  private load(sending: Sending): Promise<Loaded> | Loaded {
    const { folds } = this.parts;
    return recall(sending, folds) ?? load(sending, folds);
  }

  private permit({ row, command, envelope }: Sending, loaded: Loaded): Permitted | undefined {
    if (!row.birth && loaded.own.revision < 0) return undefined;
    const within = row.within(loaded.states as never, command as never);
    const permit = this.parts.gatekeeper.permit(envelope.principal, row.by, within);
    if (!permit) return undefined;
    // What the public asks counts from the day on which it is asked.
    if (permit.role === anyone.role && envelope.effectiveOn !== undefined) throw new NotPermitted();
    return { permit, within };
  }

  /**
   * What lies in a division of a moment ago is not refused because the gatekeeper has not heard of it yet.
   * What does not exist takes as long, so that nobody learns from the time what exists.
   */
  private async permitAgain(sending: Sending, loaded: Loaded): Promise<Permitted> {
    if (!(await this.parts.gatekeeperCaughtUp())) throw new NotYet();
    const permit = this.permit(sending, loaded);
    if (!permit) throw new NotFound();
    return permit;
  }

  private async append(
    sending: Sending,
    loaded: Loaded,
    facts: readonly AnyFact[],
    permit: Permit,
    within: Within,
  ): Promise<Receipt> {
    const { commandId, envelope, ownStream, row } = sending;
    const byStream = grouped(facts, streamOfFact);
    const unloaded = [...byStream.keys()].filter(stream => !loaded.streams.has(stream));
    if (unloaded.length > 0) throw new Error(`${row.command.name} writes streams that it did not load: ${unloaded.join(', ')}`);
    if (!byStream.has(ownStream))
      throw new Error(`${row.command.name} wrote nothing on its own stream, so it could not be found again`);

    const common = withoutAbsent({
      actor: envelope.principal.id,
      actorRole: permit.role,
      actorUnit: permit.unit,
      command: row.command.name,
      commandId,
      correlationId: envelope.correlationId,
      causationId: envelope.causationId,
      effectiveOn: envelope.effectiveOn ?? dateInShanghai(sending.now),
      reasonCode: envelope.reasonCode,
      division: typeof within === 'string' ? undefined : within.divisionId,
    });
    const ordered = [...byStream].flatMap(([stream, own]) => own.map((fact, index) => ({ stream, fact, index })));
    const sealed = await this.parts.seal(ordered.map(({ fact }) => fact));
    const events = ordered.map(({ stream, fact, index }, at): NewEvent & { stream: string } => ({
      stream,
      id: uuidV5(namespaces.event, `${commandId}\n${stream}\n${index}`),
      type: fact.type,
      metadata: {
        ...common,
        version: String(fact.class.version),
        ...(at === 0 ? { bodyHash: bodyHash(sending) } : {}),
      },
      data: sealed[at]!,
    }));
    const eventsOf = grouped(events, ({ stream }) => stream);
    const append = appendOf(
      [...eventsOf].map(([stream, own]) => ({
        stream,
        expected: loaded.streams.get(stream)!.revision,
        events: own.map(({ stream: _, ...event }) => event),
      })),
      [...loaded.streams.values()]
        .filter(({ stream }) => !byStream.has(stream))
        .map(({ stream, revision }) => ({ stream, expected: revision })),
    );
    const wasOpen = sending.isOpen;
    sending.isOpen = true;
    const { position } = await this.parts.store.append(append, sending.sendBy).catch((error: unknown) => {
      if (!(error instanceof AppendUnknown)) sending.isOpen = wasOpen;
      // A no of the next attempt must not rest on what was remembered before this one: it may have been written after all.
      this.parts.folds.doubt(loaded.streams.keys());
      throw error;
    });

    const last = append.writes.at(-1)!;
    const trace: CommandTrace = { position, stream: last.stream, metadata: last.events.at(-1)!.metadata };
    for (const write of append.writes) this.parts.folds.appended(write, byStream.get(write.stream)!, trace, commandId);
    return {
      commandId,
      position,
      streams: append.writes.map(({ stream, expected, events: written }) => ({ stream, revision: expected + written.length })),
      facts: events.map(({ type }) => type),
    };
  }

  private async receiptAgain(sending: Sending, trace: CommandTrace): Promise<Receipt> {
    const events = await this.parts.store.readAppend(trace);
    if (events[0]!.metadata.bodyHash !== bodyHash(sending)) throw new KeyReused();
    return receiptOf(sending.commandId, events);
  }

  private async staleRevision({ ownStream }: Sending, expected: number, actual: number): Promise<RevisionStale> {
    const since = Math.max(0, expected + 1);
    const events = await this.parts.store.read([ownStream], new Map([[ownStream, since]]));
    return new RevisionStale(expected, actual, events.get(ownStream) ?? []);
  }
}

/** Whoever waits is told as soon as it is certain that it comes to nothing: what was not sent by then never will be. */
function whileInTime<T>(sending: Sending, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      if (!sending.isOpen) reject(new AppendTooLate('its time was over before its turn came'));
    };
    const timer = setTimeout(giveUp, sending.sendBy - performance.now() + 1);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @returns the streams that moved; none when the answer was lost. @throws what is no reason to try again */
function movedIn(error: unknown): readonly string[] {
  if (error instanceof AppendUnknown) return [];
  if (error instanceof StreamMoved) return error.streams;
  throw error;
}

const asUnknown = (error: unknown) => (error instanceof AppendUnknown ? error : undefined);

/** The log was read, and the command was not in it; or the next attempt will tell. */
const isSettled = (error: unknown) =>
  error instanceof AppendUnknown ||
  error instanceof StreamMoved ||
  error instanceof Refusal ||
  (error instanceof No && !(error instanceof NotYet));

function receiptOf(commandId: string, events: readonly RecordedEvent[]): Receipt {
  const revisions = new Map(events.map(({ stream, revision }) => [stream, revision]));
  return {
    commandId,
    position: events.at(-1)!.position,
    streams: [...revisions].map(([stream, revision]) => ({ stream, revision })),
    facts: events.map(({ type }) => type),
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function withoutAbsent(values: Readonly<Record<string, string | undefined>>): Metadata {
  const present: Record<string, string> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) present[name] = value;
  }
  return present;
}

/** Key order does not count. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields).filter(name => fields[name] !== undefined);
  return `{${names
    .sort()
    .map(name => `${JSON.stringify(name)}:${canonical(fields[name])}`)
    .join()}}`;
}

const personalFields = new Map<string, ReadonlySet<string>>();

function personalFieldsOf(category: string): ReadonlySet<string> {
  let names = personalFields.get(category);
  if (!names) {
    const facts = [...factCatalogue.values()].filter(fact => fact.category === category);
    names = new Set(facts.flatMap(fact => fact.personalFields.map(({ name }) => name)));
    personalFields.set(category, names);
  }
  return names;
}

/** A back-dated command needs a reason, and never counts from a day that has not come. */
function requireEffectiveDate({ envelope, now }: Sending): void {
  const { effectiveOn, reasonCode } = envelope;
  const today = dateInShanghai(now);
  if (effectiveOn === undefined || effectiveOn === today) return;
  if (effectiveOn > today) {
    throw new InvalidCommand('effective-on-ahead', {
      zh: `生效日期 ${effectiveOn} 晚于今天`,
      en: `The effective date ${effectiveOn} lies ahead`,
    });
  }
  if (effectiveOn < addDays(today, -backdatingDays)) {
    throw new InvalidCommand('effective-on-too-early', {
      zh: `生效日期最多可早 ${backdatingDays} 天`,
      en: `The effective date may lie back at most ${backdatingDays} days`,
    });
  }
  if (!reasonCode) {
    throw new InvalidCommand('effective-on-without-reason', {
      zh: `补录须说明原因(Reason-Code:${reasonCodes.join('、')})`,
      en: `A back-dated command needs a Reason-Code: ${reasonCodes.join(', ')}`,
    });
  }
}

export const commandIdOf = (principal: Pick<Principal, 'id'>, name: string, stream: string, key: string) =>
  uuidV5(namespaces.command, `${principal.id}\n${name}\n${stream}\n${key}`);

/** Canonical JSON of the body without its personal fields: a hash of an ID number could be found by trying them all. */
function bodyHash({ row, command, envelope }: Sending): string {
  const withheld = personalFieldsOf(row.aggregate.category);
  const body = Object.entries(command).filter(([name, value]) => value !== undefined && !withheld.has(name));
  return hash(
    'sha256',
    canonical({ command: row.command.name, on: envelope.effectiveOn, body: Object.fromEntries(body) }),
    'base64url',
  );
}
