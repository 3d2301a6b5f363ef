import type { FeedRecord } from './record.js';

/** One session with the broker: what is sent in it arrives in order and once, as long as no `send` fails. */
export interface FeedProducer {
  /**
   * @returns once every in-sync replica has the records
   * @throws when that is not known; the session is over then, and the caller begins anew from its checkpoint
   */
  send(records: readonly FeedRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface TopicWanted {
  readonly topic: string;
  readonly partitions: number;
  /** Names and values as the broker knows them, such as `cleanup.policy`. */
  readonly config: Readonly<Record<string, string>>;
}

/** What the feed needs of a broker. */
export interface FeedBroker {
  producer(): Promise<FeedProducer>;
  /**
   * Makes what is missing; what is there already is left as it is.
   * @returns the topics that were made
   */
  makeTopics(wanted: readonly TopicWanted[]): Promise<readonly string[]>;
  /**
   * @throws TopicsUnfit with one sentence per fault when a topic is missing, has another number of partitions or another configuration
   */
  verifyTopics(wanted: readonly TopicWanted[]): Promise<void>;
}

/** The broker, or a topic, is not what the feed needs. A sentence for the person who runs the system, in both languages. */
export class TopicsUnfit extends Error {
  constructor(readonly faults: readonly { readonly zh: string; readonly en: string }[]) {
    super(faults.map(({ en }) => en).join('\n'));
  }

  in(language: 'zh' | 'en'): string {
    return this.faults.map(words => words[language]).join('\n');
  }
}
