import fc from 'fast-check';
import { harmless } from '@lib/platform/spreadsheet/harmless-text.js';
import { dateIn, mostPeople, readPeople, type ReadSheet } from '../src/sheets/people-sheet.ts';

const valueOf = (_: string, label: string) => ({ 陪伴: 'COMPANIONSHIP', 急救: 'FIRST_AID', 老年人: 'ELDERLY' })[label];
const read = (sheet: readonly (readonly unknown[])[], kind: 'volunteers' | 'workers' = 'volunteers') =>
  readPeople(kind, sheet, { valueOf });
const rowsOf = (result: ReadSheet) => {
  if (result.is !== 'rows') throw new Error(result.is);
  return result.rows;
};
const heading = ['姓名', '身份证号码', '手机号码', '居住地', '技能', '意愿领域', '登记日期'];
const li = ['李玉兰', '222401198001010014', '13843350002', '北山街道', '陪伴、急救', '老年人', '2026-03-02'];

test('a row is read as it was meant', () => {
  expect(rowsOf(read([heading, li]))).toMatchObject([
    {
      row: 2,
      name: '李玉兰',
      idNumber: '222401198001010014',
      phone: '13843350002',
      home: '北山街道',
      skills: ['COMPANIONSHIP', 'FIRST_AID'],
      fields: ['ELDERLY'],
      on: '2026-03-02',
      faults: [],
    },
  ]);
});

test('headings may stand in any order, with stars, blanks and remarks, and in English', () => {
  const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 });
  const english = ['Name *', 'ID number', ' Phone(11)', 'HOME', 'Skills', 'Fields of service', 'Registered on'];
  fc.assert(
    fc.property(
      orders,
      fc.constantFrom(
        heading,
        english,
        heading.map(text => ` ${text}(必填)* `),
      ),
      (order, names) => {
        const [row] = rowsOf(read([order.map(nth => names[nth]), order.map(nth => li[nth])]));
        expect(row).toMatchObject({ name: '李玉兰', idNumber: li[1], phone: li[2], home: li[3], on: li[6], faults: [] });
      },
    ),
  );
});

test('a column that must be there is named when it is not; one that stands there twice too', () => {
  expect(
    read([
      ['姓名', '手机号码'],
      ['李玉兰', '13843350002'],
    ]),
  ).toMatchObject({
    is: 'columns-missing',
    fields: [{ name: 'idNumber' }, { name: 'home' }],
  });
  expect(read([[...heading, '姓名'], li])).toMatchObject({ is: 'column-twice', field: { name: 'name' } });
  expect(read([])).toEqual({ is: 'empty' });
  expect(read([heading, ['', null, '  ']])).toEqual({ is: 'empty' });
});

test('blank rows are left out, and rows keep the number that Excel shows', () => {
  const rows = rowsOf(
    read([[null], heading, [null, ' '], li, [], ['', undefined], [...li.slice(0, 1), '222401198001010022', ...li.slice(2)]]),
  );
  expect(rows.map(({ row }) => row)).toEqual([4, 7]);
});

test('an ID number that Excel made a number of has lost its end, and is not guessed', () => {
  for (const lost of [2.224_011_980_010_1e17, '2.22401198001010E+17', '1.23E+17', '1.23e17']) {
    const [row] = rowsOf(read([heading, ['李玉兰', lost, ...li.slice(2)]]));
    expect([lost, row!.faults]).toEqual([lost, [{ field: 'idNumber', key: 'becameNumber' }]]);
  }
});

test('a phone that is a number is read as its digits', () => {
  expect(rowsOf(read([heading, ['李玉兰', li[1], 13843350002, ...li.slice(3)]]))[0]).toMatchObject({
    phone: '13843350002',
    faults: [],
  });
});

test('full-width digits, blanks and signs without a width make no other number', () => {
  const [row] = rowsOf(
    read([
      heading,
      ['  李玉兰\u200b ', '２２２４０１ １９８００１０１ ００１ｘ', '138-4335-0002\u00a0', ' 北山街道　', ...li.slice(4)],
    ]),
  );
  expect(row).toMatchObject({
    name: '李玉兰',
    idNumber: '22240119800101001X',
    phone: '13843350002',
    home: '北山街道',
    faults: [],
  });
});

test('a date is a date however it is written', () => {
  for (const written of [
    '2026-03-02',
    '2026/3/2',
    '2026.3.2',
    '2026年3月2日',
    '２０２６－０３－０２',
    new Date('2026-03-02T00:00:00Z'),
  ])
    expect(dateIn(written)).toBe('2026-03-02');
  for (const wrong of ['2026-02-30', '3月2日', '46083', 'morgen', new Date(Number.NaN)])
    expect([wrong, dateIn(wrong)]).toEqual([wrong, undefined]);
  expect(rowsOf(read([heading, [...li.slice(0, 6), '2026-02-30']]))[0]!.faults).toEqual([
    { field: 'on', key: 'notADate', values: { value: '2026-02-30' } },
  ]);
});

test('what must be filled in and what nobody knows is said by cell', () => {
  const [row] = rowsOf(read([heading, ['', '222401198001010014', '', '北山街道', '陪伴,飞行', '', '']]));
  expect(row!.faults).toEqual([
    { field: 'name', key: 'missing' },
    { field: 'phone', key: 'missing' },
    { field: 'skills', key: 'unknownValue', values: { value: '飞行' } },
  ]);
  expect(rowsOf(read([heading.slice(0, 4), ['李玉兰', '222401198001010014', '', '北山街道']], 'workers'))[0]!.faults).toEqual([]);
});

test('the same ID number twice is said at the second, with the row of the first', () => {
  const rows = rowsOf(read([heading, li, ['金顺姬', '222401198001010014 ', ...li.slice(2)]]));
  expect(rows.map(({ faults }) => faults)).toEqual([[], [{ field: 'idNumber', key: 'twice', values: { row: 2 } }]]);
});

test('the example row is no person; 5,000 people are taken and 5,001 are not', () => {
  expect(read([heading, ['示例:王小明', ...li.slice(1)], li])).toMatchObject({
    is: 'rows',
    examples: 1,
    rows: [{ name: '李玉兰' }],
  });
  const many = (count: number) => [heading, ...Array.from({ length: count }, (_, nth) => ['李', String(nth), '1', '北'])];
  expect(read(many(mostPeople)).is).toBe('rows');
  expect(read(many(mostPeople + 1))).toEqual({ is: 'too-many', count: mostPeople + 1 });
});

test('what an export made harmless is read as it was before', () => {
  for (const name of ['=1+1', '＝SUM(A1)', "O'Neill", '@北山', "'引"])
    expect(rowsOf(read([heading, [harmless(name), ...li.slice(1)]]))[0]!.name).toBe(name);
});
