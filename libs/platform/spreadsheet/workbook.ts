import { createRequire } from 'node:module';
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { harmless } from './harmless-text.js';

/** What a column holds: text is never read as a number or a formula; a date is `YYYY-MM-DD`. */
export type CellKind = 'text' | 'number' | 'date';
export type Cell = string | number | null;

export interface SheetColumn {
  readonly heading: string;
  readonly kind: CellKind;
  /** In characters. */
  readonly width: number;
}

export interface Workbook {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Rows in order, some at a time. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>;
  /** Asked for once all rows are known: a second sheet of two columns, what and its value. */
  readonly about: () => { readonly name: string; readonly lines: readonly (readonly [string, string])[] };
}

/** What the thread runs. It is handed over as text, because the programs run as ES modules and the tests do not. */
const thread = `
  const { parentPort, workerData: { writer, name, columns } } = require('node:worker_threads');
  const write = require(writer).default ?? require(writer);
  const cells = {
    text: value => ({ value, type: String, format: '@' }),
    number: value => ({ value, type: Number }),
    date: value => ({ value: new Date(value + 'T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' }),
  };
  const head = text => ({ value: text, type: String, fontWeight: 'bold', backgroundColor: '#EEF2F6', wrap: true, alignVertical: 'center' });
  const rows = [columns.map(({ heading }) => head(heading))];
  parentPort.on('message', async ({ more, about }) => {
    if (more) {
      for (const row of more) rows.push(row.map((value, nth) => (value === null || value === '' ? null : cells[columns[nth].kind](value))));
      parentPort.postMessage({ taken: more.length });
      return;
    }
    const lines = about.lines.map(([what, value]) => [head(what), { ...cells.text(value), wrap: true }]);
    const file = await write([
      { data: rows, sheet: name, columns: columns.map(({ width }) => ({ width })), stickyRowsCount: 1 },
      { data: lines, sheet: about.name, columns: [{ width: 18 }, { width: 70 }] },
    ], { fontFamily: 'Calibri', fontSize: 11 }).toBuffer();
    const bytes = new Uint8Array(file);
    parentPort.postMessage({ bytes }, [bytes.buffer]);
  });
`;

/** Neither import.meta nor __filename exists in both the programs and the tests; the script that Node was started with does. */
function writerModule(): string {
  const script = process.argv[1] === undefined ? undefined : resolve(process.argv[1]);
  const start = script !== undefined && existsSync(script) ? realpathSync(script) : resolve('here');
  return createRequire(start).resolve('write-excel-file/node');
}

type Said = { readonly taken: number } | { readonly bytes: Uint8Array };

/** The thread has failed, for want of memory as a rule. */
export class WorkbookFailed extends Error {}

/**
 * Makes a file of Excel in a thread of its own, so that the event loop goes on meanwhile. No more rows are asked for while the thread
 * has not taken those before. Text cells are made harmless.
 * @returns the bytes of the .xlsx file
 * @throws WorkbookFailed, what `rows` throws, or the signal's reason once it is aborted
 */
export async function workbookOf({ name, columns, rows, about }: Workbook, signal: AbortSignal): Promise<Buffer> {
  const headings = columns.map(column => ({ ...column, heading: harmless(column.heading) }));
  const worker = new Worker(thread, {
    eval: true,
    workerData: { writer: writerModule(), name, columns: headings },
    resourceLimits: { maxOldGenerationSizeMb: 768 },
    // Nothing that the thread prints belongs to the program's output.
    stdout: true,
    stderr: true,
  });
  const ended = new Promise<never>((_, failed) => {
    worker.once('error', error => failed(new WorkbookFailed(error.message, { cause: error })));
    worker.once('exit', code => failed(new WorkbookFailed(`the thread ended with ${code}`)));
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
  });
  // It is awaited together with every answer; between two of them nobody listens.
  ended.catch(() => undefined);
  const said = () => Promise.race([ended, new Promise<Said>(heard => worker.once('message', heard))]);

  try {
    for await (const more of rows) {
      signal.throwIfAborted();
      const taken = said();
      worker.postMessage({ more: more.map(row => row.map(cell => (typeof cell === 'string' ? harmless(cell) : cell))) });
      await taken;
    }
    signal.throwIfAborted();
    const { name: aboutName, lines } = about();
    const done = said();
    worker.postMessage({ about: { name: aboutName, lines: lines.map(line => line.map(harmless)) } });
    const answer = await done;
    if (!('bytes' in answer)) throw new WorkbookFailed('the thread answered something else than a file');
    return Buffer.from(answer.bytes);
  } finally {
    await worker.terminate();
  }
}
