import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import type { Schemas } from '../contract/compatible.js';
import { closed, factSchemaName, versionOfName } from '../contract/told-schema.js';
import { Validator, type Validate } from '../contract/validator.js';
import type { DeliveredFact } from './delivery.js';
import { personalDataIn } from './personal-data.js';

/** @returns what in a fact should not be there; undefined when it is clean */
export type Inspect = (fact: Pick<DeliveredFact, 'type' | 'version' | 'data'>) => string | undefined;

/**
 * Looks for what should not be there: personal data in any value, fields that the schema of the fact's version does not tell of,
 * values of another kind than it says, facts without a schema. Stricter than a subscriber need be, who ignores fields that were
 * added since; it is for those who watch that nothing leaks. What it finds never repeats a value.
 */
export function inspectionOf(schemas: Schemas): Inspect {
  const validator = new Validator();
  const told = new Map<string, Validate>();
  for (const [name, schema] of schemas) if (versionOfName(name)) told.set(name, validator.compile(closed(schema)));
  return ({ type, version, data }) => {
    const name = factSchemaName(type, version);
    const validate = told.get(name);
    return personalDataIn(data) ?? (validate ? validate(data) : `no schema is called ${name}`);
  };
}

/** The schemas in a folder such as `docs/schemas`, by name. @throws Error when a file is no JSON object */
export async function schemasFrom(folder: string): Promise<Schemas> {
  const schemas = new Map<string, JsonSchema>();
  for (const file of (await readdir(folder)).filter(each => each.endsWith('.json')).sort()) {
    const schema: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    if (!isSchema(schema)) throw new Error(`${file} is no JSON Schema`);
    schemas.set(file.slice(0, -'.json'.length), schema);
  }
  return schemas;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);
