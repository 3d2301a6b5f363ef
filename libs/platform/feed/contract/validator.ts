import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema } from '@lib/platform/kernel/shape.js';

/** @returns what does not fit, in words that name the field and never its value; undefined when everything fits */
export type Validate = (value: unknown) => string | undefined;

/** Validates by JSON Schema 2020-12, with formats, and refuses schemas that say something unknown. */
export class Validator {
  private readonly ajv = new Ajv2020({ allErrors: true, strict: true });

  constructor() {
    formats.default(this.ajv);
    // Schemas that are referred to may lie here, as in an AsyncAPI document.
    this.ajv.addVocabulary(['components']);
  }

  /** @throws Error when it is no schema */
  compile(schema: JsonSchema): Validate {
    const fits = this.ajv.compile(schema);
    return value => {
      if (fits(value)) return undefined;
      return (fits.errors ?? [])
        .map(({ instancePath, message, params }) => {
          const unknown: unknown = params.additionalProperty;
          if (typeof unknown === 'string') return `${instancePath}/${unknown} is not told`;
          return `${instancePath} ${message}`.trim();
        })
        .join('; ');
    };
  }
}
