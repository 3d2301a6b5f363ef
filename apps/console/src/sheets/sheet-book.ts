import writeExcelFile from 'write-excel-file/universal';
import { harmless } from '@lib/platform/spreadsheet/harmless-text.js';
import { guides, type PlainColumn } from './guided-columns.ts';

export interface PlainSheet {
  readonly name: string;
  readonly columns: readonly PlainColumn[];
  /** The first row is the heading. Every cell is text. */
  readonly rows: readonly (readonly string[])[];
}

/** A file of Excel in which every cell is harmless text. */
export function writtenBook(sheets: readonly PlainSheet[]): Promise<Blob> {
  const data = sheets.map(({ name, columns, rows }) => ({
    sheet: name,
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    data: rows.map((row, nth) =>
      row.map(text =>
        text === '' ? null : { value: harmless(text), format: '@', ...(nth === 0 ? { fontWeight: 'bold' as const } : {}) },
      ),
    ),
  }));
  return writeExcelFile(data, { features: [guides(sheets.map(({ columns }) => columns))] }).toBlob();
}
