import fc from 'fast-check';
import { validateSync } from 'class-validator';
import { citizenIdsIn, IsCitizenId, parseCitizenId } from './citizen-id.js';

const known = ['34052419800101001X', '11010519491231002X', '440524188001010014'];

test('the numbers of the standard are read', () => {
  expect(known.map(number => parseCitizenId(number))).toEqual([
    { normalised: '34052419800101001X', birthDate: '1980-01-01', sex: 'MALE' },
    { normalised: '11010519491231002X', birthDate: '1949-12-31', sex: 'FEMALE' },
    { normalised: '440524188001010014', birthDate: '1880-01-01', sex: 'MALE' },
  ]);
});

test('a small x is the same check character', () =>
  expect(parseCitizenId('34052419800101001x')?.normalised).toBe('34052419800101001X'));

test('numbers are found within a text; a wrong check character, or more digits beside it, make it another thing', () =>
  expect(
    citizenIdsIn('甲34052419800101001x,乙11010519491231002X 110105194912310021 9440524188001010014').map(
      ({ normalised }) => normalised,
    ),
  ).toEqual(['34052419800101001X', '11010519491231002X']));

test('a birth date that is in no calendar is refused though its check character is right', () => {
  expect(parseCitizenId(numbered('110105', '20240229', 1))?.birthDate).toBe('2024-02-29');
  for (const date of ['20230229', '19801301', '19800100', '19800431']) {
    expect(parseCitizenId(numbered('110105', date, 1))).toBeUndefined();
  }
});

test('what is no ID number is refused', () => {
  for (const value of [
    '',
    '110105491231002',
    ' 34052419800101001X',
    '34052419800101001X\n',
    '３４０５２４１９８００１０１００１X',
    34,
    null,
    undefined,
    {},
  ]) {
    expect(parseCitizenId(value)).toBeUndefined();
  }
});

test('every single changed character is refused', () => {
  for (const number of known) {
    for (let at = 0; at < 18; at += 1) {
      for (const other of '0123456789X') {
        if (other !== number[at]) expect(parseCitizenId(number.slice(0, at) + other + number.slice(at + 1))).toBeUndefined();
      }
    }
  }
});

test('every number with the right check character is read, and no single changed digit goes unseen', () =>
  fc.assert(
    fc.property(anyNumber(), fc.nat(16), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
      expect(parseCitizenId(number)?.normalised).toBe(number);
      const changed = (Number(number[at]) + by) % 10;
      expect(parseCitizenId(number.slice(0, at) + changed + number.slice(at + 1))).toBeUndefined();
    }),
    { numRuns: 2000 },
  ));

test('two neighbouring digits that changed places do not go unseen', () =>
  fc.assert(
    fc.property(anyNumber(), fc.nat(15), (number, at) => {
      fc.pre(number[at] !== number[at + 1]);
      const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2);
      expect(parseCitizenId(swapped)).toBeUndefined();
    }),
  ));

test('a field of a command is checked', () => {
  class RegisterSomebody {
    @IsCitizenId() idNumber: string;
  }
  const faults = (idNumber: string) => validateSync(Object.assign(new RegisterSomebody(), { idNumber }));
  expect(faults('34052419800101001X')).toEqual([]);
  expect(faults('340524198001010011')[0]?.constraints).toEqual({ isCitizenId: 'idNumber must be an ID number (GB 11643)' });
});

function anyNumber() {
  const birthDate = fc
    .integer({ min: Date.UTC(1880, 0, 1) / 86_400_000, max: Date.UTC(2030, 0, 1) / 86_400_000 })
    .map(day => new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''));
  return fc
    .tuple(fc.integer({ min: 110_000, max: 839_999 }), birthDate, fc.nat(999))
    .map(([area, date, sequence]) => numbered(String(area), date, sequence));
}

/** The check character by the definition of ISO 7064: the whole is 1 modulo 11. */
function numbered(area: string, date: string, sequence: number) {
  const digits = area + date + String(sequence).padStart(3, '0');
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * 2 ** (17 - at), 0);
  const check = (12 - (sum % 11)) % 11;
  return digits + (check === 10 ? 'X' : check);
}
