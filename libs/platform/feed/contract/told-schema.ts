import { sentence, type AnyFactClass } from '@lib/platform/kernel/event.js';
import type { Publication } from '@lib/platform/kernel/publication.js';
import type { JsonSchema, Shape } from '@lib/platform/kernel/shape.js';
import { schemaOf, stateSchemaOf } from '../record.js';

export const draft = 'https://json-schema.org/draft/2020-12/schema';

/** The file of a fact's version, and its name among the components of the AsyncAPI document. */
export const factSchemaName = (type: string, version: number) => `${type}.v${version}`;
export const stateSchemaName = (noun: string) => `state.${noun}`;

/** @returns undefined when the schema is not that of a fact */
export function versionOfName(name: string): { readonly type: string; readonly version: number } | undefined {
  const [, type, version] = /^(\w+)\.v(\d+)$/.exec(name) ?? [];
  return type === undefined ? undefined : { type, version: Number(version) };
}

/** What people are told of things that carry no words of their own. */
export interface Meanings {
  /** What a field means, wherever it stands. */
  readonly fields: Readonly<Record<string, string>>;
  /** The sentence above each fact's class, by type. */
  readonly facts: Readonly<Record<string, string>>;
  /** What each noun is called. */
  readonly nouns: Readonly<Record<string, { readonly zh: string; readonly en: string }>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Open on purpose: a version may gain optional fields, and whoever validates with an older edition must not refuse them.
 * Those who look for what should not be there close it: `closed`.
 */
function objectOf(shape: Shape, names: readonly string[], meanings: Meanings): JsonSchema {
  const properties = Object.fromEntries(
    names.map(name => [name, { ...shape[name]!.schema, ...described(meanings.fields[name]) }] as const),
  );
  return {
    type: 'object',
    properties,
    required: names.filter(name => !shape[name]!.optional),
    additionalProperties: true,
  };
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** The schema without its openness: an unknown field is a fault. */
export const closed = (schema: JsonSchema): JsonSchema => ({ ...schema, additionalProperties: false });

/** The words of a fact as they can be read outside: what is not told is an ellipsis. */
function wordsOf(fact: AnyFactClass, told: readonly string[], language: 'zh' | 'en'): string {
  const gaps = Object.fromEntries(told.map(field => [field, field]));
  return sentence(fact.type, gaps, language, field => (field in gaps ? `{${field}}` : '…'));
}

/** The schema of what is told of a fact, in its present version. @param example what goes out of a stored sample of it */
export function factSchema(fact: AnyFactClass, told: readonly string[], example: Json, meanings: Meanings): JsonSchema {
  const { type, version, shape } = fact;
  const lines = [wordsOf(fact, told, 'zh'), wordsOf(fact, told, 'en'), meanings.facts[type]];
  return {
    $schema: draft,
    $id: schemaOf(type, version),
    title: type,
    description: lines.filter(line => line !== undefined).join('\n'),
    ...objectOf(shape, told, meanings),
    examples: [example],
  };
}

/** The schema of the state of one kind of stream; undefined when no states of it go out. */
export function stateSchema({ noun, state }: Publication, example: Json, meanings: Meanings): JsonSchema | undefined {
  if (!state) return undefined;
  const { zh, en } = meanings.nouns[noun] ?? { zh: noun, en: noun };
  return {
    $schema: draft,
    $id: stateSchemaOf(noun),
    title: stateSchemaName(noun),
    description: `${zh}的现状,由已发布的事实归并而成\nThe state of a ${en}, folded from the facts that were told of it`,
    ...objectOf(state.shape, Object.keys(state.shape), meanings),
    examples: [example],
  };
}
