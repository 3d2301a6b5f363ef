import { validateSync } from 'class-validator';
import { chinaMobilesIn, IsChinaMobile } from './china-mobile.js';

class Reached {
  @IsChinaMobile() readonly phone: unknown;
  constructor(phone: unknown) {
    this.phone = phone;
  }
}
const accepts = (phone: unknown) => validateSync(new Reached(phone)).length === 0;

test.each(['13843350000', '19912345678', '15000000000'])('%s is a mobile number', phone => expect(accepts(phone)).toBe(true));
test.each(['12843350000', '1384335000', '138433500001', '+8613843350000', '138 4335 0000', 13_843_350_000, undefined])(
  '%s is none',
  phone => expect(accepts(phone)).toBe(false),
);

test('numbers are found within a text', () =>
  expect(chinaMobilesIn('13843350000、+86 199-1234-5678;8615000000000。138433500001 12843350000 a13843350000')).toEqual([
    '13843350000',
    '19912345678',
    '15000000000',
    '13843350000',
  ]));
