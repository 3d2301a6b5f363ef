import { eventsOf } from '@lib/platform/kernel/event.js';
import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, id, integer, oneOf, optional, sensitive, text } from '@lib/platform/kernel/shape.js';
import { asyncApiOf } from './asyncapi.js';
import { schemasOf, silences, type ContractSetup } from './contract.js';
import { factSchema, type Meanings } from './told-schema.js';

const event = eventsOf('readingRoom', 'roomId');

class RoomOpened extends event(
  'RoomOpened',
  2,
  {
    roomId: id,
    name: text,
    kind: oneOf('QUIET', 'LOUD'),
    seats: optional(integer),
    inspectedBy: text,
    note: optional(sensitive('roomId', text)),
    openedOn: date,
  },
  { zh: '阅览室“{name}”开放({note})', en: 'Reading room “{name}” opened ({note})' },
  { 1: ({ title, ...data }) => ({ ...data, name: title }) },
) {}
class RoomInspected extends event('RoomInspected', 1, { roomId: id, on: date }, { zh: '检查', en: 'Inspected' }) {}

const rooms = publication<RoomOpened | RoomInspected>()({
  noun: 'reading-room',
  category: 'readingRoom',
  id: 'roomId',
  tells: {
    RoomOpened: { name: tell, kind: tell, seats: tell, inspectedBy: keep, openedOn: tell },
    RoomInspected: keep,
  },
})
  .withState({ roomId: id, name: text, seats: optional(integer) })
  .foldedBy({ RoomOpened: (_, { roomId, name, seats }) => ({ roomId, name, seats }) });

const told = { roomId: '0195a1c2-6d5e-7a3b-8c4d-1e2f3a4b5c6d', name: '静室', kind: 'QUIET', openedOn: '2026-03-02' };
const stored = { ...told, inspectedBy: '样本', note: '样本' };
const meanings: Meanings = {
  fields: { roomId: 'The id', name: 'The name', kind: 'The kind', seats: 'The seats', openedOn: 'The day' },
  facts: { RoomOpened: 'A room opened its door.' },
  nouns: { 'reading-room': { zh: '阅览室', en: 'reading room' } },
};
const setup = (changes: Partial<ContractSetup> = {}): ContractSetup => ({
  publications: [rooms],
  samples: [{ type: 'RoomOpened', version: 2, data: stored }],
  meanings,
  committed: new Map(),
  ...changes,
});

test('the schema of a fact says what is told of it and nothing else', () =>
  expect(schemasOf(setup()).get('RoomOpened.v2')).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:yizhan:schema:RoomOpened:v2',
    title: 'RoomOpened',
    description: '阅览室“{name}”开放(…)\nReading room “{name}” opened (…)\nA room opened its door.',
    type: 'object',
    properties: {
      roomId: { type: 'string', format: 'uuid', description: 'The id' },
      name: { type: 'string', description: 'The name' },
      kind: { type: 'string', enum: ['QUIET', 'LOUD'], description: 'The kind' },
      seats: { type: 'integer', description: 'The seats' },
      openedOn: { type: 'string', format: 'date', description: 'The day' },
    },
    required: ['roomId', 'name', 'kind', 'openedOn'],
    additionalProperties: true,
    examples: [told],
  }));

test('a state has a schema, with the sample of the first fact as its example', () => {
  const state = schemasOf(setup()).get('state.reading-room');
  expect(state).toMatchObject({
    $id: 'urn:yizhan:schema:state:reading-room',
    required: ['roomId', 'name'],
    examples: [{ roomId: told.roomId, name: '静室' }],
  });
});

test('what stays in the house has no schema; the records of the feed itself have', () =>
  expect([...schemasOf(setup()).keys()]).toEqual([
    'RoomOpened.v2',
    'state.reading-room',
    'control',
    'dead-letter',
    'subscriber-report',
  ]));

test('an older version stays as it is committed, and stays a message of the topic', () => {
  const first = {
    ...factSchema(RoomOpened, ['roomId', 'openedOn'], { roomId: told.roomId, openedOn: told.openedOn }, meanings),
    $id: 'urn:yizhan:schema:RoomOpened:v1',
  };
  const schemas = schemasOf(setup({ committed: new Map([['RoomOpened.v1', first]]) }));
  expect(schemas.get('RoomOpened.v1')).toBe(first);
  const { channels, components } = asyncApiOf([rooms], schemas, meanings);
  expect(Object.keys(channels['reading-room']!.messages)).toEqual(['RoomOpened.v1', 'RoomOpened.v2', 'control']);
  expect(components.messages['RoomOpened.v1']!.name).toBe('yizhan.RoomOpened.v1');
  expect(components.messages['RoomOpened.v1']!.examples[0]!.headers).toMatchObject({ ce_version: '1' });
});

test('a newer version than the program knows, and a fact that is not told, are not taken over', () => {
  const other = { type: 'object' };
  const committed = new Map([
    ['RoomOpened.v3', other],
    ['RoomInspected.v1', other],
  ]);
  expect([...schemasOf(setup({ committed })).keys()]).toEqual([...schemasOf(setup()).keys()]);
});

test('a sample of an older version is read as of today', () => {
  const { name: title, ...rest } = stored;
  const schemas = schemasOf(setup({ samples: [{ type: 'RoomOpened', version: 1, data: { ...rest, title } }] }));
  expect(schemas.get('RoomOpened.v2')!.examples).toEqual([told]);
});

test('a told fact without a sample is a fault', () =>
  expect(() => schemasOf(setup({ samples: [] }))).toThrow('RoomOpened has no stored sample'));

test('fields, facts and nouns that say nothing are named', () => {
  const { kind: _, ...fields } = meanings.fields;
  const silent = setup({ meanings: { fields, facts: {}, nouns: {} } });
  expect(silences(schemasOf(silent), silent)).toEqual([
    'RoomOpened.v2: nobody says what the field kind means',
    'RoomOpened has no sentence above its class',
    'reading-room has no words',
  ]);
  expect(silences(schemasOf(setup()), setup())).toEqual([]);
});

test('topics are channels with their partitions and their configuration', () => {
  const { channels, operations } = asyncApiOf([rooms], schemasOf(setup()), meanings);
  expect(Object.values(channels).map(({ address }) => address)).toEqual([
    'yizhan.reading-room.v1',
    'yizhan.state.reading-room',
    'yizhan.replay.{replayId}',
    'yizhan.dead-letter.v1',
    'yizhan.subscriber.v1',
  ]);
  expect(channels['state.reading-room']!.bindings.kafka).toEqual({
    topic: 'yizhan.state.reading-room',
    partitions: 3,
    topicConfiguration: { 'cleanup.policy': ['compact'], 'max.message.bytes': 4194304 },
    bindingVersion: '0.5.0',
  });
  expect(Object.keys(channels.replay!.messages)).toEqual(['RoomOpened.v2']);
  expect(Object.keys(operations)).toContain('receive-reading-room');
  expect(Object.keys(operations)).toContain('send-subscriber');
});
