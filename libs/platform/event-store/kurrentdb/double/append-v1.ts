import {
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import { Any } from 'google-protobuf/google/protobuf/any_pb.js';
import { Empty as WellKnownEmpty } from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Code } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb.js';
import {
  Empty,
  StreamDeleted,
  Timeout,
  type UUID,
  WrongExpectedVersion,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import {
  type AppendReq,
  AppendResp,
  type BatchAppendReq,
  BatchAppendResp,
  type DeleteReq,
  DeleteResp,
  type TombstoneReq,
  TombstoneResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Answer } from './append-records.js';
import { checkCommit } from './check-commit.js';
import { any, type DoubleLog, noStream, type Proposed, streamExists, tombstoned } from './double-log.js';
import { refusal, type Serializable, streamDeleted, wrongExpectedVersion } from './status.js';

type Outcome =
  | { readonly is: 'written'; readonly revision: number; readonly position: number }
  | { readonly is: 'deleted' }
  | { readonly is: 'wrong'; readonly current: number };

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const nameOf = (identifier: { getStreamName_asU8(): Uint8Array } | undefined) =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

function idOf(id: UUID | undefined): string {
  if (!id?.hasStructured()) return id?.getString() ?? '';
  const bits = (value: string) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const hex = bits(id.getStructured()!.getMostSignificantBits()) + bits(id.getStructured()!.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function proposedOf(stream: string, message: ProposedMessage): Proposed {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  if (!type || !contentType)
    throw refusal(status.INVALID_ARGUMENT, 'Required Metadata Property Missing', {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  const isJson = contentType === 'application/json';
  return {
    id: idOf(message.getId()),
    stream,
    type,
    isJson,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function append(log: DoubleLog, stream: string, expected: number, events: readonly Proposed[]): Outcome {
  const verdict = checkCommit(
    log,
    stream,
    expected,
    events.map(({ id }) => id),
  );
  if (verdict.is === 'failed')
    return verdict.actual === tombstoned ? { is: 'deleted' } : { is: 'wrong', current: log.lastRevision(stream) };
  if (verdict.is === 'idempotent') return { is: 'written', ...verdict.last };
  return { is: 'written', ...log.append(events) };
}

interface Expecting {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

function expectedOf(options: Expecting, revision: string | undefined): number {
  if (revision !== undefined) return Number(revision);
  if (options.hasNoStream()) return noStream;
  if (options.hasAny()) return any;
  if (options.hasStreamExists()) return streamExists;
  throw refusal(status.INVALID_ARGUMENT, 'Expected stream revision is required');
}

function appendResponse(stream: string, expected: number, outcome: Outcome): AppendResp {
  if (outcome.is === 'deleted') throw streamDeleted(stream);
  const response = new AppendResp();
  if (outcome.is === 'written') {
    const success = new AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    const position = new AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
    response.setSuccess(success);
    return response;
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === any) wrong.setExpectedAny(new Empty());
  else if (expected === streamExists) wrong.setExpectedStreamExists(new Empty());
  else if (expected === noStream) wrong.setExpectedNoStream(new Empty());
  else wrong.setExpectedRevision(String(expected));
  response.setWrongExpectedVersion(wrong);
  return response;
}

/** `Streams.Append`: one call for each append. */
export const appendHandler =
  (log: DoubleLog, answer: Answer) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): void => {
    const requests: AppendReq[] = [];
    call.on('data', (request: AppendReq) => requests.push(request));
    call.on('end', () =>
      answer(() => {
        const options = requests[0]?.getOptions();
        if (!options) throw refusal(status.INVALID_ARGUMENT, 'Options come first');
        const stream = nameOf(options.getStreamIdentifier());
        const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
        const events = requests.slice(1).map(request => proposedOf(stream, request.getProposedMessage()!));
        return appendResponse(stream, expected, append(log, stream, expected, events));
      }, callback),
    );
  };

function failure(code: number, message: string, typeName: string, details: Serializable): Status {
  const error = new Status();
  error.setCode(code as Code);
  error.setMessage(message);
  const packed = new Any();
  packed.pack(details.serializeBinary(), typeName);
  error.setDetails(packed);
  return error;
}

function wrongVersion(expected: number, current: number): Status {
  const wrong = new WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new WellKnownEmpty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === any) wrong.setExpectedAny(new WellKnownEmpty());
  else if (expected === streamExists) wrong.setExpectedStreamExists(new WellKnownEmpty());
  else if (expected === noStream) wrong.setExpectedNoStream(new WellKnownEmpty());
  else wrong.setExpectedStreamPosition(String(expected));
  return failure(status.FAILED_PRECONDITION, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', wrong);
}

function batchResponse(log: DoubleLog, chunks: readonly BatchAppendReq[]): BatchAppendResp {
  const options = chunks.find(chunk => chunk.hasOptions())?.getOptions();
  if (!options) throw refusal(status.INVALID_ARGUMENT, 'Options come first');
  const stream = nameOf(options.getStreamIdentifier());
  const response = new BatchAppendResp();
  response.setCorrelationId(chunks[0]!.getCorrelationId());
  response.setStreamIdentifier(options.getStreamIdentifier());
  if (options.hasDeadline21100() && options.getDeadline21100()!.toDate().getTime() <= Date.now()) {
    response.setError(failure(status.DEADLINE_EXCEEDED, 'Timeout', 'event_store.client.Timeout', new Timeout()));
    return response;
  }
  const expected = expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined);
  const events = chunks.flatMap(chunk => chunk.getProposedMessagesList()).map(message => proposedOf(stream, message));
  const outcome = append(log, stream, expected, events);
  if (outcome.is === 'wrong') response.setError(wrongVersion(expected, outcome.current));
  else if (outcome.is === 'deleted')
    response.setError(
      failure(status.FAILED_PRECONDITION, 'StreamDeleted', 'event_store.client.StreamDeleted', new StreamDeleted()),
    );
  else {
    const success = appendResponse(stream, expected, outcome).getSuccess()!;
    const batched = BatchAppendResp.Success.deserializeBinary(success.serializeBinary());
    response.setSuccess(batched);
  }
  return response;
}

/** `Streams.BatchAppend`: one long call for all appends, answered by correlation id. */
export const batchAppendHandler =
  (log: DoubleLog, answer: Answer) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const chunks = new Map<string, BatchAppendReq[]>();
    call.on('data', (request: BatchAppendReq) => {
      const id = idOf(request.getCorrelationId());
      const own = [...(chunks.get(id) ?? []), request];
      chunks.set(id, own);
      if (!request.getIsFinal()) return;
      chunks.delete(id);
      answer<BatchAppendResp>(
        () => batchResponse(log, own),
        (error, response) => (response ? call.write(response) : call.emit('error', error)),
      );
    });
    call.on('end', () => call.end());
  };

interface Removal {
  hasRevision(): boolean;
  getRevision(): string;
}

function removable(log: DoubleLog, options: (Expecting & Removal) | undefined, stream: string): void {
  if (!options) throw refusal(status.INVALID_ARGUMENT, 'Options are required');
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
  if (log.isTombstoned(stream)) throw streamDeleted(stream);
  const verdict = checkCommit(log, stream, expected, []);
  if (verdict.is === 'failed') throw wrongExpectedVersion(stream, expected, log.lastRevision(stream));
}

export const deleteHandler =
  (log: DoubleLog, answer: Answer) =>
  (call: ServerUnaryCall<DeleteReq, DeleteResp>, callback: sendUnaryData<DeleteResp>): void =>
    answer(() => {
      const options = call.request.getOptions();
      const stream = nameOf(options?.getStreamIdentifier());
      removable(log, options, stream);
      log.softDelete(stream);
      return new DeleteResp();
    }, callback);

export const tombstoneHandler =
  (log: DoubleLog, answer: Answer) =>
  (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, callback: sendUnaryData<TombstoneResp>): void =>
    answer(() => {
      const options = call.request.getOptions();
      const stream = nameOf(options?.getStreamIdentifier());
      removable(log, options, stream);
      log.tombstone(stream);
      return new TombstoneResp();
    }, callback);
