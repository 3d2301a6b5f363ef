import fc from 'fast-check';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import { brokenPromises, compatible, compatibleContract } from './compatible.js';
import { closed } from './told-schema.js';
import { Validator } from './validator.js';

const uuid = { type: 'string', format: 'uuid' };
const kinds = (...values: string[]) => ({ type: 'string', enum: values });

interface Parts {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}
const opened: Parts & JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:yizhan:schema:Opened:v1',
  title: 'Opened',
  type: 'object',
  properties: {
    stationId: uuid,
    name: { type: 'string' },
    kind: kinds('TOWN', 'VILLAGE'),
    fields: { type: 'array', items: kinds('HEALTH', 'YOUTH') },
    until: { type: 'string', format: 'date' },
  },
  required: ['stationId', 'name', 'kind', 'fields'],
  additionalProperties: true,
};
const changed = (properties: Readonly<Record<string, JsonSchema | undefined>>, required = opened.required): JsonSchema => ({
  ...opened,
  properties: Object.fromEntries(Object.entries({ ...opened.properties, ...properties }).filter(([, field]) => field)),
  required,
});
const without = (name: string) => opened.required.filter(other => other !== name);

describe('a version may', () => {
  test.each<[string, JsonSchema]>([
    ['stay as it is', changed({})],
    ['gain an optional field', changed({ acceptedOn: { type: 'string', format: 'date' } })],
    ['be described better', { ...changed({ name: { type: 'string', description: '名称' } }), title: '开放', examples: [{}] }],
    ['list its fields in another order', changed({}, opened.required.toReversed())],
    ['list the values of a field in another order', changed({ kind: kinds('VILLAGE', 'TOWN') })],
  ])('%s', (_, after) => {
    expect(compatible(opened, after)).toEqual([]);
  });
});

describe('a version may not', () => {
  test.each<[string, JsonSchema, string[]]>([
    ['lose a required field', changed({ name: undefined }, without('name')), ['the field name is gone']],
    ['lose an optional field', changed({ until: undefined }), ['the field until is gone']],
    [
      'call a field otherwise',
      changed({ until: undefined, endsOn: { type: 'string', format: 'date' } }),
      ['the field until is gone; endsOn seems to be its new name'],
    ],
    ['give a field another type', changed({ name: { type: 'integer' } }), ['the field name was string and is integer now']],
    [
      'give a field another format',
      changed({ until: { type: 'string', format: 'date-time' } }),
      ['the field until was string (date) and is string (date-time) now'],
    ],
    [
      'make a list of a field',
      changed({ stationId: { type: 'array', items: uuid } }),
      ['the field stationId was string (uuid) and is array of string (uuid) now'],
    ],
    [
      'bind a field more tightly',
      changed({ name: { type: 'string', minLength: 2 } }),
      ['the field name is bound in another way than before'],
    ],
    [
      'require an optional field',
      changed({}, [...opened.required, 'until']),
      ['the field until was optional and is required now'],
    ],
    ['leave out a required field', changed({}, without('name')), ['the field name was required and is optional now']],
    [
      'gain a required field',
      changed({ size: { type: 'integer' } }, [...opened.required, 'size']),
      ['the new field size is required, and what was told before does not have it'],
    ],
    ['narrow the values of a field', changed({ kind: kinds('TOWN') }), ['the field kind may not hold VILLAGE any more']],
    [
      'narrow the values of a list',
      changed({ fields: { type: 'array', items: kinds('YOUTH') } }),
      ['the field fields may not hold HEALTH any more'],
    ],
    ['narrow a free field', changed({ name: kinds('A') }), ['the field name could hold any value and is narrowed to A']],
    [
      'let a field hold what nobody knows',
      changed({ kind: kinds('TOWN', 'VILLAGE', 'QUASI') }),
      ['the field kind may hold QUASI, which those who read it do not know'],
    ],
    [
      'free a bound field',
      changed({ kind: { type: 'string' } }),
      ['the field kind held only TOWN, VILLAGE and may hold anything now'],
    ],
    ['be closed', closed(opened), ['what it is as a whole is bound in another way than before']],
    [
      'be called otherwise',
      { ...opened, $id: 'urn:yizhan:schema:Opened:v2' },
      ['what it is as a whole is bound in another way than before'],
    ],
  ])('%s', (_, after, words) => {
    expect(compatible(opened, after)).toEqual(words);
  });
});

test('a field may be called like a word of JSON Schema', () => {
  const before = changed({ title: { type: 'string' } });
  expect(compatible(before, changed({ title: { type: 'integer' } }))).toEqual(['the field title was string and is integer now']);
});

describe('among all schemas', () => {
  const before = new Map([
    ['Opened.v1', opened],
    ['state.station', opened],
  ]);

  test('a new fact, and a new version beside the old one, break nothing', () =>
    expect(compatibleContract(before, new Map([...before, ['Closed.v1', opened], ['Opened.v2', changed({}, [])]]))).toEqual([]));

  test('a fault names the fact, the field and the way out', () =>
    expect(
      compatibleContract(
        before,
        new Map([
          ['Opened.v1', changed({ until: undefined })],
          ['state.station', changed({ until: undefined })],
        ]),
      ),
    ).toEqual([
      'Opened.v1: the field until is gone; write a new version of the fact (with an upcast from this one)',
      'state.station: the field until is gone; it has no versions: leave it as it is and tell the new in a field of its own',
    ]));

  test('a fact that is not told any more, and a version that is lost, are faults', () =>
    expect(
      compatibleContract(
        before,
        new Map([
          ['Opened.v2', opened],
          ['state.station', opened],
        ]),
      ),
    ).toEqual(['Opened.v1 is gone, but what was told by it stays on its topic: keep it, and write a new version beside it']));
});

describe('what is committed', () => {
  const edition = (schema: JsonSchema | undefined) => new Map<string, JsonSchema>(schema ? [['Opened.v1', schema]] : []);
  const documentOf = (schema: JsonSchema | undefined) => ({ components: { schemas: Object.fromEntries(edition(schema)) } });
  const broken = changed({ until: undefined });

  test('nothing yet: nothing is promised', () =>
    expect(
      brokenPromises({ schemas: new Map(), asyncapi: undefined }, { schemas: edition(opened), asyncapi: documentOf(opened) }),
    ).toEqual([]));

  test.each<[string, JsonSchema | undefined, JsonSchema | undefined]>([
    ['both are as they were', opened, opened],
    ['the file was changed by hand to what comes now', broken, opened],
    ['the file was deleted', undefined, opened],
    ['the document was changed by hand', opened, broken],
  ])('%s: the break is seen', (_, file, inDocument) => {
    const faults = brokenPromises(
      { schemas: edition(file), asyncapi: documentOf(inDocument) },
      { schemas: edition(broken), asyncapi: documentOf(broken) },
    );
    expect(faults).toEqual([
      'Opened.v1: the field until is gone; write a new version of the fact (with an upcast from this one)',
    ]);
  });
});

/** Fields and what they may hold, so that examples can be made of a schema. */
const field = fc.constantFrom<readonly [JsonSchema, readonly unknown[]]>(
  [{ type: 'string' }, ['', '站']],
  [{ type: 'integer' }, [0, 7]],
  [{ type: 'boolean' }, [true, false]],
  [kinds('A', 'B'), ['A', 'B']],
  [kinds('B', 'A'), ['A', 'B']],
  [kinds('A'), ['A']],
  [kinds('A', 'B', 'C'), ['A', 'B', 'C']],
  [{ type: 'array', items: { type: 'integer' } }, [[], [1, 2]]],
);
const edition = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.record({ of: field, required: fc.boolean() }), {
  minKeys: 1,
  noNullPrototype: true,
});
type Edition = typeof edition extends fc.Arbitrary<infer T> ? T : never;

const schemaOf = (fields: Edition): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, { of }]) => [name, of[0]])),
  required: Object.keys(fields).filter(name => fields[name]!.required),
  additionalProperties: true,
});

/** With every field, with the required ones only, and with every value of each field. */
function toldBy(fields: Edition): Record<string, unknown>[] {
  const all = Object.fromEntries(Object.entries(fields).map(([name, { of }]) => [name, of[1][0]]));
  const least = Object.fromEntries(Object.entries(all).filter(([name]) => fields[name]!.required));
  const varied = Object.entries(fields).flatMap(([name, { of }]) => of[1].map(value => ({ ...least, [name]: value })));
  return [all, least, ...varied];
}

test('where no field is lost, editions are compatible exactly when what is told by each fits the other', () => {
  const validator = new Validator();
  let agreed = 0;
  const fits = (schema: JsonSchema, told: readonly unknown[]) => {
    const validate = validator.compile(schema);
    return told.every(value => validate(value) === undefined);
  };
  // Most of the time a small step from the same edition, or nothing would ever be compatible.
  const pairs = fc
    .tuple(edition, edition, fc.boolean())
    .map(([before, other, beside]): [Edition, Edition] => [before, beside ? { ...other, ...before } : { ...before, ...other }]);
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const exchangeable = fits(schemaOf(after), toldBy(before)) && fits(schemaOf(before), toldBy(after));
      const faultless = compatible(schemaOf(before), schemaOf(after)).length === 0;
      if (faultless) agreed += 1;
      return faultless === exchangeable;
    }),
    { numRuns: 200 },
  );
  expect(agreed).toBeGreaterThan(20);
});
