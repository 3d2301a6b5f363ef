import { asWritten } from '@lib/platform/spreadsheet/harmless-text.js';

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type PeopleKind = 'volunteers' | 'workers';
export type FieldName = 'name' | 'idNumber' | 'phone' | 'home' | 'skills' | 'fields' | 'on';

export interface Field {
  readonly name: FieldName;
  readonly heading: Words;
  /** Other headings that people write for it. */
  readonly also: readonly string[];
  readonly required: boolean;
  readonly hint: Words;
}

const person = (home: Words, phoneRequired: boolean): readonly Field[] => [
  {
    name: 'name',
    heading: { zh: '姓名', en: 'Name' },
    also: ['名字', 'full name'],
    required: true,
    hint: { zh: '不超过 60 字', en: '60 characters at most' },
  },
  {
    name: 'idNumber',
    heading: { zh: '身份证号码', en: 'ID number' },
    also: ['身份证', '身份证号', '证件号码', '公民身份号码', 'id'],
    required: true,
    hint: {
      zh: '18 位;单元格须为“文本”,否则 Excel 会丢失后几位',
      en: '18 characters; the cell must be text, or Excel loses the last digits',
    },
  },
  {
    name: 'phone',
    heading: { zh: '手机号码', en: 'Phone' },
    also: ['手机', '手机号', '电话', '联系电话', 'mobile'],
    required: phoneRequired,
    hint: { zh: '11 位手机号码', en: 'a mobile number of 11 digits' },
  },
  {
    name: 'home',
    heading: home,
    also: ['居住地', '所属区划', '街道', '街镇', '社区', '区划代码', 'home', 'place'],
    required: true,
    hint: { zh: '街镇或社区的名称或区划代码', en: 'name or code of the street, town or community' },
  },
];

const registered: Field = {
  name: 'on',
  heading: { zh: '登记日期', en: 'Registered on' },
  also: ['日期', '生效日期', 'date'],
  required: false,
  hint: {
    zh: '不填为今天;最多早 30 天,作“依据纸质记录”补录',
    en: 'today when empty; 30 days back at most, entered from a paper record',
  },
};

const several = (name: 'skills' | 'fields', zh: string, en: string, also: readonly string[]): Field => ({
  name,
  heading: { zh, en },
  also,
  required: false,
  hint: { zh: '可填几项,用“、”分开,见“说明”', en: 'several, separated by commas; see the second sheet' },
});

export const fieldsOf: Readonly<Record<PeopleKind, readonly Field[]>> = {
  volunteers: [
    ...person({ zh: '居住地', en: 'Home' }, true),
    several('skills', '技能', 'Skills', ['特长', '专长']),
    several('fields', '意愿领域', 'Fields of service', ['服务领域', '领域']),
    registered,
  ],
  workers: [
    ...person({ zh: '所属区划', en: 'Home' }, false),
    several('fields', '专长', 'Specialisms', ['服务领域', '领域', '专业领域']),
    registered,
  ],
};

/** No sheet of more rows is taken. */
export const mostPeople = 5_000;

/** What is wrong, by a word of the catalogue with its gaps; the field is absent when it is the whole row. */
export interface RowFault {
  readonly field?: FieldName | undefined;
  readonly key: FaultKey;
  readonly values?: Readonly<Record<string, string | number>>;
}
export type FaultKey =
  'missing' | 'becameNumber' | 'notADate' | 'unknownValue' | 'twice' | 'unknownPlace' | 'severalPlaces' | 'refused';

export interface PersonRow {
  /** As Excel counts: the heading is row 1. */
  readonly row: number;
  readonly name: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly home: string;
  readonly skills: readonly string[];
  readonly fields: readonly string[];
  /** `YYYY-MM-DD` */
  readonly on: string | undefined;
  readonly faults: readonly RowFault[];
  /** As it stands in the sheet, field by field. */
  readonly written: Readonly<Partial<Record<FieldName, string>>>;
}

export type ReadSheet =
  | { readonly is: 'rows'; readonly rows: readonly PersonRow[]; readonly examples: number }
  | { readonly is: 'empty' }
  | { readonly is: 'columns-missing'; readonly fields: readonly Field[] }
  | { readonly is: 'column-twice'; readonly field: Field }
  | { readonly is: 'too-many'; readonly count: number };

/** Full-width letters, digits and signs as the plain ones. */
const plain = (text: string) =>
  text.replaceAll(/[\uff01-\uff5e]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ');

const bare = (heading: unknown) =>
  plain(String(heading ?? ''))
    .replaceAll(/\(.*?\)|[\s*:\p{Cf}]/gu, '')
    .toLowerCase();

const isBlank = (cell: unknown) => cell === null || cell === undefined || asWritten(String(cell)) === '';

const calendarDate = (year: number, month: number, date: number): string | undefined => {
  const at = new Date(Date.UTC(year, month - 1, date));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === date ? at.toISOString().slice(0, 10) : undefined;
};

/** @returns the date as `YYYY-MM-DD`; undefined for what is none */
export function dateIn(cell: unknown): string | undefined {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : cell.toISOString().slice(0, 10);
  const found = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(plain(asWritten(String(cell))));
  return found ? calendarDate(Number(found[1]), Number(found[2]), Number(found[3])) : undefined;
}

const text = (cell: unknown): string => {
  if (isBlank(cell)) return '';
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? String(cell) : cell.toExponential();
  return asWritten(String(cell));
};

/** Excel keeps 15 digits of a number; those behind are lost for good. */
const isLost = (cell: unknown) =>
  (typeof cell === 'number' && Math.abs(cell) >= 1e15) || /^\d(\.\d+)?e\+?\d+$/i.test(plain(text(cell)));

interface Catalogue {
  /** The stored value of what a person calls it, in either language or as it is stored. */
  readonly valueOf: (field: 'skills' | 'fields', label: string) => string | undefined;
}

function rowOf(cells: ReadonlyMap<FieldName, unknown>, row: number, fields: readonly Field[], { valueOf }: Catalogue): PersonRow {
  const faults: RowFault[] = [];
  const cell = (name: FieldName) => cells.get(name);
  for (const { name, required } of fields) if (required && isBlank(cell(name))) faults.push({ field: name, key: 'missing' });
  const number = (name: 'idNumber' | 'phone') => {
    if (isLost(cell(name))) faults.push({ field: name, key: 'becameNumber' });
    return plain(text(cell(name)))
      .replaceAll(/[\s\-'’]/g, '')
      .toUpperCase();
  };
  const several = (name: 'skills' | 'fields') => {
    const values = new Set<string>();
    for (const label of plain(text(cell(name)))
      .split(/[、,;/|\n]+/)
      .map(one => one.trim())
      .filter(Boolean)) {
      const value = valueOf(name, label);
      if (value === undefined) faults.push({ field: name, key: 'unknownValue', values: { value: label } });
      else values.add(value);
    }
    return [...values];
  };
  const on = isBlank(cell('on')) ? undefined : dateIn(cell('on'));
  if (!isBlank(cell('on')) && on === undefined)
    faults.push({ field: 'on', key: 'notADate', values: { value: text(cell('on')) } });
  const written = Object.fromEntries(
    fields.map(({ name }) => [name, cell(name) instanceof Date ? (dateIn(cell(name)) ?? '') : text(cell(name))]),
  );
  return {
    row,
    name: text(cell('name')).replaceAll(/\s+/g, ' '),
    idNumber: number('idNumber'),
    phone: number('phone'),
    home: plain(text(cell('home'))),
    skills: several('skills'),
    fields: several('fields'),
    on,
    faults,
    written,
  };
}

function withTwins(rows: readonly PersonRow[]): readonly PersonRow[] {
  const first = new Map<string, number>();
  return rows.map(row => {
    const earlier = row.idNumber === '' ? undefined : first.get(row.idNumber);
    if (row.idNumber !== '' && earlier === undefined) first.set(row.idNumber, row.row);
    return earlier === undefined
      ? row
      : { ...row, faults: [...row.faults, { field: 'idNumber' as const, key: 'twice' as const, values: { row: earlier } }] };
  });
}

/** Such rows show how to fill the sheet in. */
const isExample = ({ name }: PersonRow) => /^(示例|example)/i.test(name);

/**
 * People as a sheet lists them: the headings may stand in any order and in either language, blank rows are left out, and what is
 * wrong is said cell by cell.
 */
export function readPeople(kind: PeopleKind, sheet: readonly (readonly unknown[])[], catalogue: Catalogue): ReadSheet {
  const fields = fieldsOf[kind];
  const top = sheet.findIndex(row => row.some(cell => !isBlank(cell)));
  if (top < 0) return { is: 'empty' };
  const headings = sheet[top]!.map(bare);
  const columns = new Map<FieldName, number>();
  // The exact headings come first, so that 专长 is what this sheet means by it.
  for (const names of [(field: Field) => [field.heading.zh, field.heading.en], (field: Field) => field.also]) {
    for (const field of fields) {
      const known = new Set(names(field).map(bare));
      const at = headings.flatMap((heading, nth) => (known.has(heading) && ![...columns.values()].includes(nth) ? [nth] : []));
      if (columns.has(field.name)) continue;
      if (at.length > 1) return { is: 'column-twice', field };
      if (at.length === 1) columns.set(field.name, at[0]!);
    }
  }
  const missing = fields.filter(({ name, required }) => required && !columns.has(name));
  if (missing.length > 0) return { is: 'columns-missing', fields: missing };

  const filled = sheet
    .map((cells, nth) => ({ cells, row: nth + 1 }))
    .slice(top + 1)
    .filter(({ cells }) => [...columns.values()].some(column => !isBlank(cells[column])));
  if (filled.length > mostPeople) return { is: 'too-many', count: filled.length };
  const rows = filled.map(({ cells, row }) =>
    rowOf(new Map([...columns].map(([name, column]) => [name, cells[column]])), row, fields, catalogue),
  );
  const people = rows.filter(row => !isExample(row));
  if (people.length === 0) return { is: 'empty' };
  return { is: 'rows', rows: withTwins(people), examples: rows.length - people.length };
}
