import { firstSheetOf } from './first-sheet.ts';
import { writtenBook, type PlainSheet } from './sheet-book.ts';
import { TooMuchInside } from './zip-at-once.ts';

/** What the thread is asked: to read the first sheet of a file, or to write a file. */
export type Asked = { readonly read: ArrayBuffer } | { readonly write: readonly PlainSheet[] };

export type Answered =
  { readonly rows: readonly (readonly unknown[])[] } | { readonly file: Blob } | { readonly failed: 'too-large' | 'unreadable' };

async function answer(asked: Asked): Promise<Answered> {
  if ('write' in asked) return { file: await writtenBook(asked.write) };
  return { rows: await firstSheetOf(asked.read) };
}

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  answer(data).then(
    result => self.postMessage(result),
    (error: unknown) => {
      const failed = error instanceof TooMuchInside ? 'too-large' : 'unreadable';
      self.postMessage({ failed } satisfies Answered);
    },
  );
});
