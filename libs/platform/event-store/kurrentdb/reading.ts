import { convertToCommandError, type KurrentDBClient } from '@kurrent/kurrentdb-client';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import requests from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { ReadEvent } from './wire.js';

/** Where to begin in `$all`: a position that an event has, or one of the ends. */
export type From = { readonly position: string } | 'start' | 'end';

export interface AllReading {
  readonly from: From;
  /** Forwards from the event at that position, backwards from the one before it. */
  readonly backwards: boolean;
  /** Events at most. */
  readonly count: number;
  /** Which types of events the server lets through; all when left out. */
  readonly types?: RegExp | undefined;
}

const ticksPerMillisecond = 10_000n;

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}

function readEvent(response: ReadResp): ReadEvent | undefined {
  const event = response.getEvent()?.getEvent();
  if (!event) return undefined;
  const about = event.getMetadataMap();
  return {
    id: event.getId()?.getString() ?? '',
    streamId: textOf(event.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()),
    type: about.get('type') ?? '',
    revision: event.getStreamRevision(),
    created: Number(BigInt(about.get('created') ?? 0) / ticksPerMillisecond),
    data: json(event.getData_asU8()),
    metadata: json(event.getCustomMetadata_asU8()),
    position: event.getCommitPosition(),
  };
}

function optionsOf(backwards: boolean, count: number): ReadReq.Options {
  const uuid = new requests.ReadReq.Options.UUIDOption();
  uuid.setString(new shared.Empty());
  const options = new requests.ReadReq.Options();
  options.setUuidOption(uuid);
  options.setResolveLinks(false);
  const { BACKWARDS, FORWARDS } = requests.ReadReq.Options.ReadDirection;
  options.setReadDirection(backwards ? BACKWARDS : FORWARDS);
  // 64 bits are text to the generated code: a number would be written as 0.
  options.setCount(String(count));
  return options;
}

function optionsOfAll({ from, backwards, count, types }: AllReading): ReadReq.Options {
  const options = optionsOf(backwards, count);
  const all = new requests.ReadReq.Options.AllOptions();
  if (from === 'start') all.setStart(new shared.Empty());
  else if (from === 'end') all.setEnd(new shared.Empty());
  else {
    const position = new requests.ReadReq.Options.Position();
    position.setCommitPosition(from.position);
    position.setPreparePosition(from.position);
    all.setPosition(position);
  }
  options.setAll(all);
  if (!types) {
    options.setNoFilter(new shared.Empty());
    return options;
  }
  const expression = new requests.ReadReq.Options.FilterOptions.Expression();
  expression.setRegex(types.source);
  const filter = new requests.ReadReq.Options.FilterOptions();
  filter.setEventType(expression);
  filter.setCount(new shared.Empty());
  filter.setCheckpointintervalmultiplier(1);
  options.setFilter(filter);
  return options;
}

function optionsOfStream(stream: string, from: number): ReadReq.Options {
  const options = optionsOf(false, Number.MAX_SAFE_INTEGER);
  const named = new shared.StreamIdentifier();
  named.setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
  const wanted = new requests.ReadReq.Options.StreamOptions();
  wanted.setStreamIdentifier(named);
  if (from === 0) wanted.setStart(new shared.Empty());
  else wanted.setRevision(String(from));
  options.setStream(wanted);
  options.setNoFilter(new shared.Empty());
  return options;
}

/**
 * Reads through the channel of the client, with its credentials and deadline, but not through its `readAll` and `readStream`: those of
 * 1.3.1 go by way of a native bridge that tells the time of an event to the second only, and cannot be called off.
 */
function carryOut(client: KurrentDBClient, options: ReadReq.Options, deadline: number): Promise<readonly ReadEvent[]> {
  const request = new requests.ReadReq();
  request.setOptions(options);
  return client['execute'](
    streams.StreamsClient,
    'read',
    grpc =>
      new Promise<readonly ReadEvent[]>((resolve, reject) => {
        const events: ReadEvent[] = [];
        grpc
          .read(request, ...client['callArguments']({ requiresLeader: true, deadline }))
          .on('data', (response: ReadResp) => {
            const event = readEvent(response);
            if (event) events.push(event);
          })
          .on('error', error => reject(convertToCommandError(error)))
          .on('end', () => resolve(events));
      }),
  );
}

/**
 * @param deadline milliseconds
 * @returns the events of a stream from a revision on, in order; none when it does not exist or ends before
 */
export const readStream = (client: KurrentDBClient, stream: string, from: number, deadline: number) =>
  carryOut(client, optionsOfStream(stream, from), deadline);

/**
 * @param deadline milliseconds
 * @returns events of `$all`, in the order in which they were asked for
 */
export const readAll = (client: KurrentDBClient, wanted: AllReading, deadline: number) =>
  carryOut(client, optionsOfAll(wanted), deadline);
