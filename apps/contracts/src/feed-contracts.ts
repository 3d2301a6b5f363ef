import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedContract } from '@lib/house/feed-contract.js';
import { sentencesOfClasses } from '@lib/house/openapi-finish.js';
import { schemasFrom } from '@lib/platform/feed/consumer/inspection.js';
import type { AsyncApiDocument } from '@lib/platform/feed/contract/asyncapi.js';
import { brokenPromises, type Schemas } from '@lib/platform/feed/contract/compatible.js';
import type { Sample } from '@lib/platform/feed/contract/contract.js';
import { wrongMessageExamples } from '@lib/platform/feed/contract/examples.js';
import { parserFaults } from './parser-faults.js';
import { root, type Outcome } from './outcome.js';

const folder = join(root, 'docs/schemas');
const asyncapiFile = join(root, 'docs/asyncapi.json');
const samplesFile = join(root, 'libs/house/office.samples.json');

const textOf = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;
const readIfThere = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/**
 * Writes docs/asyncapi.json and docs/schemas, or says how the committed ones differ. What would break a promise to subscribers is
 * written in neither case.
 */
export async function feedContracts(check: boolean): Promise<Outcome> {
  const samples = JSON.parse(readFileSync(samplesFile, 'utf8')) as readonly Sample[];
  const committed: Schemas = existsSync(folder) ? await schemasFrom(folder) : new Map();
  const { schemas, asyncapi, silences } = feedContract(samples, sentencesOfClasses(), committed);
  const text = textOf(asyncapi);
  const keptText = readIfThere(asyncapiFile);
  const kept = keptText === undefined ? undefined : (JSON.parse(keptText) as AsyncApiDocument);
  const broken = brokenPromises({ schemas: committed, asyncapi: kept }, { schemas, asyncapi });
  const faults = [...broken, ...silences, ...wrongMessageExamples(asyncapi), ...(await parserFaults(text))];

  const wanted = new Map([
    [asyncapiFile, text],
    ...[...schemas].map(([name, schema]) => [join(folder, `${name}.json`), textOf(schema)] as const),
  ]);
  const stale = [...wanted].filter(([file, content]) => readIfThere(file) !== content).map(([file]) => file);
  if (check) faults.push(...stale.map(file => `${file.slice(root.length)} is not up to date (npm run contracts)`));
  else if (broken.length === 0) {
    mkdirSync(folder, { recursive: true });
    for (const file of stale) writeFileSync(file, wanted.get(file)!);
  }
  const { channels, components } = asyncapi;
  const messages = Object.keys(components.messages).length;
  return { faults, summary: `${Object.keys(channels).length} topics, ${messages} messages` };
}
