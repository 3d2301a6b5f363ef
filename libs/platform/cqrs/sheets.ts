import type { Role } from '@lib/platform/kernel/access.js';
import type { Words } from '@lib/platform/kernel/event.js';
import type { Cell, CellKind } from '@lib/platform/spreadsheet/workbook.js';
import type { AnyView, Language } from './views.js';

/** What stored values are called. */
export type Called = (value: unknown, language: Language) => string;

interface Value {
  readonly language: Language;
  readonly called: Called;
}

/** A column of a sheet; `Row` is what the list on the screen shows. */
export interface Column<Row> {
  readonly heading: Words;
  readonly kind: CellKind;
  /** In characters. */
  readonly width: number;
  readonly of: (row: Row, value: Value) => Cell;
}

const column =
  (kind: CellKind) =>
  <Row>(zh: string, en: string, width: number, of: Column<Row>['of']): Column<Row> => ({ heading: { zh, en }, kind, width, of });

export const textColumn = column('text');
export const numberColumn = column('number');
/** Of dates as `YYYY-MM-DD`. */
export const dateColumn = column('date');

/** Several values in one cell. */
export const listed = (values: readonly unknown[], { language, called }: Value): string =>
  values.map(value => called(value, language)).join(language === 'zh' ? '、' : ', ');

/** A filter of the list, as the sheet speaks of it. */
export interface Filter {
  readonly words: Words;
  /** Its value is the id of something that this read model has a name for, under this column. */
  readonly names?: { readonly table: string; readonly key: string };
  /** What its values are called here, where the same value means something else elsewhere. */
  readonly values?: Readonly<Record<string, Words>>;
}

/** Whom, or what, a row is about, and where that is at home: the access log says so. */
export interface About {
  readonly id: string;
  readonly divisionId: string;
}

/** A role that may take a list away, and of how many rows at most. */
export interface Taker extends Role {
  readonly most: number;
}

export interface AnySheet {
  readonly name: string;
  readonly of: AnyView;
  readonly at: string;
  readonly by: readonly [Taker, ...Taker[]];
  readonly words: Words;
  readonly about: (row: never) => About;
  readonly filters: Readonly<Record<string, Filter>>;
  readonly columns: readonly Column<never>[];
}

interface SheetRules<Row, Ask> {
  readonly by: readonly [Taker, ...Taker[]];
  readonly words: Words;
  readonly about: (row: Row) => About;
  readonly filters: { readonly [Name in Exclude<keyof Ask, 'cursor' | 'limit' | 'sort' | 'direction'>]-?: Filter };
  readonly columns: readonly Column<Row>[];
}

/** No sheet has more rows, whoever asks. */
export const mostRows = 60_000;

/**
 * A list as a file of Excel: `GET /api/<path of the list>.xlsx`, with the parameters of the list. Rows, scope and masks are those of
 * the list itself, so nothing can stand in the file that does not stand on the screen.
 */
export const sheetOf =
  <Row, Ask = object>() =>
  (name: string, of: AnyView, rules: SheetRules<Row, Ask>): AnySheet => ({ name, of, at: `${of.at}.xlsx`, ...rules });
