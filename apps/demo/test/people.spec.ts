import { parseCitizenId } from '@lib/platform/privacy/citizen-id.js';
import { spellingOf } from '@lib/platform/read-store/spelling.js';
import { cast, idNumberOf, misread, randomIdNumber } from '../src/people.js';
import { drawn, padded, widthOf, type Branch } from '../src/tree.js';

describe('invented people', () => {
  test('the check character is that of GB 11643', () => {
    expect(idNumberOf('110105', '1949-12-31', '002')).toBe('11010519491231002X');
    expect(idNumberOf('440524', '1880-01-01', '001')).toBe('440524188001010014');
  });

  test('every ID number is right, and of an adult', () => {
    for (let nth = 0; nth < 500; nth += 1) {
      const identity = parseCitizenId(randomIdNumber('2026-03-02'));
      expect(identity && identity.birthDate >= '1967-01-01' && identity.birthDate < '2006-01-01').toBe(true);
    }
  });

  test('a misread ID number is found to be wrong', () => {
    for (let nth = 0; nth < 100; nth += 1) expect(parseCitizenId(misread(randomIdNumber('2026-03-02')))).toBeUndefined();
  });

  test('no two have the same surname, and the initials are those by which the system finds them', () => {
    for (let nth = 0; nth < 20; nth += 1) {
      const people = cast(12, '2026-03-02');
      expect(new Set(people.map(({ name }) => name[0])).size).toBe(12);
      for (const { name, initials } of people) expect(initials).toBe(spellingOf(name).initials);
    }
  });
});

describe('a street as text', () => {
  const counts = {
    townships: 1,
    townshipsWithCenter: 1,
    centers: 1,
    stations: 2,
    staffedStations: 1,
    redStations: 1,
    volunteers: 2,
  };
  const leaf = (kind: string, name: string, primary?: boolean): Branch => ({
    node: { kind, id: name, name, ...(primary === undefined ? {} : { primary }) },
    children: [],
  });
  const stations: Branch[] = [
    {
      node: { kind: 'STATION', id: 's1', name: '丹英站', colour: 'green', reasons: [] },
      children: [leaf('WORKER', '李玉兰'), leaf('VOLUNTEER', '金哲', true), leaf('VOLUNTEER', '朴春姬', false)],
    },
    { node: { kind: 'STATION', id: 's2', name: '丹吉站', colour: 'red', reasons: ['STATION_WITHOUT_WORKER'] }, children: [] },
  ];
  const street: Branch = {
    node: { kind: 'DIVISION', id: 'd', name: '北山街道', colour: 'green', counts, reasons: [] },
    children: [
      {
        node: { kind: 'CENTER', id: 'c', name: '北山中心', colour: 'amber', counts, reasons: ['STATIONS_RED'] },
        children: stations,
      },
    ],
  };

  test('every branch is a line: name, colour as a word, counts or people, what is missing', () => {
    expect(drawn(street, 'zh')).toEqual([
      '北山街道    ●绿  中心 1/1 · 站 2 · 有社工 1 · 志愿者 2',
      '└ 北山中心  ●黄  站 2 · 有社工 1 · 志愿者 2  ← 有站为红',
      '  ├ 丹英站  ●绿  社工 李玉兰 · 志愿者 2 金哲★ 朴春姬',
      '  └ 丹吉站  ●红  社工 空缺 · 志愿者 0  ← 站没有社工',
    ]);
    expect(drawn(street, 'en')[3]).toBe('  └ 丹吉站  ●red    worker vacant · volunteers 0  ← station without a worker');
  });

  test('Chinese characters take two columns', () => {
    expect(widthOf('北山 ab')).toBe(7);
    expect(padded('北山', 6)).toBe('北山  ');
  });
});
