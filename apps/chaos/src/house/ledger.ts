import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import type { Account } from './town.js';

export type Outcome = 'ok' | 'fail' | 'unknown';

/** A line of what the writers of a run did and heard, each on the disk before anybody acts on it. */
export type Entry =
  | {
      readonly entry: 'sent';
      readonly deed: number;
      readonly command: string;
      readonly account: Account;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly key: string;
      readonly to: string;
    }
  | { readonly entry: 'answered'; readonly deed: number; readonly key: string; readonly status: number; readonly code?: string }
  /** No answer came: it was carried out or it was not. */
  | { readonly entry: 'lost'; readonly deed: number; readonly key: string; readonly why: string }
  /** @param to the receipt of a command that was sent once more */
  | { readonly entry: 'receipt'; readonly deed: number; readonly key: string; readonly receipt: Receipt }
  /** The same key with another body. */
  | { readonly entry: 'otherwise'; readonly deed: number; readonly status: number; readonly code?: string }
  | { readonly entry: 'over'; readonly deed: number; readonly outcome: Outcome };

/** The writers' own history, on the disk: many who write at once share a sync. */
export class Ledger {
  private waiting: string[] = [];
  private syncing: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<Ledger> {
    return new Ledger(await open(path, 'wx'));
  }

  /** @returns when it is on the disk */
  async write(entry: Entry): Promise<void> {
    this.waiting.push(JSON.stringify(entry));
    // What is being synced now may not hold it.
    if (this.syncing) await this.syncing;
    this.syncing ??= this.sync().finally(() => (this.syncing = undefined));
    await this.syncing;
  }

  private async sync(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      this.waiting = [];
      await this.file.appendFile(`${lines.join('\n')}\n`);
      await this.file.datasync();
    }
  }

  async close(): Promise<void> {
    await this.syncing;
    await this.file.close();
  }
}

export async function* entriesOf(path: string): AsyncGenerator<Entry> {
  for await (const line of createInterface({ input: createReadStream(path) })) if (line !== '') yield JSON.parse(line) as Entry;
}
