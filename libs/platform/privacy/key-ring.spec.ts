import { randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { Pool } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { KeyRing, SubjectKeyMissing, type SubjectKeyOrErased } from './key-ring.js';
import { createKeySchema, KeysUnavailable, MasterKeyMismatch, requireSameMasterKey, type KeyDatabase } from './key-schema.js';
import { MasterKey, SubjectKeyDamaged } from './master-key.js';

const masterKey = new MasterKey(randomBytes(32));
const subjects = (count: number) => Array.from({ length: count }, () => randomUUID() as string);
const bytes = (key: SubjectKeyOrErased | undefined) => (key as KeyObject).export().toString('hex');

(hasPostgres ? describe : describe.skip)('with a database of the keys', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 10 });
    await createKeySchema(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** The pool with its questions counted; each takes a moment, so that callers meet. */
  function counted() {
    const asked: string[] = [];
    const client = {
      async query(sql: string, values: unknown[]) {
        asked.push(sql.trim().split(' ')[0]!);
        await new Promise(resolve => setTimeout(resolve, 5));
        return pool.query(sql, values);
      },
    } as unknown as KeyDatabase;
    return { asked, client };
  }
  const ring = (capacity?: number) => new KeyRing(pool, masterKey, capacity);
  const erase = (subject: string) =>
    pool.query('update subject_key set wrapped = null, erased_at = now() where subject = $1', [subject]);

  test('the tables are made once, by however many at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => createKeySchema(pool)));
  });

  test('a key is made once and is the same ever after', async () => {
    const [subject] = subjects(1);
    const made = await ring().keysFor([subject!], { create: true });
    const again = await ring().keysFor([subject!], { create: true });
    const read = await ring().keysFor([subject!], { create: false });
    expect([bytes(again.get(subject!)), bytes(read.get(subject!))]).toEqual([
      bytes(made.get(subject!)),
      bytes(made.get(subject!)),
    ]);
  });

  test('the key itself lies in no row', async () => {
    const [subject] = subjects(1);
    const made = await ring().keysFor([subject!], { create: true });
    const { rows } = await pool.query(`select encode(wrapped, 'hex') wrapped from subject_key where subject = $1`, [subject]);
    expect(rows[0].wrapped).not.toContain(bytes(made.get(subject!)));
  });

  test('a key that is missing without an erasure stops the reader, and none is made', async () => {
    const [known, unknown] = subjects(2);
    await ring().keysFor([known!], { create: true });
    const refused = await ring()
      .keysFor([known!, unknown!], { create: false })
      .catch(error => error);
    expect(refused).toBeInstanceOf(SubjectKeyMissing);
    expect(refused.subjects).toEqual([unknown]);
    await expect(ring().keysFor([unknown!], { create: false })).rejects.toThrow(SubjectKeyMissing);
  });

  test('an erased person is erased for readers and writers, and gets no new key', async () => {
    const [gone, kept] = subjects(2);
    await ring().keysFor([gone!, kept!], { create: true });
    await erase(gone!);
    for (const create of [true, false]) {
      const keys = await ring().keysFor([gone!, kept!], { create });
      expect(keys.get(gone!)).toBe('erased');
      expect(keys.get(kept!)).not.toBe('erased');
    }
    const { rows } = await pool.query('select wrapped from subject_key where subject = $1', [gone]);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  test('no row is without both a key and an erasure, or has both', async () => {
    await expect(pool.query('insert into subject_key (subject) values ($1)', [randomUUID()])).rejects.toThrow(
      'either_kept_or_erased',
    );
    const both = pool.query(`insert into subject_key (subject, wrapped, erased_at) values ($1, '\\x00', now())`, [randomUUID()]);
    await expect(both).rejects.toThrow('either_kept_or_erased');
  });

  test('whoever is told of an erasure forgets the key, also one that is being read at that moment', async () => {
    const [subject] = subjects(1);
    await ring().keysFor([subject!], { create: true });
    let read = () => {};
    const held = new Promise<void>(resolve => (read = resolve));
    let answered = () => {};
    const answer = new Promise<void>(resolve => (answered = resolve));
    const slow = {
      async query(sql: string, values: unknown[]) {
        const result = await pool.query(sql, values);
        answered();
        await held;
        return result;
      },
    } as unknown as KeyDatabase;
    const reader = new KeyRing(slow, masterKey);

    const before = reader.keysFor([subject!], { create: false });
    await answer;
    await erase(subject!);
    reader.forget([subject!]);
    read();
    expect((await before).get(subject!)).not.toBe('erased');
    expect((await reader.keysFor([subject!], { create: false })).get(subject!)).toBe('erased');
  });

  test('two rings that make the same keys at once agree, and never wait for each other in a circle', async () => {
    for (let round = 0; round < 100; round += 1) {
      const all = subjects(20);
      const rings = [ring(), ring(), ring(), ring()];
      const answers = await Promise.all(rings.map((one, at) => one.keysFor(at % 2 ? all : [...all].reverse(), { create: true })));
      for (const subject of all) expect(new Set(answers.map(keys => bytes(keys.get(subject)))).size).toBe(1);
    }
  });

  test('callers that come while a question is under way share the next one', async () => {
    const all = subjects(50);
    await ring().keysFor(all, { create: true });
    const { asked, client } = counted();
    const reader = new KeyRing(client, masterKey);

    const first = reader.keysFor([all[0]!], { create: false });
    await new Promise(resolve => setImmediate(resolve));
    const others = all.map(subject => reader.keysFor([subject], { create: false }));
    const writer = reader.keysFor(subjects(1), { create: true });
    const keys = await Promise.all([first, ...others]);
    await writer;

    expect(asked).toEqual(['select', 'insert', 'select']);
    expect(keys.every(answer => answer.size === 1)).toBe(true);
    await reader.keysFor(all, { create: true });
    expect(asked).toHaveLength(3);
  });

  test('what is wrong with one key is told to those who asked for it, not to the others of the round', async () => {
    const [good, damaged, missing] = subjects(3);
    await ring().keysFor([good!, damaged!], { create: true });
    await pool.query(`update subject_key set wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1) where subject = $1`, [
      damaged,
    ]);
    const reader = ring();
    const answers = await Promise.allSettled(
      [good!, damaged!, missing!, 'no uuid'].map(subject => reader.keysFor([subject], { create: false })),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(answers.map(answer => (answer.status === 'rejected' ? answer.reason.constructor : undefined))).toEqual([
      undefined,
      SubjectKeyDamaged,
      SubjectKeyMissing,
      Error,
    ]);
  });

  test('only so many keys are remembered, the longest unused are forgotten, and an answer is whole all the same', async () => {
    const all = subjects(5);
    await ring().keysFor(all, { create: true });
    const { asked, client } = counted();
    const small = new KeyRing(client, masterKey, 3);
    expect((await small.keysFor(all, { create: false })).size).toBe(5);
    await small.keysFor([all[2]!], { create: false });
    await small.keysFor([all[0]!], { create: false });
    expect(asked).toHaveLength(2);
    await small.keysFor([all[2]!], { create: false });
    expect(asked).toHaveLength(2);
    await small.keysFor([all[3]!], { create: false });
    expect(asked).toHaveLength(3);
  });

  test('the master key of the first start is required at every start', async () => {
    await requireSameMasterKey(pool, masterKey);
    await requireSameMasterKey(pool, masterKey);
    const refused = await requireSameMasterKey(pool, new MasterKey(randomBytes(32))).catch(error => error);
    expect(refused).toBeInstanceOf(MasterKeyMismatch);
    expect(refused.message).toMatch(/密钥文件.*不属于这份数据.*\n.*does not belong to this data/);
    await requireSameMasterKey(pool, masterKey);
  });
});

test('a database that does not answer is an outage: nothing is missing, nothing is erased, and the next question is asked again', async () => {
  const [subject] = subjects(1);
  let asked = 0;
  const down = { query: () => Promise.reject(new Error(`connection refused ${(asked += 1)}`)) } as unknown as KeyDatabase;
  const reader = new KeyRing(down, masterKey);
  for (const create of [false, true]) await expect(reader.keysFor([subject!], { create })).rejects.toThrow(KeysUnavailable);
  expect(asked).toBe(2);
});
