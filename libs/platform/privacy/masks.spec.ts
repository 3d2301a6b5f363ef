import { lastFour, maskIdNumber, maskName, maskPhone } from './masks.js';

test('of a phone number the middle four are hidden', () => expect(maskPhone('13800138000')).toBe('138****8000'));

test('a phone number of another form is hidden whole', () =>
  expect(['0431-8888', '', '+8613800138000'].map(maskPhone)).toEqual(['****', '****', '****']));

test('of a name the first character is shown, and not how long it is', () =>
  expect(['张三', '张三丰', '欧阳锋', '𠮷田', ''].map(maskName)).toEqual(['张*', '张*', '欧*', '𠮷*', '*']));

test('of an ID number the last four are shown: neither the area nor the birth date', () =>
  expect(['34052419800101001X', '001X', ''].map(maskIdNumber)).toEqual([
    '**************001X',
    '******************',
    '******************',
  ]));

test('the last four', () => expect(lastFour('13800138000')).toBe('8000'));
