import { problemOf } from './problems.js';

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
])('a database that has gone away is no bug of ours: %s', words =>
  expect(problemOf(new Error(words), 'en')).toMatchObject({ status: 503, code: 'store-unavailable' }),
);

test('what is a bug is not said to be an outage', () =>
  expect(problemOf(new Error('undefined is not a function'), 'en')).toBe(undefined));
