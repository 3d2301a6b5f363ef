import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { Any } from 'google-protobuf/google/protobuf/any_pb.js';
import type { Code } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb.js';
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';

type Trailers = Readonly<Record<string, string>>;

/** An error as version 1 of the protocol tells it: a status, and what it was in trailers. */
export function refusal(code: status, details: string, trailers: Trailers = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const streamDeleted = (stream: string) =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (stream: string, expected: number, actual: number) =>
  refusal(status.FAILED_PRECONDITION, `Append failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual),
  });

export interface Serializable {
  serializeBinary(): Uint8Array;
}

const packed = (typeName: string, value: Uint8Array): Any => {
  const any = new Any();
  any.pack(value, typeName);
  return any;
};

/** `{ reason = 1, domain = 2 }` of google.rpc.ErrorInfo, which is not among the generated classes. */
function errorInfo(reason: string, domain: string): Uint8Array {
  return Buffer.concat(
    [reason, domain].map((text, nth) =>
      Buffer.concat([Buffer.from([((nth + 1) << 3) | 2, Buffer.byteLength(text)]), Buffer.from(text)]),
    ),
  );
}

/** An error as version 2 tells it: google.rpc.Status in a trailer, with the kind of error and then what there is to say of it. */
export function rpcError(code: status, reason: string, message: string, details?: readonly [typeName: string, Serializable]) {
  const head = new Status();
  head.setCode(Number(code) as Code);
  head.setMessage(message);
  head.setDetails(packed('google.rpc.ErrorInfo', errorInfo(reason, 'kurrentdb')));
  const rest = new Status();
  if (details) rest.setDetails(packed(details[0], details[1].serializeBinary()));
  const error = refusal(code, message);
  // The generated class knows one detail where there are several; one message behind the other is one with both.
  error.metadata.set('grpc-status-details-bin', Buffer.concat([head.serializeBinary(), rest.serializeBinary()]));
  return error;
}
