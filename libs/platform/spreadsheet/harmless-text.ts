/** What stands before a text that a spreadsheet could take for a formula; on the way back in it is taken off again. */
const guard = "'";

/** Signs that begin a formula, as they are and in full width; `|` and `%` begin one in older programs. */
const startsFormula = /^[=+\-@|%＝＋－＠｜％]/;

/** Seen or not, what may stand before such a sign: blanks of every kind, ends of lines, and signs without a width. */
const before = /^[\s\p{Cf}\p{Zs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]+/u;

/** Control characters, and halves of characters: no file of this kind can hold them. Tab and ends of lines become blanks. */
const unprintable = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** Excel takes no more in one cell. */
const longest = 32_000;

/**
 * A text as it may stand in a cell of a spreadsheet: it stays a text also when somebody saves the sheet as CSV, edits the cell or
 * pastes it elsewhere.
 */
export function harmless(text: string): string {
  const printable = text.replaceAll(/[\t\r\n\v\f\u0085]/g, ' ').replaceAll(unprintable, '');
  const shown = printable.length > longest ? `${printable.slice(0, longest)}…` : printable;
  return startsFormula.test(shown.replace(before, '')) || shown.startsWith(guard) ? `${guard}${shown}` : shown;
}

/** The text that `harmless` made harmless, blanks and signs without a width taken off its ends. */
export const asWritten = (cell: string): string =>
  (/^'(?=['\s\p{Cf}\u115f\u1160\u3164\uffa0]*[=+\-@|%＝＋－＠｜％])|^'(?=')/u.test(cell) ? cell.slice(1) : cell).replaceAll(
    /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu,
    '',
  );
