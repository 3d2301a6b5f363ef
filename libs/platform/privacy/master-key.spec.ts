import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMasterKey, MasterKey, MasterKeyUnreadable, SubjectKeyDamaged } from './master-key.js';

let folder: string;
const keyFile = () => join(folder, 'data', 'master.key');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'master-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const secret = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7 + 200));
const sameAs = new MasterKey(secret).checkValue;

test('the value from the environment may be hexadecimal or base64, and no key file is made', async () => {
  for (const fromEnvironment of [
    secret.toString('hex'),
    secret.toString('hex').toUpperCase(),
    secret.toString('base64'),
    secret.toString('base64url'),
    `${secret.toString('base64')}\n`,
  ]) {
    expect((await loadMasterKey({ fromEnvironment, keyFile: keyFile() })).checkValue).toEqual(sameAs);
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a value that is no key is refused in both languages, without showing it, and no key file is made', async () => {
  for (const fromEnvironment of [
    '',
    'secret',
    'ab'.repeat(31),
    'ab'.repeat(33),
    randomBytes(31).toString('base64'),
    `${'*'.repeat(43)}=`,
  ]) {
    const refused = await loadMasterKey({ fromEnvironment, keyFile: keyFile() }).catch(error => error);
    expect(refused).toBeInstanceOf(MasterKeyUnreadable);
    expect(refused.message.split('\n')).toEqual([
      expect.stringContaining('环境变量'),
      expect.stringContaining('from the environment'),
    ]);
    if (fromEnvironment) expect(refused.message).not.toContain(fromEnvironment);
  }
  expect(await readdir(folder)).toEqual([]);
});

test('without a value a key file is made for its owner alone, and read again at the next start', async () => {
  const first = await loadMasterKey({ keyFile: keyFile() });
  expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'data'))).toEqual(['master.key']);
  const written = await readFile(keyFile());

  expect((await loadMasterKey({ keyFile: keyFile() })).checkValue).toEqual(first.checkValue);
  expect(await readFile(keyFile())).toEqual(written);
});

test('of many starts at once one makes the key file and all use it', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ keyFile: keyFile() })));
  expect(new Set(keys.map(key => key.checkValue.toString('hex'))).size).toBe(1);
  expect(await readdir(join(folder, 'data'))).toEqual(['master.key']);
});

test('a key file that holds no key is refused and left as it is', async () => {
  const damaged = join(folder, 'master.key');
  for (const text of ['', 'cut off']) {
    await writeFile(damaged, text);
    await expect(loadMasterKey({ keyFile: damaged })).rejects.toThrow(`The key file ${damaged} is not a master key`);
    expect(await readFile(damaged, 'utf8')).toBe(text);
  }
});

test('a wrapped key opens under the same master key and for the same subject only', () => {
  const [subject, other] = [randomUUID(), randomUUID()];
  const master = new MasterKey(secret);
  const key = createSecretKey(randomBytes(32));
  const wrapped = master.wrap(subject, key);

  expect(master.unwrap(subject, wrapped).equals(key)).toBe(true);
  expect(wrapped.includes(key.export())).toBe(false);
  expect(() => master.unwrap(other, wrapped)).toThrow(SubjectKeyDamaged);
  expect(() => new MasterKey(randomBytes(32)).unwrap(subject, wrapped)).toThrow(SubjectKeyDamaged);
  for (let at = 0; at < wrapped.length; at += 1) {
    const changed = Buffer.from(wrapped);
    changed[at]! ^= 1;
    expect(() => master.unwrap(subject, changed)).toThrow(SubjectKeyDamaged);
  }
  expect(() => master.unwrap(subject, wrapped.subarray(0, -1))).toThrow(SubjectKeyDamaged);
});

test('the fingerprint of an ID number hangs on the master key', () => {
  const number = '34052419800101001X';
  expect(new MasterKey(secret).fingerprint(number)).toEqual(new MasterKey(secret).fingerprint(number));
  expect(new MasterKey(randomBytes(32)).fingerprint(number)).not.toEqual(new MasterKey(secret).fingerprint(number));
});
