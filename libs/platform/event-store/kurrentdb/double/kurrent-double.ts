import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, type ServiceError, status } from '@grpc/grpc-js';
import { ServerFeaturesService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import {
  SupportedMethod,
  SupportedMethods,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import type { Empty } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import { StreamsServiceService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js';
import { type Answer, appendRecordsHandler } from './append-records.js';
import { appendHandler, batchAppendHandler, deleteHandler, tombstoneHandler } from './append-v1.js';
import { DoubleLog } from './double-log.js';
import { Gate } from './gate.js';
import { readDefinition, readHandler } from './read-v1.js';
import { refusal } from './status.js';

export interface DoubleOptions {
  /** Below 26.1 there is no `appendRecords`. */
  readonly version?: string;
  /** False: the client sends one call for each append of version 1. */
  readonly batchAppend?: boolean;
}

/** What happens to the next answer to an append. */
class Mishaps {
  loses = false;
  failsWith: ServiceError | undefined;
  cut: () => void = () => undefined;

  constructor(private readonly log: DoubleLog) {}

  answer<T>(work: () => T, callback: sendUnaryData<T>): void {
    const { failsWith } = this;
    if (failsWith) {
      this.failsWith = undefined;
      callback(failsWith);
      return;
    }
    let answered: T;
    const before = this.log.records.length;
    try {
      answered = work();
    } catch (error) {
      callback(error as Parameters<typeof callback>[0]);
      return;
    }
    if (this.loses && this.log.records.length > before) {
      this.loses = false;
      this.cut();
      return;
    }
    callback(null, answered);
  }
}

/**
 * A server that speaks KurrentDB's protocol over a real socket and keeps everything in memory: for tests. What it does like a real one
 * and what it only assumes is written down in `docs/kurrentdb.md`. No scavenging, no cluster, no persistent subscriptions, no
 * projections, no access control.
 */
export class KurrentDouble {
  private constructor(
    readonly log: DoubleLog,
    readonly gate: Gate,
    private readonly server: Server,
    private readonly mishaps: Mishaps,
  ) {}

  static async start({ version = '26.1.1', batchAppend = true }: DoubleOptions = {}): Promise<KurrentDouble> {
    const log = new DoubleLog();
    const server = new Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
    const mishaps = new Mishaps(log);
    const answer: Answer = (work, callback) => mishaps.answer(work, callback);
    server.addService(
      { ...StreamsService, read: readDefinition },
      {
        read: readHandler(log),
        append: appendHandler(log, answer),
        batchAppend: batchAppendHandler(log, answer),
        delete: deleteHandler(log, answer),
        tombstone: tombstoneHandler(log, answer),
      },
    );
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const appendsRecords = major > 26 || (major === 26 && minor >= 1);
    if (appendsRecords) {
      server.addService(StreamsServiceService, {
        appendRecords: appendRecordsHandler(log, answer),
        appendSession: (_: unknown, callback: sendUnaryData<never>) =>
          callback(refusal(status.UNIMPLEMENTED, 'not in the double')),
      });
    }
    const methods: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
      ['event_store.client.streams.streams', 'read', 'position', 'events'],
      ['event_store.client.streams.streams', 'append'],
      ...(batchAppend ? ([['event_store.client.streams.streams', 'batchappend', 'deadline_duration']] as const) : []),
      ...(appendsRecords ? ([['kurrentdb.protocol.v2.streams.streamsservice', 'appendrecords']] as const) : []),
    ];
    server.addService(ServerFeaturesService, {
      getSupportedMethods(_: ServerUnaryCall<Empty, SupportedMethods>, callback: sendUnaryData<SupportedMethods>) {
        const supported = new SupportedMethods();
        supported.setEventStoreServerVersion(version);
        for (const [service, name, ...features] of methods) {
          const method = new SupportedMethod();
          method.setServiceName(service);
          method.setMethodName(name);
          method.setFeaturesList(features);
          supported.addMethods(method);
        }
        callback(null, supported);
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const gate = await Gate.before(port);
    mishaps.cut = () => gate.cut();
    return new KurrentDouble(log, gate, server, mishaps);
  }

  get url(): string {
    return `kurrentdb://${this.gate.address}?tls=false`;
  }

  /** The next append is written, and every connection ends before anybody is told. */
  loseNextAnswer(): void {
    this.mishaps.loses = true;
  }

  /** The next append is not carried out, with this error. */
  failNextAppend(error: ServiceError): void {
    this.mishaps.failsWith = error;
  }

  /** Every subscription leaves the present, catches up and says so again. */
  fallBehind(): void {
    this.log.changes.emit('fallBehind');
  }

  async stop(): Promise<void> {
    await this.gate.refuse();
    this.server.forceShutdown();
  }
}
