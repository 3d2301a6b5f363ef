export interface BrokerOptions {
  /** Kept, and gone on with at the next start. Without it: a temporary one, which `stop` removes. */
  readonly folder?: string;
  /** Without it, or 0: a free one. */
  readonly port?: number;
  /** Hears what takes long, in the person's language. */
  readonly say?: (sentence: string) => void;
  /** Further lines of server.properties. */
  readonly overrides?: Readonly<Record<string, string | number | boolean>>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** One Kafka 4.1.1 on 127.0.0.1. It ends with the process that started it, even when that one is ended by SIGKILL. */
export interface Broker {
  /** `127.0.0.1:<port>`, the same after `restart`. */
  readonly bootstrap: string;
  /** Of the Java process; undefined while none runs. */
  readonly pid: number | undefined;
  readonly folder: string;
  /** Fulfilled when the Java process that runs now has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Lets it end in order, and removes a temporary folder. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL; its folder stays, for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and ports, after `kill` or while it runs. */
  restart(): Promise<void>;
}

/**
 * Fulfilled when the broker answers.
 * @throws BrokerFault (its message is for the person at the terminal) without Java 17, without Maven where its files are still
 * missing, on a busy port, or when it does not start
 */
export function startBroker(options?: BrokerOptions): Promise<Broker>;
