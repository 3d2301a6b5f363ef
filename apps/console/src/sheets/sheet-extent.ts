/** Excel knows no more rows, and no column behind XFD. */
const mostRows = 1_048_576;
const mostColumns = 16_384;
/** The reader makes room for every cell up to the last one in each direction, filled or not: 5,000 rows of 800 columns. */
const mostCells = 4_000_000;

/** An address of a row or a cell, with what follows in its tag; nothing follows in one that holds nothing. */
const addresses =
  /(?<![\w.-])(?<!(?<![\w.:-])xmlns:)r\s*=\s*(?:"([^"]*)"|'([^']*)')((?:\s+(?!(?:[\w.-]*:)*r=)[\w:.-]+="[^"<>]*")*\s*\/>)?/g;
const wellWritten = /^([A-Z]{0,3})([1-9]\d{0,6})$/;

const columnOf = (letters: string) => [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);

export type Extent = 'usual' | 'too-large' | 'no-sheet';

/** Whether a sheet can be read without making room for a whole continent. A part that is no sheet is `usual`. */
export function extentOf(xml: string): Extent {
  if (/<!DOCTYPE/i.test(xml)) return 'no-sheet';
  if (!/<(?:[^\s<>:]+:)?sheetData/.test(xml)) return 'usual';
  let [lastRow, lastColumn] = [0, 0];
  for (const [, double, single, nothing] of xml.matchAll(addresses)) {
    const found = wellWritten.exec(double ?? single ?? '');
    if (!found) return 'no-sheet';
    const [row, column] = [Number(found[2]), columnOf(found[1]!)];
    if (row > mostRows || column > mostColumns) return 'no-sheet';
    if (nothing) continue;
    lastRow = Math.max(lastRow, row);
    lastColumn = Math.max(lastColumn, column);
  }
  // A row without an address stands below the one before.
  const rows = lastRow + (xml.match(/<(?:[^\s<>:]+:)?row(?![\w:.-])/g)?.length ?? 0);
  return rows > 2 * mostRows || rows * lastColumn > mostCells ? 'too-large' : 'usual';
}
