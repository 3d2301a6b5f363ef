import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Outcome {
  readonly faults: readonly string[];
  readonly summary: string;
}
