import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OpenAPIObject } from '@nestjs/swagger';
import { exampleOfField, meaningOfField } from './openapi-fields.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type SchemaOrReference = Schemas[string];
type Schema = Exclude<SchemaOrReference, { $ref: string }>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { $ref: string }>;

const isReference = (of: object): of is { $ref: string } => '$ref' in of;

/** The sentences above the classes, which the build writes; none when the program runs without a build. */
export function sentencesOfClasses(): Readonly<Record<string, string>> {
  const file = fileURLToPath(new URL('../../descriptions.json', import.meta.url));
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

export const operationsOf = (document: OpenAPIObject): readonly Operation[] =>
  Object.values(document.paths).flatMap(({ get, post }) => [get, post].filter(operation => operation !== undefined));

/** @returns a body made of the examples of the fields; a field that has none, and whose name has none, is left out */
export function exampleOf(schema: SchemaOrReference | undefined, schemas: Schemas): unknown {
  if (!schema) return undefined;
  if (isReference(schema)) return exampleOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)], schemas);
  if (schema.example !== undefined) return schema.example as unknown;
  const [first] = schema.allOf ?? schema.anyOf ?? [];
  if (first) return exampleOf(first, schemas);
  if (schema.items) {
    const item = exampleOf(schema.items as SchemaOrReference, schemas);
    return item === undefined ? undefined : [item];
  }
  if (!schema.properties) return undefined;
  const fields = Object.entries(schema.properties).map(
    ([name, field]) => [name, exampleOf(field, schemas) ?? exampleOfField[name]] as const,
  );
  const known = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  const nullable = Object.entries(schema.properties).filter(([name, field]) => !(name in known) && mayBeNull(field));
  return { ...known, ...Object.fromEntries(nullable.map(([name]) => [name, null])) };
}

// OpenAPI 3.1 writes null as one of several types; the types of the package still know one only.
const mayBeNull = (schema: SchemaOrReference): boolean =>
  !isReference(schema) && (schema.type as unknown) !== undefined && ([schema.type] as unknown[]).flat().includes('null');

function describeSchema(name: string, schema: Schema, sentences: Readonly<Record<string, string>>): void {
  schema.description ??= sentences[name];
  for (const [field, of] of Object.entries(schema.properties ?? {})) {
    const meaning = meaningOfField[field];
    if (!isReference(of)) of.description ??= meaning;
    else if (meaning) schema.properties![field] = { allOf: [{ $ref: of.$ref }], description: meaning };
  }
}

const problemOf = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function finishOperation(operation: Operation): void {
  for (const parameter of operation.parameters ?? []) {
    if (!isReference(parameter)) parameter.description ??= meaningOfField[parameter.name];
  }
  if (!operation.security) operation.security = [];
  else operation.responses['401'] ??= problemOf('No token, or one that is wrong or has expired');
}

/** What many operations say in the same words is said once. */
function share(document: OpenAPIObject): void {
  const operations = operationsOf(document);
  const seen = new Map<string, number>();
  const keyOf = (of: object) => JSON.stringify(of);
  const everything = operations.flatMap(({ parameters = [], responses }) => [...parameters, ...Object.values(responses)]);
  for (const each of everything) if (each) seen.set(keyOf(each), (seen.get(keyOf(each)) ?? 0) + 1);
  const names = new Map<string, string>();
  const components = (document.components ??= {});
  const shared = { parameters: (components.parameters ??= {}), responses: (components.responses ??= {}) };
  const refer = <T extends object>(kind: 'parameters' | 'responses', wanted: string, of: T): T | { $ref: string } => {
    const key = keyOf(of);
    if (isReference(of) || (seen.get(key) ?? 0) < 4) return of;
    let name = names.get(key);
    if (!name) {
      name = wanted;
      for (let nth = 2; name in shared[kind]; nth += 1) name = `${wanted}-${nth}`;
      names.set(key, name);
      Object.assign(shared[kind], { [name]: of });
    }
    return { $ref: `#/components/${kind}/${name}` };
  };
  for (const operation of operations) {
    operation.parameters = (operation.parameters ?? []).map(of => refer('parameters', (of as Parameter).name, of));
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses).map(([status, of]) => [status, of && refer('responses', `answer-${status}`, of)]),
    );
  }
}

/** Adds what the decorators do not carry: the sentences above the classes, examples of whole bodies, 401, and who needs no token. */
export function finish(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const sentences = sentencesOfClasses();
  for (const [name, schema] of Object.entries(schemas)) if (!isReference(schema)) describeSchema(name, schema, sentences);
  for (const schema of Object.values(schemas)) if (!isReference(schema)) schema.example ??= exampleOf(schema, schemas);
  for (const operation of operationsOf(document)) finishOperation(operation);
  share(document);
  return document;
}
