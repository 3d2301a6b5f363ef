import fc from 'fast-check';
import { asWritten, harmless } from './harmless-text.js';

/** Beginnings that some spreadsheet program takes for a formula. */
const signs = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠', '｜', '％'];
const prefixes = [
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\u00a0',
  '\u200b',
  '\u200e',
  '\ufeff',
  '\u3000',
  '\u2028',
  '\u3164',
  '\u00ad',
];
const bodies = ['1+1', "cmd|' /C calc'!A0", 'HYPERLINK("http://a","b")', 'SUM(A1:A9)', '10086', 'DDE("x";"y";"z")', 'A1', "'"];
const payloads = signs.flatMap(sign => prefixes.flatMap(prefix => bodies.map(body => `${prefix}${sign}${body}`)));

/** What a program that skips whatever it does not see would make of a cell. */
const seen = (cell: string) => cell.replaceAll(/[\s\p{C}\p{Z}\u115f\u1160\u3164\uffa0]/gu, '');

test('no payload begins a formula any more, whatever stands before its sign', () => {
  expect(payloads.length).toBeGreaterThan(1_000);
  for (const payload of payloads) expect([payload, signs.includes(seen(harmless(payload))[0]!)]).toEqual([payload, false]);
});

test('no text of whatever signs begins a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(signs).not.toContain(seen(harmless(text))[0]);
    }),
    { numRuns: 2_000 },
  );
});

test('what is harmless already stays as it is', () => {
  for (const text of ['李玉兰', '138****0002', '2026-03-02', 'a=b', '北山街道 第一社区', '', '3－5人'])
    expect(harmless(text)).toBe(text);
});

test('a control character and half a character go, a tab or the end of a line is a blank', () => {
  expect(harmless('金\0顺\ud800姬\t一\r\n二')).toBe('金顺姬 一  二');
});

test('what was written comes back as it was when the sheet is read', () => {
  const trimmed = (text: string) => text.replaceAll(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
  for (const payload of payloads.filter(text => !/[\0\t\r\n]/.test(text)))
    expect(asWritten(harmless(payload))).toBe(trimmed(payload));
  for (const name of ['李玉兰', "O'Neill", "'quoted'", "''twice"]) expect(asWritten(harmless(name))).toBe(name);
});
