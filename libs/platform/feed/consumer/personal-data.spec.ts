import fc from 'fast-check';
import { personalDataIn } from './personal-data.js';

const idNumber = '11010519491231002X';
const mobile = '13800138000';
const fullWidth = (text: string) => [...text].map(each => String.fromCodePoint(each.codePointAt(0)! + 0xfee0)).join('');

test.each([
  ['a sealed value', 'yz1.k1.AAAA', 'the value holds a sealed value'],
  ['a sealed value within a text', '见 yz1.k1.AAAA', 'the value holds a sealed value'],
  ['an ID number', idNumber, 'the value holds an ID number'],
  ['an ID number with a small x', idNumber.toLowerCase(), 'the value holds an ID number'],
  ['an ID number within a text', `身份证${idNumber}。`, 'the value holds an ID number'],
  ['an ID number in groups', '110105 19491231 002X', 'the value holds an ID number'],
  ['an ID number in full-width digits', fullWidth(idNumber), 'the value holds an ID number'],
  ['a mobile number', mobile, 'the value holds a mobile number'],
  ['a mobile number within a text', `电话${mobile}转王`, 'the value holds a mobile number'],
  ['a mobile number with the code of the country', `+86 ${mobile}`, 'the value holds a mobile number'],
  ['a mobile number in groups', '138 0013 8000', 'the value holds a mobile number'],
  ['a mobile number that is a number', 13800138000, 'the value holds a mobile number'],
  ['a mobile number deep inside', { names: ['王', { tel: [mobile] }] }, '/names/1/tel/0 holds a mobile number'],
  ['a mobile number in the name of a field', { a: { [mobile]: true } }, 'the name of a field of /a holds a mobile number'],
])('finds %s', (_, value, words) => expect(personalDataIn(value)).toBe(words));

test('what it says does not repeat the value', () => {
  for (const value of [idNumber, mobile, `yz1.${mobile}`]) expect(personalDataIn({ note: value })).not.toContain(value);
});

test.each([
  ['an ID number with a wrong check character', '110105194912310021'],
  ['a code of a division', '220104001001'],
  ['a date', '2026-03-02'],
  ['an instant', '2026-03-02T13:30:00.000Z'],
  ['dates and a number', '1970-01-01 100'],
  ['a longer run of digits', `9${mobile}`],
  ['a position', '9007199254740993'],
  ['a UUID that ends like a mobile number', '0195a1c2-6d5e-7a3b-8c4d-a13800138000'],
  ['nothing', { a: null, b: undefined, c: true, d: [], e: '' }],
])('leaves %s alone', (_, value) => expect(personalDataIn(value)).toBeUndefined());

test('no id of a stream is taken for a person', () =>
  fc.assert(fc.property(fc.array(fc.uuid()), ids => personalDataIn({ ids, together: ids.join(' ') }) === undefined)));
