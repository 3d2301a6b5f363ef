import { firstSheetOf } from '../src/sheets/first-sheet.ts';
import { TooMuchInside } from '../src/sheets/zip-at-once.ts';
import {
  blanks,
  frame,
  head,
  inflating,
  li,
  lying,
  main,
  packed,
  sheetOf,
  sheetPath,
  times,
  workbook,
  type Content,
} from './hostile-files.ts';

// As where the console is built: files of Excel are unpacked by what looks at their size first.
jest.mock('fflate', () => jest.requireActual('../src/sheets/zip-at-once.ts'));

const bytesOf = (file: Buffer) => new Uint8Array(file).buffer;
const found = (file: Buffer) =>
  firstSheetOf(bytesOf(file)).then(
    rows => ({ rows }),
    (error: unknown) => (error instanceof TooMuchInside ? 'too-large' : 'unreadable'),
  );

const megabyte = 1_048_576;
/** The most memory that the process has had so far. */
const peak = () => (process.resourceUsage().maxRSS * 1_024) / megabyte;
/** What the file is, and by how many megabytes it made the process grow at its peak. */
async function costing(file: Buffer) {
  await found(workbook(sheetOf(li)));
  const before = peak();
  const answer = await found(file);
  return { answer, grown: peak() - before };
}
const sane = 200;

const refused = async (file: Buffer, reason: 'too-large' | 'unreadable') => {
  expect(file.length).toBeLessThan(5_000_000);
  const { answer, grown } = await costing(file);
  expect(answer).toBe(reason);
  expect(grown).toBeLessThan(sane);
  // What comes next is read as ever.
  expect(await found(workbook(sheetOf(li)))).toEqual({ rows: [['李玉兰']] });
};

test('a plain file is read, packed or not', async () => {
  expect(await found(workbook(sheetOf(li)))).toEqual({ rows: [['李玉兰']] });
  expect(await found(packed([...Object.entries(frame), [sheetPath, sheetOf(li)]], true))).toEqual({ rows: [['李玉兰']] });
});

describe('a small file of hundreds of megabytes', () => {
  let bomb: Buffer;
  beforeAll(() => {
    bomb = workbook(inflating(300));
  });

  test('is not unpacked', () => refused(bomb, 'too-large'));

  test('that says it is small is unpacked no further than it says', () => refused(lying(bomb, sheetPath, 5_000), 'too-large'));

  test('that says it is as large as may be is unpacked no further either', () =>
    refused(lying(bomb, sheetPath, 39_000_000), 'too-large'));
});

test('many parts that are large only together are not unpacked', () => {
  const others = Array.from({ length: 50 }, (_, nth): [string, Content] => [`xl/other${nth}.xml`, times(1, blanks)]);
  return refused(workbook(sheetOf(li), others), 'too-large');
});

test('a part that is a little longer than it says is not read as if it ended there', () => {
  const people = Array.from({ length: 50 }, (_, nth) => `<row r="${nth + 1}"><c r="A${nth + 1}"><v>1</v></c></row>`);
  const sheet = sheetOf(people.join(''));
  const cut = sheet.indexOf('<row r="41">');
  return refused(lying(workbook(sheet), sheetPath, cut), 'too-large');
});

test('a part that is shorter than it says is not read', () =>
  refused(lying(workbook(sheetOf(li)), sheetPath, 30_000_000), 'unreadable'));

test('a file of very many parts is not read', () => {
  function* parts(): Generator<[string, Content]> {
    for (let nth = 0; nth < 5_000; nth += 1) yield [`xl/${nth}.xml`, ''];
  }
  return refused(workbook(sheetOf(li), parts()), 'too-large');
});

test('what is no zip file, or only its beginning, or its end, is not read', async () => {
  const whole = workbook(sheetOf(li));
  const halves = [whole.subarray(0, whole.length / 2), whole.subarray(0, -10), whole.subarray(whole.length / 2)];
  const none = [Buffer.alloc(0), Buffer.from('no zip'), Buffer.from('PK\x03\x04'), Buffer.alloc(100_000, 'PK'), ...halves];
  for (const file of none) await refused(file, 'unreadable');
});

test('a sheet that declares entities is not read, nor are they expanded', () => {
  const levels = Array.from({ length: 9 }, (_, nth) => `<!ENTITY l${nth + 1} "${`&l${nth};`.repeat(10)}">`).join('');
  const laughs = sheetOf(li.replace('李玉兰', '&l9;'), `<!DOCTYPE lolz [<!ENTITY l0 "lol">${levels}]>`);
  return refused(workbook(laughs), 'unreadable');
});

test.each([
  ['no-such-row', '<row r="900000000"><c r="A900000000"><v>1</v></c></row>', 'unreadable'],
  ['no-such-row-at-second-sight', '<row r="1"/><row x:r="2" r="90000000"/>', 'unreadable'],
  ['no-such-column', '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>', 'unreadable'],
  ['one-row-too-many', `${li}<row r="1048577"/>`, 'unreadable'],
  ['one-column-too-many', '<row r="1"><c r="XFE1"><v>1</v></c></row>', 'unreadable'],
  ['under-a-made-up-name', '<row yxmlns:r="90000000"><c r="A1"><v>1</v></c></row>', 'unreadable'],
  ['hidden', '<row r="1"><c r="&#90;ZZZZZ1"><v>1</v></c></row>', 'unreadable'],
  ['last-of-all', "<row r='1048576'><c t='n'r='XFD1048576'><v>1</v></c></row>", 'too-large'],
  ['behind-many-rows', `${'<row/>'.repeat(300_000)}<row><c r="XFD300001"><v>1</v></c></row>`, 'too-large'],
] as const)('a cell far away does not make room for all cells before it: %s', (_, rows, reason) =>
  refused(workbook(sheetOf(rows)), reason),
);

test('rows and cells that only have a style, to the end of the sheet, are no reason to refuse it', async () => {
  const styled = '<row r="2"><c r="XFD2" s="0"/></row><row r="1048576" ht="12.8" customHeight="false"/>';
  expect(await found(workbook(sheetOf(`${li}${styled}`)))).toEqual({ rows: [['李玉兰']] });
});

test('a long text that stands in very many cells is not copied into each', () => {
  const strings = `${head}<sst ${main}><si><t>${'好'.repeat(30_000)}</t></si></sst>`;
  const rows = Array.from({ length: 20_000 }, (_, nth) => `<row r="${nth + 1}"><c r="A${nth + 1}" t="s"><v>0</v></c></row>`);
  return refused(workbook(sheetOf(rows.join('')), [['xl/sharedStrings.xml', strings]]), 'too-large');
});
