import { factCatalogue, revive, type AnyFactClass } from '@lib/platform/kernel/event.js';
import { toldOf, type Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import { subscriberReportSchema } from '../consumer/report.js';
import { parkedSchema } from '../page.js';
import { controlSchema } from '../record.js';
import type { Schemas } from './compatible.js';
import { draft, factSchema, factSchemaName, stateSchema, stateSchemaName, versionOfName, type Meanings } from './told-schema.js';

/** One fact as it was once stored. */
export interface Sample {
  readonly type: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ContractSetup {
  readonly publications: readonly Publication[];
  /** Of every told fact at least one. */
  readonly samples: readonly Sample[];
  readonly meanings: Meanings;
  /** What is committed: the schemas of older versions cannot be made anew, and what was told by them stays on its topic. */
  readonly committed: Schemas;
}

export const controlSchemaName = 'control';
export const deadLetterSchemaName = 'dead-letter';
export const reportSchemaName = 'subscriber-report';

const recordSchema = (name: string, description: string, schema: JsonSchema, example: unknown): [string, JsonSchema] => [
  name,
  { $schema: draft, $id: `urn:yizhan:schema:${name}`, title: name, description, ...schema, examples: [example] },
];

const ownRecords: Schemas = new Map([
  recordSchema(
    controlSchemaName,
    '对账消息:至某位置为止本分区共有多少事实\nSays up to where everything is published, and how many facts this partition holds by then',
    controlSchema,
    { position: '4711', facts: 1203 },
  ),
  recordSchema(
    deadLetterSchemaName,
    '未能发布的事实,等人处理\nA fact that could not go out and waits for somebody to look at it',
    parkedSchema,
    {
      position: '4711',
      stream: 'serviceStation-00000000-0000-4000-8000-000000000001',
      type: 'ServiceStationOpened',
      reason: 'the field openedOn is not what its schema says',
    },
  ),
  recordSchema(reportSchemaName, '订阅方的进度\nHow far a subscriber is in one partition', subscriberReportSchema, {
    subscriber: 'statistics',
    topic: 'yizhan.service-station.v1',
    partition: 0,
    position: '4711',
    recordedAt: '2026-03-02T01:30:00.000Z',
    facts: 1203,
    duplicates: 0,
    gaps: 0,
  }),
]);

/** @throws when the publication names a fact that no class declares */
export function toldFact(type: string): AnyFactClass {
  const fact = factCatalogue.get(type);
  if (!fact) throw new Error(`no fact is called ${type}`);
  return fact;
}

/** What goes out of a stored sample of the fact: of its present version, else of an older one. */
function exampleOf(publication: Publication, type: string, samples: readonly Sample[]): Readonly<Record<string, unknown>> {
  const known = samples.filter(sample => sample.type === type).sort((a, b) => b.version - a.version)[0];
  const told = known && toldOf(publication, revive(type, known.version, known.data));
  if (!told) throw new Error(`${type} has no stored sample`);
  return told;
}

/** The state that the sample of the first fact of a stream comes to. */
function exampleState(publication: Publication, samples: readonly Sample[]): Readonly<Record<string, unknown>> {
  const [birth] = publication.told.keys();
  const { state } = publication;
  if (birth === undefined || !state) return {};
  const folded = state.evolve(state.initial, birth, exampleOf(publication, birth, samples));
  return Object.fromEntries(Object.entries(folded).filter(([, value]) => value !== undefined));
}

/** Every schema of the feed, by name. */
export function schemasOf({ publications, samples, meanings, committed }: ContractSetup): Schemas {
  const schemas = new Map<string, JsonSchema>();
  for (const publication of publications) {
    for (const [type, fields] of publication.told) {
      const fact = toldFact(type);
      for (const [name, schema] of committed) {
        const version = versionOfName(name);
        if (version?.type === type && version.version < fact.version) schemas.set(name, schema);
      }
      schemas.set(factSchemaName(type, fact.version), factSchema(fact, fields, exampleOf(publication, type, samples), meanings));
    }
  }
  for (const publication of publications) {
    const schema = stateSchema(publication, exampleState(publication, samples), meanings);
    if (schema) schemas.set(stateSchemaName(publication.noun), schema);
  }
  for (const [name, schema] of ownRecords) schemas.set(name, schema);
  return schemas;
}

/** Fields that say nothing, and nouns that are not called anything. */
export function silences(schemas: Schemas, { publications, meanings }: ContractSetup): string[] {
  const fields = [...schemas].flatMap(([name, { properties = {} }]) =>
    Object.entries(properties as Readonly<Record<string, JsonSchema>>)
      .filter(([, { description }]) => description === undefined)
      .map(([field]) => `${name}: nobody says what the field ${field} means`),
  );
  const facts = publications
    .flatMap(({ told }) => [...told.keys()])
    .filter(type => meanings.facts[type] === undefined)
    .map(type => `${type} has no sentence above its class`);
  const nouns = publications.filter(({ noun }) => !meanings.nouns[noun]).map(({ noun }) => `${noun} has no words`);
  return [...fields, ...facts, ...nouns];
}
