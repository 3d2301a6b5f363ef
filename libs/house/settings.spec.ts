import { CannotStart } from './databases.js';
import { readSettings } from './settings.js';

const sentenceFor = (environment: Readonly<Record<string, string>>) => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof CannotStart) return error.message;
    throw error;
  }
  return undefined;
};

test('with nothing set it starts on this machine only, in Chinese', () =>
  expect(readSettings({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    dataFolder: '.yizhan',
    pilotPassword: undefined,
    masterKey: undefined,
    databaseUrl: undefined,
    factsIn: { kind: 'postgres' },
    brokers: [],
    drainWait: 500,
    trustedProxies: [],
    language: 'zh',
    logLevel: 'info',
  }));
test('the facts are kept in KurrentDB where that is wanted, and the start ends when nobody says which', () => {
  const url = 'kurrentdb+discover://admin:secret@cluster.example:2113?tls=true';
  expect(readSettings({ YIZHAN_LOG: 'kurrentdb', KURRENTDB_URL: url }).factsIn).toEqual({ kind: 'kurrentdb', url });
  expect(readSettings({ KURRENTDB_URL: url }).factsIn).toEqual({ kind: 'postgres' });
  expect(sentenceFor({ YIZHAN_LOG: 'kurrentdb' })).toMatch(/须设 KURRENTDB_URL/);
  expect(sentenceFor({ YIZHAN_LOG: 'kurrentdb', LANG: 'en' })).toMatch(/KURRENTDB_URL must be set/);
});
test('several brokers are named with commas', () =>
  expect(readSettings({ KAFKA_BROKERS: 'a:9092,b:9093' }).brokers).toEqual(['a:9092', 'b:9093']));
test('proxies are named by address or range', () =>
  expect(readSettings({ YIZHAN_TRUST_PROXY: '10.0.0.5,10.1.0.0/24,fd00::/8' }).trustedProxies).toEqual([
    '10.0.0.5',
    '10.1.0.0/24',
    'fd00::/8',
  ]));
test('what is set is taken', () =>
  expect(
    readSettings({
      YIZHAN_PORT: '0',
      YIZHAN_HOST: '0.0.0.0',
      YIZHAN_DATA: '/srv/yizhan',
      YIZHAN_PILOT_PASSWORD: 'long enough',
      YIZHAN_LANGUAGE: 'en',
      YIZHAN_LOG_LEVEL: 'warn',
      YIZHAN_DRAIN_WAIT: '2000',
      DATABASE_URL: 'postgres://yizhan:secret@db_one:5432/yizhan',
    }),
  ).toMatchObject({
    port: 0,
    host: '0.0.0.0',
    dataFolder: '/srv/yizhan',
    pilotPassword: 'long enough',
    language: 'en',
    logLevel: 'warn',
    drainWait: 2000,
    databaseUrl: 'postgres://yizhan:secret@db_one:5432/yizhan',
  }));
test('each program listens at a port of its own unless one is set', () => {
  expect(readSettings({}, 3001).port).toBe(3001);
  expect(readSettings({ YIZHAN_PORT: '4000' }, 3001).port).toBe(4000);
});
test('an empty value is as if it were not set', () =>
  expect(readSettings({ YIZHAN_PORT: '', YIZHAN_LANGUAGE: '', DATABASE_URL: '' })).toMatchObject({ port: 3000, language: 'zh' }));
test('a PostgreSQL may be reached by a socket', () => {
  const url = 'postgresql://postgres@%2Frun%2Fpostgresql:5432/yizhan?sslmode=disable';
  expect(readSettings({ DATABASE_URL: url }).databaseUrl).toBe(url);
});
test('the language of the terminal is spoken unless another one is set', () => {
  expect(readSettings({ LANG: 'en_US.UTF-8' }).language).toBe('en');
  expect(readSettings({ LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }).language).toBe('zh');
  expect(readSettings({ LANG: 'en_US.UTF-8', YIZHAN_LANGUAGE: 'zh' }).language).toBe('zh');
  expect(readSettings({ LANG: 'ko_KR.UTF-8' }).language).toBe('zh');
});
test('a name that nobody knows ends the start, for it is a misspelt one', () => {
  expect(sentenceFor({ YIZHAN_PROT: '3000' })).toBe('不认识环境变量 YIZHAN_PROT');
  expect(sentenceFor({ YIZHAN_PROT: '3000', LANG: 'en' })).toBe('The environment variable YIZHAN_PROT is not known');
});
test('names of the tests and of other programs are no misspelt ones, and other variables are nobody’s business', () =>
  expect(
    sentenceFor({ YIZHAN_REQUIRE_ALL: '1', YIZHAN_URL: 'http://localhost', PATH: '/bin', npm_config_x: 'y' }),
  ).toBeUndefined());
test.each([
  ['YIZHAN_PORT', '65536'],
  ['YIZHAN_PORT', '-1'],
  ['YIZHAN_PORT', '3000.5'],
  ['YIZHAN_PORT', 'three'],
  ['YIZHAN_PILOT_PASSWORD', 'short'],
  ['YIZHAN_PILOT_PASSWORD', ' has a blank '],
  ['YIZHAN_DRAIN_WAIT', '-1'],
  ['YIZHAN_TRUST_PROXY', 'true'],
  ['YIZHAN_TRUST_PROXY', 'proxy'],
  ['YIZHAN_TRUST_PROXY', '10.0.0.0/33'],
  ['YIZHAN_TRUST_PROXY', '10.0.0.1, 10.0.0.2'],
  ['YIZHAN_DRAIN_WAIT', 'soon'],
  ['YIZHAN_LANGUAGE', 'fr'],
  ['YIZHAN_LOG_LEVEL', 'loud'],
  ['DATABASE_URL', 'mysql://localhost/yizhan'],
  ['DATABASE_URL', 'localhost'],
  ['YIZHAN_LOG', 'mysql'],
  ['KURRENTDB_URL', 'http://localhost:2113'],
  ['KAFKA_BROKERS', 'localhost'],
  ['DATABASE_URL', 'postgres://a:b:c/yizhan'],
  ['DATABASE_URL', 'postgres://two words/yizhan'],
])('%s cannot be %s, and the sentence says what it can be', (name, value) => {
  expect(sentenceFor({ [name]: value })).toMatch(new RegExp(`^${name}:(须|至少)`));
  // What was wrong may be a secret.
  expect(sentenceFor({ [name]: value, LANG: 'en' })).toMatch(new RegExp(`^${name}:must`));
  if (name === 'YIZHAN_PILOT_PASSWORD' || name === 'DATABASE_URL') expect(sentenceFor({ [name]: value })).not.toContain(value);
});
test('everything that is wrong is said at once', () =>
  expect(sentenceFor({ YIZHAN_PROT: '1', YIZHAN_PORT: 'x', YIZHAN_LOG_LEVEL: 'loud' })!.split('\n')).toHaveLength(3));
