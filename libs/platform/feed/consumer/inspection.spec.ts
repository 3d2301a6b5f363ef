import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectionOf, schemasFrom } from './inspection.js';

const stationOpened = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    stationId: { type: 'string', format: 'uuid' },
    name: { type: 'string' },
    openedOn: { type: 'string', format: 'date' },
    communities: { type: 'array', items: { type: 'string' } },
  },
  required: ['stationId', 'name'],
  additionalProperties: true,
};
const inspect = inspectionOf(new Map([['StationOpened.v1', stationOpened]]));
const told = (data: Record<string, unknown>, version = 1) => ({
  type: 'StationOpened',
  version,
  data: { stationId: '0195a1c2-6d5e-7a3b-8c4d-1e2f3a4b5c6d', name: '第一服务站', ...data },
});

test('a fact as it is told is clean', () => expect(inspect(told({ openedOn: '2026-03-02' }))).toBeUndefined());

test.each<[string, ReturnType<typeof told>, string]>([
  ['a field that is not told', told({ reason: '搬迁' }), '/reason is not told'],
  ['a value of another kind', told({ name: 7 }), '/name must be string'],
  ['a date that is none', told({ openedOn: '2026-02-30' }), '/openedOn must match format "date"'],
  ['a version that has no schema', told({}, 2), 'no schema is called StationOpened.v2'],
  ['an ID number in a field that is told', told({ name: '11010519491231002X' }), '/name holds an ID number'],
  ['a mobile number in a list', told({ communities: ['13800138000'] }), '/communities/0 holds a mobile number'],
  ['a sealed value in a version that has no schema', told({ name: 'yz1.k.AAAA' }, 2), '/name holds a sealed value'],
])('%s is found', (_, fact, words) => expect(inspect(fact)).toBe(words));

test('everything that is wrong is named, and no value is repeated', () => {
  const words = inspect(told({ name: 7, secret: '住在人民街 12 号' }));
  expect(words).toBe('/secret is not told; /name must be string');
});

describe('schemas from a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yizhan-schemas-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are found by name; other files are left alone', async () => {
    writeFileSync(join(folder, 'StationOpened.v1.json'), JSON.stringify(stationOpened));
    writeFileSync(join(folder, 'state.station.json'), '{}');
    writeFileSync(join(folder, 'README.md'), 'words');
    const schemas = await schemasFrom(folder);
    expect([...schemas.keys()].sort()).toEqual(['StationOpened.v1', 'state.station']);
    expect(inspectionOf(schemas)(told({ reason: '搬迁' }))).toBe('/reason is not told');
  });

  test('that are none are a fault', async () => {
    writeFileSync(join(folder, 'StationOpened.v1.json'), '[]');
    await expect(schemasFrom(folder)).rejects.toThrow('StationOpened.v1.json is no JSON Schema');
    writeFileSync(join(folder, 'StationOpened.v1.json'), '{"type":"object","propertys":{}}');
    const schemas = await schemasFrom(folder);
    expect(() => inspectionOf(schemas)).toThrow('propertys');
  });
});
