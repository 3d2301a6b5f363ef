import type { JsonSchema } from '@lib/platform/kernel/shape.js';

interface ObjectSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** Words about a field; they may change at any time. */
const annotations = new Set(['title', 'description', 'examples', '$comment']);

function objectOf(schema: JsonSchema): ObjectSchema {
  const { properties = {}, required = [] } = schema as Partial<ObjectSchema>;
  return { properties, required };
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema as it binds: without words, keys and lists of values in one order. */
function binding(value: unknown, inNames = false): unknown {
  if (Array.isArray(value)) return value.map(item => binding(item));
  if (!isSchema(value)) return value;
  const names = Object.keys(value).filter(name => inNames || !annotations.has(name));
  return Object.fromEntries(names.sort().map(name => [name, binding(value[name], !inNames && name === 'properties')]));
}

const same = (before: unknown, after: unknown) => JSON.stringify(binding(before)) === JSON.stringify(binding(after));

/** `string (date)`, `array of string (uuid)` */
function kindOf(schema: JsonSchema): string {
  const { type, format, items } = schema;
  const kind = `${typeof type === 'string' ? type : 'anything'}${typeof format === 'string' ? ` (${format})` : ''}`;
  return isSchema(items) ? `${kind} of ${kindOf(items)}` : kind;
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum;
  return isSchema(schema.items) ? valuesOf(schema.items) : undefined;
}

function withoutValues(schema: JsonSchema): JsonSchema {
  const { enum: _, items, ...rest } = schema;
  return isSchema(items) ? { ...rest, items: withoutValues(items) } : rest;
}

const withoutFields = ({ properties: _, required: __, ...rest }: JsonSchema): JsonSchema => rest;

const listed = (values: readonly unknown[]) => values.map(value => String(value)).join(', ');

/** How a field's kind or values changed, in words; empty when they bind as before. */
function fieldFaults(before: JsonSchema, after: JsonSchema): string[] {
  if (same(before, after)) return [];
  if (!same(withoutValues(before), withoutValues(after))) {
    const [was, is] = [kindOf(before), kindOf(after)];
    return [was === is ? `is bound in another way than before` : `was ${was} and is ${is} now`];
  }
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (!old) return [`could hold any value and is narrowed to ${listed(now ?? [])}`];
  if (!now) return [`held only ${listed(old)} and may hold anything now`];
  const gone = old.filter(value => !now.includes(value));
  const come = now.filter(value => !old.includes(value));
  return [
    ...(gone.length > 0 ? [`may not hold ${listed(gone)} any more`] : []),
    ...(come.length > 0 ? [`may hold ${listed(come)}, which those who read it do not know`] : []),
  ];
}

/**
 * Whether two editions of one version may stand for each other: whatever was told by the older one fits the newer one (it stays on
 * the topic for ever), and whatever is told by the newer one fits the older one (which subscribers keep). So a version may gain
 * optional fields, and that is all.
 * @returns one clause for each fault, which names the field; empty when they may
 */
export function compatible(before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [objectOf(before), objectOf(after)];
  const gone = Object.keys(old.properties).filter(name => !Object.hasOwn(now.properties, name));
  const come = Object.keys(now.properties).filter(name => !Object.hasOwn(old.properties, name));
  const faults: string[] = [];
  if (!same(withoutFields(before), withoutFields(after)))
    faults.push('what it is as a whole is bound in another way than before');
  for (const name of gone) {
    const heir = come.find(other => same(old.properties[name], now.properties[other]));
    faults.push(heir === undefined ? `the field ${name} is gone` : `the field ${name} is gone; ${heir} seems to be its new name`);
  }
  for (const name of come) {
    if (now.required.includes(name)) faults.push(`the new field ${name} is required, and what was told before does not have it`);
  }
  for (const [name, field] of Object.entries(old.properties)) {
    const present = now.properties[name];
    if (!present) continue;
    faults.push(...fieldFaults(field, present).map(words => `the field ${name} ${words}`));
    if (old.required.includes(name) && !now.required.includes(name))
      faults.push(`the field ${name} was required and is optional now`);
    if (!old.required.includes(name) && now.required.includes(name))
      faults.push(`the field ${name} was optional and is required now`);
  }
  return faults;
}

/** Schemas by name, such as `ServiceStationOpened.v1` and `state.service-station`. */
export type Schemas = ReadonlyMap<string, JsonSchema>;

const wayOut = (name: string) =>
  /\.v\d+$/.test(name)
    ? 'write a new version of the fact (with an upcast from this one)'
    : 'it has no versions: leave it as it is and tell the new in a field of its own';

/** @returns a sentence for each fault, which names the fact, the field and the way out; what is new beside the old is none */
export function compatibleContract(before: Schemas, after: Schemas): string[] {
  return [...before].flatMap(([name, old]) => {
    const now = after.get(name);
    if (!now) return [`${name} is gone, but what was told by it stays on its topic: keep it, and write a new version beside it`];
    return compatible(old, now).map(fault => `${name}: ${fault}; ${wayOut(name)}`);
  });
}

interface Edition {
  readonly schemas: Schemas;
  readonly asyncapi: { readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> } } | undefined;
}

/**
 * What subscribers were promised and would not get: by the files, and by the document beside them, so that neither can be changed or
 * lost unseen.
 * @param committed what they have; nothing where nothing was published yet
 */
export function brokenPromises(committed: Edition, now: Edition): string[] {
  const inDocument = ({ asyncapi }: Edition) => new Map(Object.entries(asyncapi?.components.schemas ?? {}));
  return [
    ...new Set([
      ...compatibleContract(committed.schemas, now.schemas),
      ...compatibleContract(inDocument(committed), inDocument(now)),
    ]),
  ];
}
