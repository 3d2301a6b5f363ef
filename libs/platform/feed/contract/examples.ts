import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import type { AsyncApiDocument } from './asyncapi.js';
import { closed } from './told-schema.js';
import { Validator } from './validator.js';

type Checked = Pick<AsyncApiDocument, 'components'>;

/** Every example of a message is held against the schemas of its headers and of its value. @returns a sentence for each misfit */
export function wrongMessageExamples({ components }: Checked): string[] {
  const validator = new Validator();
  const { schemas } = components;
  const resolved = (schema: JsonSchema): JsonSchema => ({ ...schema, components: { schemas } });
  return Object.entries(components.messages).flatMap(([name, { headers, payload, examples }]) => {
    const schema = schemas[payload.$ref.slice(payload.$ref.lastIndexOf('/') + 1)];
    if (!schema) return [`${name}: ${payload.$ref} is not there`];
    const [fitsHeaders, fits] = [validator.compile(resolved(headers)), validator.compile(closed(schema))];
    return examples.flatMap(example => {
      const faults = [fitsHeaders(example.headers), fits(example.payload)].filter(fault => fault !== undefined);
      return faults.map(fault => `the example of ${name}: ${fault}`);
    });
  });
}
