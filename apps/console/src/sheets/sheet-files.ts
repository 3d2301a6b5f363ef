import type { PlainSheet } from './sheet-book.ts';
import type { Answered, Asked } from './sheet.thread.ts';

const largestFile = 5_000_000;
/** Longer than a file of 5,000 rows takes on a slow machine; what takes longer was made to take long. */
const patience = 30_000;

/** Why a file cannot be used: `too-large`, `unreadable`, `too-slow`. */
export class UnusableFile extends Error {
  constructor(readonly reason: 'too-large' | 'unreadable' | 'too-slow') {
    super(reason);
  }
}

/** @throws UnusableFile */
async function ask(asked: Asked): Promise<Exclude<Answered, { failed: unknown }>> {
  const thread = new Worker(new URL('./sheet.thread.ts', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<Answered>((done, failed) => {
      const late = setTimeout(() => failed(new UnusableFile('too-slow')), patience);
      thread.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
        clearTimeout(late);
        done(data);
      });
      thread.addEventListener('error', () => {
        clearTimeout(late);
        failed(new UnusableFile('unreadable'));
      });
      thread.postMessage(asked);
    });
    if ('failed' in answer) throw new UnusableFile(answer.failed);
    return answer;
  } finally {
    thread.terminate();
  }
}

/** The first sheet of a file of Excel, read in a thread of its own. @throws UnusableFile */
export async function rowsOf(file: Blob): Promise<readonly (readonly unknown[])[]> {
  if (file.size > largestFile) throw new UnusableFile('too-large');
  const answer = await ask({ read: await file.arrayBuffer() });
  return 'rows' in answer ? answer.rows : [];
}

/** Text as it is pasted from a sheet: a line for each row, tabs between the cells. */
export const rowsOfText = (text: string): readonly (readonly string[])[] =>
  text.split(/\r\n|\r|\n/).map(line => line.split('\t'));

/** A file of Excel in which every cell is harmless text. */
export async function fileOf(sheets: readonly PlainSheet[]): Promise<Blob> {
  const answer = await ask({ write: sheets });
  if (!('file' in answer)) throw new UnusableFile('unreadable');
  return answer.file;
}

/** Hands a file to the person. */
export function handOver(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
