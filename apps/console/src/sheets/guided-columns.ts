import type { Feature } from 'write-excel-file/universal';
import {
  getOrderOfSiblings,
  insertElementMarkupAccordingToOrderOfSiblings,
  sanitizeAttributeValue,
} from 'write-excel-file/utility';
import { mostPeople } from './people-sheet.ts';

/** What Excel offers in every cell of a column below its heading. */
export interface Choices {
  /** Where they stand: another sheet of the same file, one below the other under a heading. */
  readonly sheet: string;
  readonly column: number;
  readonly count: number;
  /** Shown beside the cell. */
  readonly hint: string;
  /** What Excel asks about anything else before it takes it; without it, anything is taken. */
  readonly doubt?: string | undefined;
}

export interface PlainColumn {
  /** In characters. */
  readonly width: number;
  /** Empty cells are text as well: an ID number that is typed there keeps all its digits. */
  readonly isText?: boolean;
  readonly choices?: Choices | undefined;
}

/** Excel shows no longer hint, and calls a file with one broken. */
const longestHint = 255;

const letterOf = (column: number) => String.fromCharCode(65 + column);

/** A list within the element itself ends at 255 characters; a range does not. */
const rangeOf = ({ sheet, column, count }: Choices) =>
  `'${sheet.replaceAll("'", "''")}'!$${letterOf(column)}$2:$${letterOf(column)}$${count + 1}`;

function offered(choices: Choices, column: number): string {
  const letter = letterOf(column);
  const attributes = {
    type: 'list',
    allowBlank: '1',
    showInputMessage: '1',
    prompt: choices.hint.slice(0, longestHint),
    ...(choices.doubt === undefined
      ? {}
      : { showErrorMessage: '1', errorStyle: 'warning', error: choices.doubt.slice(0, longestHint) }),
    sqref: `${letter}2:${letter}${mostPeople + 1}`,
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${sanitizeAttributeValue(value)}"`);
  return `<dataValidation ${written.join(' ')}><formula1>${sanitizeAttributeValue(rangeOf(choices))}</formula1></dataValidation>`;
}

function withChoices(xml: string, columns: readonly PlainColumn[]): string {
  const offers = columns.flatMap(({ choices }, nth) => (choices && choices.count > 0 ? [offered(choices, nth)] : []));
  if (offers.length === 0) return xml;
  const element = `<dataValidations count="${offers.length}">${offers.join('')}</dataValidations>`;
  const order = getOrderOfSiblings('xl/worksheets/sheet{id}.xml', 'worksheet') ?? [];
  return insertElementMarkupAccordingToOrderOfSiblings(xml, element, order, 'worksheet');
}

/** The library styles cells only; what is not there yet has the style of its column, here that of the cells that are text. */
function withTextColumns(xml: string, columns: readonly PlainColumn[]): string {
  const textStyle = /<c r="[A-Z]+2"[^>]* s="(\d+)"/.exec(xml)?.[1];
  if (textStyle === undefined) return xml;
  return xml.replaceAll(/<col (?=[^>]*min="(\d+)")/g, (opening, nth: string) =>
    columns[Number(nth) - 1]?.isText ? `${opening}style="${textStyle}" ` : opening,
  );
}

/** Gives the columns of each sheet what its cells do not say. */
export const guides = (sheets: readonly (readonly PlainColumn[])[]): Feature<Blob> => ({
  files: {
    transform: {
      'xl/worksheets/sheet{id}.xml': {
        transform: (xml, _, { sheetIndex }) => {
          const columns = sheets[sheetIndex] ?? [];
          return withChoices(withTextColumns(xml, columns), columns);
        },
      },
    },
  },
});
