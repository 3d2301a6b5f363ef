import { spellingOf } from './spelling.js';

test('names are found by initials and sorted by sound', () => {
  expect(spellingOf('李玉兰')).toEqual({ spelling: 'liyulan', initials: 'lyl' });
  expect(spellingOf('单雄信')).toEqual({ spelling: 'shanxiongxin', initials: 'sxx' });
});

test('what is not Chinese stays', () => expect(spellingOf('Ann 李')).toEqual({ spelling: 'annli', initials: 'al' }));
