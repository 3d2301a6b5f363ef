import { readSheet } from 'read-excel-file/universal';
import { mostBytes, TooMuchInside } from './zip-at-once.ts';

/** Of all cells; the same text may stand in many of them, and is copied into each on its way out of the thread. */
const mostText = mostBytes;

/**
 * The first sheet of a file of Excel.
 * @throws TooMuchInside, and what the libraries throw when it is no such file
 */
export async function firstSheetOf(file: ArrayBuffer): Promise<readonly (readonly unknown[])[]> {
  const rows = await readSheet(file);
  let text = 0;
  for (const row of rows) for (const cell of row) if (typeof cell === 'string') text += cell.length;
  if (text > mostText) throw new TooMuchInside();
  return rows;
}
