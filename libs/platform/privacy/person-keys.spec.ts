import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { isUuid } from '@lib/platform/kernel/uuid.js';
import { createKeySchema } from './key-schema.js';
import { MasterKey } from './master-key.js';
import { PersonKeys } from './person-keys.js';

const number = '34052419800101001X';

(hasPostgres ? describe : describe.skip)('with a database of the keys', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let persons: PersonKeys;
  beforeEach(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url });
    await createKeySchema(pool);
    persons = new PersonKeys(pool, new MasterKey(randomBytes(32)));
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });
  const rows = async () => (await pool.query('select hmac, stream_id from person_key')).rows;

  test('the same number leads to the same stream, with a small x too', async () => {
    const found = await persons.streamIdFor(number, { create: true });
    expect(isUuid(found)).toBe(true);
    expect(await persons.streamIdFor(number.toLowerCase(), { create: true })).toBe(found);
    expect(await persons.streamIdFor(number, { create: false })).toBe(found);
    expect(await persons.streamIdFor('11010519491231002X', { create: true })).not.toBe(found);
    expect(await rows()).toHaveLength(2);
  });

  test('many who ask for a new number at once are led to one stream', async () => {
    const found = await Promise.all(Array.from({ length: 20 }, () => persons.streamIdFor(number, { create: true })));
    expect(new Set(found).size).toBe(1);
  });

  test('a dry run leaves no trace of the question', async () => {
    const first = await persons.streamIdFor(number, { create: false });
    expect(await rows()).toEqual([]);
    expect(await persons.streamIdFor(number, { create: false })).not.toBe(first);
  });

  test('after the row was deleted the same person is somebody new', async () => {
    const before = await persons.streamIdFor(number, { create: true });
    await pool.query('delete from person_key');
    expect(await persons.streamIdFor(number, { create: true })).not.toBe(before);
  });

  test('the number does not follow from the row without the master key', async () => {
    await persons.streamIdFor(number, { create: true });
    const others = new PersonKeys(pool, new MasterKey(randomBytes(32)));
    await others.streamIdFor(number, { create: true });
    expect(await rows()).toHaveLength(2);
  });
});
