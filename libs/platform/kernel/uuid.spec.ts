import { isUuid, uuidV5 } from './uuid.js';

test('the same namespace and name give the id that RFC 9562 says', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  expect(isUuid(uuidV5(dns, '北山街道'))).toBe(true);
});

test('upper case, other lengths and other things are no ids', () => {
  for (const wrong of ['2ED6657D-E927-568B-95E1-2665A8AEA6A2', '2ed6657d', '', undefined, 5]) expect(isUuid(wrong)).toBe(false);
});
