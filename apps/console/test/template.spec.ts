import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { strFromU8, unzipSync } from 'fflate/browser';
import readExcelFile from 'read-excel-file/node';
import { firstSheetOf } from '../src/sheets/first-sheet.ts';
import { fieldsOf, mostPeople, readPeople, type PeopleKind } from '../src/sheets/people-sheet.ts';
import { writtenBook } from '../src/sheets/sheet-book.ts';
import { templateOf, valueOf } from '../src/sheets/template.ts';

// As where the console is built.
jest.mock('fflate', () => jest.requireActual('../src/sheets/zip-at-once.ts'));

const homes = { places: ['北山街道', '丹春社区', "O'Neill & <Co>"], all: true };
const kinds = ['volunteers', 'workers'] as const;
const languages = ['zh', 'en'] as const;
const everyTemplate = kinds.flatMap(kind => languages.map(language => [kind, language] as const));

const made = async (kind: PeopleKind, language: 'zh' | 'en', offered: typeof homes = homes) => {
  const file = await writtenBook(templateOf(kind, { language, name: '名册', homes: offered }));
  return file.arrayBuffer();
};

const plain = (text: string) =>
  text.replaceAll(/&(lt|gt|quot|apos|amp|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? "'");

/** The elements of that name, in order, with their attributes and the text within. */
const elements = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}((?:\\s+[\\w:]+="[^"]*")*)\\s*(?:/>|>(.*?)</${name}>)`, 'gs'))].map(found => ({
    at: found.index,
    within: found[2] ?? '',
    of: Object.fromEntries([...found[1]!.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key!, plain(value!)])),
  }));

const partOf = (file: ArrayBuffer, path: string) => strFromU8(unzipSync(new Uint8Array(file))[path]!);
const sheetXml = (file: ArrayBuffer) => partOf(file, 'xl/worksheets/sheet1.xml');

/** What Excel offers in a column, found as Excel finds it. */
async function offeredIn(file: ArrayBuffer, heading: string) {
  const sheets = await readExcelFile(Buffer.from(file));
  const column = sheets[0]!.data[0]!.indexOf(heading);
  const letter = String.fromCharCode(65 + column);
  const validation = elements(sheetXml(file), 'dataValidation').find(({ of }) => of['sqref']!.startsWith(letter));
  if (!validation) return undefined;
  const [formula] = elements(validation.within, 'formula1');
  const [, name, from, first, to, last] = /^'(.+)'!\$([A-Z])\$(\d+):\$([A-Z])\$(\d+)$/.exec(plain(formula!.within))!;
  expect(from).toBe(to);
  const range = sheets.find(({ sheet }) => sheet === name)!.data.slice(Number(first) - 1, Number(last));
  return { ...validation, values: range.map(row => String(row[from!.charCodeAt(0) - 65])) };
}

const label = (kind: PeopleKind, field: string, language: 'zh' | 'en') =>
  fieldsOf[kind].find(({ name }) => name === field)!.heading[language];
const read = (kind: PeopleKind, sheet: readonly (readonly unknown[])[], language: 'zh' | 'en') => {
  const result = readPeople(kind, sheet, { valueOf: (field, text) => valueOf(field, text, language) });
  if (result.is !== 'rows') throw new Error(result.is);
  return result.rows;
};

test.each(everyTemplate)('%s, %s: every value that is offered is accepted when it is chosen', async (kind, language) => {
  const file = await made(kind, language);
  for (const { name } of fieldsOf[kind].filter(field => field.name === 'skills' || field.name === 'fields')) {
    const { values } = (await offeredIn(file, label(kind, name, language)))!;
    expect(values.length).toBeGreaterThan(10);
    const [head] = await firstSheetOf(file);
    const people = values.map((value, nth) =>
      fieldsOf[kind].map(field => (field.name === name ? value : field.required ? `${nth}` : '')),
    );
    const rows = read(kind, [head!, ...people], language);
    expect(rows.flatMap(({ faults }) => faults)).toEqual([]);
    expect(new Set(rows.map(row => row[name as 'skills' | 'fields'][0])).size).toBe(values.length);
  }
});

test.each(everyTemplate)(
  '%s, %s: several may be typed, so a list never forbids; a home elsewhere is asked about',
  async (kind, language) => {
    const file = await made(kind, language);
    for (const name of ['fields', 'home']) {
      const { of, values } = (await offeredIn(file, label(kind, name, language)))!;
      expect(of).toMatchObject({ type: 'list', allowBlank: '1', showInputMessage: '1' });
      expect(of['prompt']).toMatch(/\S/);
      expect(of['prompt']!.length).toBeLessThanOrEqual(255);
      expect(of['sqref']).toMatch(new RegExp(`^([A-Z])2:\\1(?:${mostPeople + 1})$`));
      expect([name, of['errorStyle'], of['showErrorMessage']]).toEqual(
        name === 'home' ? [name, 'warning', '1'] : [name, undefined, undefined],
      );
      if (name === 'home') expect(values).toEqual(homes.places);
    }
    for (const name of ['name', 'idNumber', 'phone', 'on'])
      expect(await offeredIn(file, label(kind, name, language))).toBeUndefined();
  },
);

test('who knows of no places offers none, and who knows of some only forbids no other', async () => {
  expect(await offeredIn(await made('workers', 'zh', { places: [], all: false }), '所属区划')).toBeUndefined();
  const some = await offeredIn(await made('workers', 'zh', { places: ['北山街道'], all: false }), '所属区划');
  expect(some!.values).toEqual(['北山街道']);
  expect(some!.of['showErrorMessage']).toBeUndefined();
});

test('a list is as long as it needs to be', async () => {
  const places = Array.from({ length: 400 }, (_, nth) => `第${nth}社区`);
  expect((await offeredIn(await made('volunteers', 'zh', { places, all: true }), '居住地'))!.values).toEqual(places);
});

test.each(everyTemplate)(
  '%s, %s: ID numbers and phones are text in rows that are still empty, a date is none',
  async (kind, language) => {
    const file = await made(kind, language);
    const formats = elements(elements(partOf(file, 'xl/styles.xml'), 'cellXfs')[0]!.within, 'xf').map(({ of }) => of['numFmtId']);
    const custom = elements(partOf(file, 'xl/styles.xml'), 'numFmt').find(({ of }) => of['formatCode'] === '@')?.of['numFmtId'];
    const textFormat = custom ?? '49';
    const columns = elements(sheetXml(file), 'col');
    const isText = Object.fromEntries(
      fieldsOf[kind].map(({ name }, nth) => {
        const { style } = columns.find(({ of }) => Number(of['min']) <= nth + 1 && nth + 1 <= Number(of['max']))!.of;
        return [name, style !== undefined && formats[Number(style)] === textFormat];
      }),
    );
    expect(isText).toMatchObject({ idNumber: true, phone: true, on: false });
  },
);

test('the elements of the sheet stand in the order that Excel insists on', async () => {
  const xml = sheetXml(await made('volunteers', 'zh'));
  const places = ['<sheetViews', '<cols', '<sheetData', '<dataValidations'].map(tag => xml.indexOf(tag));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(elements(xml, 'dataValidations').map(({ of }) => of['count'])).toEqual([String(elements(xml, 'dataValidation').length)]);
});

test('the reader takes such a file as any other: the example is no person, who stands below it is one', async () => {
  const template = templateOf('volunteers', { language: 'zh', name: '名册', homes });
  const [people, ...others] = template;
  const li = ['李玉兰', '222401198001010014', '13843350002', '丹春社区', '急救', '老年人', '2026-03-02'];
  const book = await writtenBook([{ ...people!, rows: [...people!.rows, li] }, ...others]);
  expect(read('volunteers', await firstSheetOf(await book.arrayBuffer()), 'zh')).toMatchObject([
    { row: 3, name: '李玉兰', home: '丹春社区', skills: ['FIRST_AID'], fields: ['ELDERLY'], on: '2026-03-02', faults: [] },
  ]);
});

test('the template filled in and saved by LibreOffice is read: numbers typed there stay texts, a day typed there is a day', async () => {
  const file = readFileSync(resolve('apps/console/test/saved-by-libreoffice.xlsx'));
  const rows = read('volunteers', await firstSheetOf(new Uint8Array(file).buffer), 'zh');
  expect(
    rows.map(({ name, idNumber, phone, home, skills, fields, on, faults }) => [
      name,
      idNumber,
      phone,
      home,
      skills,
      fields,
      on,
      faults,
    ]),
  ).toEqual([
    ['张来一', '220102199003070021', '13843300001', '北山街道', ['COMPANIONSHIP', 'FIRST_AID'], ['ELDERLY'], '2026-11-20', []],
    ['李玉兰', '11010519491231002X', '13843300002', '丹春社区', [], [], '2026-11-21', []],
  ]);
});
