import { inflateRawSync } from 'node:zlib';
import readExcelFile from 'read-excel-file/node';
import { harmless } from './harmless-text.js';
import { workbookOf, type Cell, type SheetColumn } from './workbook.js';

const columns: readonly SheetColumn[] = [
  { heading: '姓名', kind: 'text', width: 12 },
  { heading: '人数', kind: 'number', width: 8 },
  { heading: '日期', kind: 'date', width: 12 },
];
const nobodyLeaves = new AbortController().signal;

async function* pages(...rows: readonly (readonly (readonly Cell[])[])[]) {
  for (const page of rows) yield page;
}

const made = (rows: AsyncIterable<readonly (readonly Cell[])[]>, signal = nobodyLeaves) =>
  workbookOf({ name: '名册', columns, rows, about: () => ({ name: '说明', lines: [['行数', '=2']] }) }, signal);

test('rows come in pages and stand below each other; text is text, a date a date, nothing is empty', async () => {
  const file = await made(
    pages(
      [
        ['李玉兰', 3, '2026-03-02'],
        ['222401198001010014', null, null],
      ],
      [['=1+1', 0, '2024-02-29']],
    ),
  );
  const [list, about] = await readExcelFile(file);
  expect(list!.sheet).toBe('名册');
  expect(list!.data).toEqual([
    ['姓名', '人数', '日期'],
    ['李玉兰', 3, new Date('2026-03-02T00:00:00Z')],
    ['222401198001010014', null, null],
    [harmless('=1+1'), 0, new Date('2024-02-29T00:00:00Z')],
  ]);
  expect(about).toMatchObject({ sheet: '说明', data: [['行数', harmless('=2')]] });
});

/** The parts of a zip file that are called so. */
function partsOf(file: Buffer, called: RegExp): readonly string[] {
  const parts: string[] = [];
  for (let at = file.indexOf('PK\x01\x02'); at >= 0; at = file.indexOf('PK\x01\x02', at + 4)) {
    const [size, nameLength, header] = [file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt32LE(at + 42)];
    if (!called.test(file.toString('utf8', at + 46, at + 46 + nameLength))) continue;
    const from = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
    parts.push(inflateRawSync(file.subarray(from, from + size)).toString());
  }
  return parts;
}

test('no cell is a formula', async () => {
  const sheets = partsOf(await made(pages([['=HYPERLINK("http://a")', 1, null]])), /worksheets\/sheet/);
  expect(sheets).toHaveLength(2);
  for (const sheet of sheets) expect(sheet).toMatch(/<c .*t="s"/);
  for (const sheet of sheets) expect(sheet).not.toMatch(/<f[ >]/);
});

test('the event loop turns while the file is made', async () => {
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  const many = Array.from({ length: 2_000 }, (_, nth): readonly Cell[] => [`名字${nth}`, nth, '2026-03-02']);
  await made(pages(many, many));
  clearInterval(turning);
  expect(turns).toBeGreaterThan(5);
});

test('what the rows throw is thrown, and nothing is left behind', async () => {
  async function* failing(): AsyncGenerator<readonly (readonly Cell[])[]> {
    yield [['李玉兰', 1, null]];
    throw new Error('the list is gone');
  }
  await expect(made(failing())).rejects.toThrow('the list is gone');
});

test('when nobody waits for it any more, it is given up', async () => {
  const leaving = new AbortController();
  let asked = 0;
  async function* endless(): AsyncGenerator<readonly (readonly Cell[])[]> {
    for (;;) {
      asked += 1;
      if (asked === 3) leaving.abort(new Error('gone'));
      yield [['李玉兰', 1, null]];
    }
  }
  await expect(made(endless(), leaving.signal)).rejects.toThrow('gone');
  expect(asked).toBe(3);
});
