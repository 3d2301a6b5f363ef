import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { join, resolve } from 'node:path';

/** What was done and seen in a run, line by line, for whoever must find out why it failed. */
export class History {
  readonly path: string;
  private readonly file: WriteStream;

  constructor(name: string) {
    const folder = resolve('.yizhan/chaos');
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, '')}-${name}.jsonl`);
    this.file = createWriteStream(this.path);
  }

  write(what: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.file.write(`${JSON.stringify({ at: new Date().toISOString(), what, ...more })}\n`);
  }

  async close(): Promise<void> {
    this.file.end();
    await finished(this.file);
  }
}
