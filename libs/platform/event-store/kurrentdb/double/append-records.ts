import { type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { Value } from 'google-protobuf/google/protobuf/struct_pb.js';
import {
  AppendConsistencyViolationErrorDetails,
  AppendRecordSizeExceededErrorDetails,
  ConsistencyViolation,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/errors_pb.js';
import {
  type AppendRecord,
  type AppendRecordsRequest,
  AppendRecordsResponse,
  SchemaFormat,
  StreamRevision,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js';
import { checkCommit } from './check-commit.js';
import { any, type DoubleLog, noStream, type Proposed, softDeleted, streamExists, tombstoned } from './double-log.js';
import { rpcError } from './status.js';

const largestRecord = 16 * 1024 * 1024;
const typeName = /^[\p{L}\p{N}_.$:-]+$/u;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const errors = 'kurrentdb.protocol.v2.streams.errors';

const badRequest = (message: string) => rpcError(status.INVALID_ARGUMENT, 'BAD_REQUEST', `The request is invalid: ${message}`);

/** `$schema.…` is added by the server when it makes metadata of the properties. */
function metadataOf(record: AppendRecord, type: string): Uint8Array {
  const properties: Record<string, string> = {};
  record.getPropertiesMap().forEach((value: Value, name: string) => (properties[name] = value.getStringValue()));
  return Buffer.from(JSON.stringify({ ...properties, '$schema.name': type, '$schema.format': 'Json' }));
}

function proposedOf(record: AppendRecord): Proposed {
  const type = record.getSchema()?.getName() ?? '';
  const id = record.getRecordId() ?? '';
  if (record.getStream() === '' || record.getStream() === '$$') throw badRequest('Stream must not be empty.');
  if (!uuid.test(id)) throw badRequest('Record ID must be a valid and non-empty UUID.');
  if (!typeName.test(type) || type !== type.normalize('NFC')) throw badRequest(`Schema name ${type}`);
  for (const name of record.getPropertiesMap().keys()) if (name === '') throw badRequest('Property keys must not be empty.');
  const data = record.getData_asU8();
  const metadata = metadataOf(record, type);
  if (data.length + metadata.length + type.length > largestRecord) {
    const details = new AppendRecordSizeExceededErrorDetails();
    details.setStream(record.getStream());
    details.setRecordId(id);
    details.setSize(data.length + metadata.length);
    details.setMaxSize(largestRecord);
    throw rpcError(status.INVALID_ARGUMENT, 'APPEND_RECORD_SIZE_EXCEEDED', `The size of record ${id} exceeds the maximum`, [
      `${errors}.AppendRecordSizeExceededErrorDetails`,
      details,
    ]);
  }
  const isJson = record.getSchema()?.getFormat() === SchemaFormat.SCHEMA_FORMAT_JSON;
  return { id, stream: record.getStream(), type, isJson, data, metadata };
}

/** The order is that of the request's checks, then of written streams that no check names; names differ by more than case. */
function expectationsOf(request: AppendRecordsRequest, events: readonly Proposed[]) {
  const expected = new Map<string, { readonly stream: string; readonly state: number }>();
  for (const check of request.getChecksList()) {
    const state = check.getStreamState();
    if (!state) throw badRequest('Each consistency check must specify a type.');
    const value = Number(state.getExpectedState());
    if (value < 0 && ![noStream, streamExists, softDeleted, tombstoned].includes(value))
      throw badRequest('Expected state must be positive or one of the allowed constants');
    const key = state.getStream().toLowerCase();
    if (expected.has(key)) throw badRequest('Each stream can only appear once in consistency checks.');
    expected.set(key, { stream: state.getStream(), state: value });
  }
  for (const { stream } of events) {
    const key = stream.toLowerCase();
    if (!expected.has(key)) expected.set(key, { stream, state: any });
  }
  return expected;
}

function violated(failures: readonly { index: number; stream: string; expected: number; actual: number }[]) {
  const details = new AppendConsistencyViolationErrorDetails();
  details.setViolationsList(
    failures.map(({ index, stream, expected, actual }) => {
      const state = new ConsistencyViolation.StreamStateViolation();
      state.setStream(stream);
      state.setExpectedState(String(expected));
      state.setActualState(String(actual));
      const violation = new ConsistencyViolation();
      violation.setCheckIndex(index);
      violation.setStreamState(state);
      return violation;
    }),
  );
  return rpcError(status.FAILED_PRECONDITION, 'APPEND_CONSISTENCY_VIOLATION', 'Append failed due to consistency violations.', [
    `${errors}.AppendConsistencyViolationErrorDetails`,
    details,
  ]);
}

/** `StreamsService.AppendRecords` of version 2: everything that the request says holds and is written, or nothing is. */
export function appendRecords(log: DoubleLog, request: AppendRecordsRequest): AppendRecordsResponse {
  const events = request.getRecordsList().map(proposedOf);
  if (events.length === 0) throw badRequest('Append records request must contain at least one record.');
  const expected = expectationsOf(request, events);
  const checked = [...expected].map(([key, { stream, state }], index) => {
    const own = events.filter(event => event.stream.toLowerCase() === key);
    return {
      index,
      stream,
      state,
      own,
      verdict: checkCommit(
        log,
        stream,
        state,
        own.map(({ id }) => id),
      ),
    };
  });
  const written = checked.filter(({ own }) => own.length > 0);
  const idempotent = checked.flatMap(({ verdict }) => (verdict.is === 'idempotent' ? [verdict.last] : []));
  const response = new AppendRecordsResponse();
  const revised = (stream: string, revision: number) => {
    const entry = new StreamRevision();
    entry.setStream(stream);
    entry.setRevision(String(revision));
    response.addRevisions(entry);
  };
  if (idempotent.length === written.length) {
    // A repetition: whatever has become of the streams that were only checked.
    for (const { stream, revision } of idempotent) revised(stream, revision);
    response.setPosition(String(Math.max(...idempotent.map(({ position }) => position))));
    return response;
  }
  const failures = checked.flatMap(({ index, stream, state, verdict }) =>
    verdict.is === 'ok'
      ? []
      : [{ index, stream, expected: state, actual: verdict.is === 'failed' ? verdict.actual : log.lastRevision(stream) }],
  );
  if (failures.length > 0) throw violated(failures);
  const last = log.append(events);
  for (const { stream } of written) revised(stream, log.lastRevision(stream));
  response.setPosition(String(last.position));
  return response;
}

export type Answer = <T>(answer: () => T, callback: sendUnaryData<T>) => void;

export const appendRecordsHandler =
  (log: DoubleLog, answer: Answer) =>
  (call: ServerUnaryCall<AppendRecordsRequest, AppendRecordsResponse>, callback: sendUnaryData<AppendRecordsResponse>) =>
    answer(() => appendRecords(log, call.request), callback);
