import { randomUUID } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { StreamIdentifier, UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { nameOf } from './append-v1.js';
import type { DoubleLog, Stored } from './double-log.js';
import { refusal, streamDeleted } from './status.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/** Events that a page of a catch-up holds, that wait for a slow reader, and of the window of a filter. */
const pageSize = 32;

const identifier = (stream: string) => {
  const named = new StreamIdentifier();
  named.setStreamName(Buffer.from(stream).toString('base64'));
  return named;
};

/** What was sent once is sent again as it was: making it takes most of the time. */
const responses = new WeakMap<Stored, ReadResp>();
const serialized = new WeakMap<ReadResp, Buffer>();

function eventResponse(stored: Stored): ReadResp {
  const known = responses.get(stored);
  if (known) return known;
  const response = newEventResponse(stored);
  responses.set(stored, response);
  serialized.set(response, serialize(response));
  return response;
}

const serialize = (response: ReadResp) => serialized.get(response) ?? Buffer.from(response.serializeBinary());

export const readDefinition = { ...StreamsService.read, responseSerialize: serialize };

function newEventResponse({ id, stream, revision, position, type, isJson, created, data, metadata }: Stored): ReadResp {
  const uuid = new UUID();
  uuid.setString(id);
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuid);
  recorded.setStreamIdentifier(identifier(stream));
  recorded.setStreamRevision(String(revision));
  recorded.setCommitPosition(String(position));
  recorded.setPreparePosition(String(position));
  recorded.getMetadataMap().set('type', type);
  recorded.getMetadataMap().set('content-type', isJson ? 'application/json' : 'application/octet-stream');
  recorded.getMetadataMap().set('created', String(created));
  recorded.setData(data);
  recorded.setCustomMetadata(metadata);
  const event = new ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(position));
  const response = new ReadResp();
  response.setEvent(event);
  return response;
}

function filterOf(options: Options): (event: Stored) => boolean {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '', 'u');
  return event => {
    const text = filter.hasStreamIdentifier() ? event.stream : event.type;
    return prefixes.length > 0 ? prefixes.some(prefix => text.startsWith(prefix)) : regex.test(text);
  };
}

/** @returns the name of the first of some events, and listens to none of them any more */
async function firstOf(...events: readonly (readonly [emitter: EventEmitter, name: string])[]): Promise<string> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race(events.map(([emitter, name]) => once(emitter, name, { signal }).then(() => name)));
  } finally {
    waiting.abort();
  }
}

async function write(call: Call, response: ReadResp): Promise<void> {
  if (!call.write(response) && !call.cancelled) await firstOf([call, 'drain'], [call, 'cancelled'], [call, 'close']);
}

/** The index in the log at which `$all` is read: forwards from the record that begins there, backwards from the one before it. */
function indexOf(log: DoubleLog, options: Options): number {
  const all = options.getAll()!;
  if (all.hasStart()) return 0;
  if (all.hasEnd()) return log.records.length;
  const position = Number(all.getPosition()!.getCommitPosition());
  const index = log.indexAt(position);
  if (index < 0)
    throw refusal(status.INVALID_ARGUMENT, `Trying to read from an invalid position. (no record begins at ${position})`);
  return index;
}

function streamWanted(log: DoubleLog, options: Options): readonly Stored[] | undefined {
  const stream = nameOf(options.getStream()!.getStreamIdentifier());
  if (log.isTombstoned(stream)) throw streamDeleted(stream);
  const visible = log.visible(stream);
  if (visible.length === 0) return undefined;
  const wanted = options.getStream()!;
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const revision = wanted.hasRevision() ? Number(wanted.getRevision()) : wanted.hasEnd() ? Infinity : 0;
  return backwards
    ? visible.filter(event => event.revision <= revision).reverse()
    : visible.filter(event => event.revision >= revision);
}

function allWanted(log: DoubleLog, options: Options): readonly Stored[] {
  const index = indexOf(log, options);
  const passes = filterOf(options);
  const count = Number(options.getCount());
  const found: Stored[] = [];
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const step = backwards ? -1 : 1;
  for (let at = backwards ? index - 1 : index; at >= 0 && at < log.records.length && found.length < count; at += step)
    if (passes(log.records[at]!)) found.push(log.records[at]!);
  return found;
}

async function answerRead(log: DoubleLog, call: Call, options: Options): Promise<void> {
  const events = options.hasAll() ? allWanted(log, options) : streamWanted(log, options);
  if (!events) {
    const missing = new ReadResp.StreamNotFound();
    missing.setStreamIdentifier(options.getStream()!.getStreamIdentifier());
    const response = new ReadResp();
    response.setStreamNotFound(missing);
    await write(call, response);
  } else {
    const count = Number(options.getCount());
    for (const event of events.slice(0, count)) await write(call, eventResponse(event));
  }
  call.end();
}

const positionOf = (position: number) => {
  const at = new ReadResp.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  return at;
};

/** A catch-up subscription: the past in pages, `caughtUp`, then what comes; again from there whenever it falls behind. */
class Subscription {
  private next: number;
  private last: Stored | undefined;
  private considered = 0;
  private checkpoint = -1;
  private readonly passes: (event: Stored) => boolean;
  private readonly interval: number;

  constructor(
    private readonly log: DoubleLog,
    private readonly call: Call,
    private readonly options: Options,
  ) {
    this.next = this.start();
    const stream = options.hasStream() ? nameOf(options.getStream()!.getStreamIdentifier()) : undefined;
    const filter = filterOf(options);
    this.passes = event => filter(event) && (stream === undefined || event.stream === stream);
    const filtered = options.getFilter();
    const window = filtered?.hasMax() ? filtered.getMax() : pageSize;
    this.interval = filtered ? filtered.getCheckpointintervalmultiplier() * window : Infinity;
    if (this.interval === 0)
      throw refusal(status.INVALID_ARGUMENT, 'The checkpoint interval multiplier must be greater than zero');
  }

  /** A subscription begins behind its start. */
  private start(): number {
    const { log, options } = this;
    if (options.hasAll()) {
      const { length } = log.records;
      return options.getAll()!.hasPosition() ? Math.min(indexOf(log, options) + 1, length) : indexOf(log, options);
    }
    const wanted = options.getStream()!;
    if (wanted.hasEnd()) return log.records.length;
    if (!wanted.hasRevision()) return 0;
    const after = log.all(nameOf(wanted.getStreamIdentifier()))[Number(wanted.getRevision())];
    return after ? log.indexAt(after.position) + 1 : log.records.length;
  }

  async run(): Promise<void> {
    const { call, log } = this;
    const confirmation = new ReadResp.SubscriptionConfirmation();
    confirmation.setSubscriptionId(randomUUID());
    const response = new ReadResp();
    response.setConfirmation(confirmation);
    await write(call, response);
    while (!call.cancelled) {
      while (this.next < log.records.length && !call.cancelled) await this.page();
      await this.sendCheckpoint();
      await this.caughtUp();
      if (await this.live()) return;
    }
  }

  private async page(): Promise<void> {
    const end = Math.min(this.next + pageSize, this.log.records.length);
    while (this.next < end) await this.send(this.log.records[this.next++]!);
    if (this.considered >= this.interval) await this.sendCheckpoint();
  }

  /** @returns true when it is over, false when it has fallen behind */
  private async live(): Promise<boolean> {
    const { call, log } = this;
    for (;;) {
      if (log.records.length === this.next) {
        const happened = await firstOf(
          [log.changes, 'written'],
          [log.changes, 'fallBehind'],
          [call, 'cancelled'],
          [call, 'close'],
        );
        if (happened === 'fallBehind') return false;
        if (happened !== 'written') return true;
      }
      if (call.cancelled) return true;
      if (log.records.length - this.next > pageSize) return false;
      while (this.next < log.records.length) {
        await this.send(this.log.records[this.next++]!);
        if (this.considered >= this.interval) await this.sendCheckpoint();
      }
      const stream = this.options.hasStream() ? nameOf(this.options.getStream()!.getStreamIdentifier()) : undefined;
      if (stream !== undefined && log.isTombstoned(stream)) throw streamDeleted(stream);
    }
  }

  private async send(event: Stored): Promise<void> {
    this.considered += 1;
    this.last = event;
    if (this.passes(event)) await write(this.call, eventResponse(event));
  }

  private async sendCheckpoint(): Promise<void> {
    this.considered = 0;
    if (this.interval === Infinity || !this.last || this.last.position <= this.checkpoint) return;
    this.checkpoint = this.last.position;
    const checkpoint = new ReadResp.Checkpoint();
    checkpoint.setCommitPosition(String(this.checkpoint));
    checkpoint.setPreparePosition(String(this.checkpoint));
    const response = new ReadResp();
    response.setCheckpoint(checkpoint);
    await write(this.call, response);
  }

  private async caughtUp(): Promise<void> {
    const caught = new ReadResp.CaughtUp();
    caught.setTimestamp(Timestamp.fromDate(new Date()));
    if (this.last && this.options.hasAll()) caught.setPosition(positionOf(this.last.position));
    if (this.last && this.options.hasStream()) caught.setStreamRevision(String(this.last.revision));
    const response = new ReadResp();
    response.setCaughtUp(caught);
    await write(this.call, response);
  }
}

/** `Streams.Read`: streams and `$all`, pages and subscriptions. */
export const readHandler =
  (log: DoubleLog) =>
  (call: Call): void => {
    const answer = async () => {
      const options = call.request.getOptions();
      if (!options?.hasUuidOption()) throw refusal(status.INVALID_ARGUMENT, 'The UUID option is required');
      if (options.hasSubscription()) await new Subscription(log, call, options).run();
      else await answerRead(log, call, options);
    };
    answer().catch((error: unknown) => call.emit('error', error));
  };
