import { asyncApiOf, type AsyncApiDocument } from '@lib/platform/feed/contract/asyncapi.js';
import type { Schemas } from '@lib/platform/feed/contract/compatible.js';
import { schemasOf, silences, type Sample } from '@lib/platform/feed/contract/contract.js';
import type { Meanings } from '@lib/platform/feed/contract/told-schema.js';
import './office.js';
import { meaningOfField } from './openapi-fields.js';
import { publications } from './publications.js';

const nouns: Meanings['nouns'] = {
  division: { zh: '行政区划', en: 'division' },
  'service-center': { zh: '社工服务中心', en: 'service center' },
  'service-station': { zh: '社工服务站', en: 'service station' },
  'social-worker': { zh: '社工', en: 'social worker' },
  posting: { zh: '社工任职', en: 'posting of a social worker' },
  certificate: { zh: '职业水平证书', en: 'professional certificate' },
  volunteer: { zh: '志愿者', en: 'volunteer' },
  'volunteer-link': { zh: '志愿者与服务站的联系', en: 'volunteer’s links to stations' },
  erasure: { zh: '个人信息的删除', en: 'erasure of a person' },
};

export interface FeedContract {
  /** By name; each is a file of its own. */
  readonly schemas: Schemas;
  readonly asyncapi: AsyncApiDocument;
  /** What nobody says the meaning of. */
  readonly silences: readonly string[];
}

/**
 * The contract of everything that the house publishes.
 * @param samples stored facts, at least one of each told fact
 * @param sentences the sentence above each fact's class, by type
 * @param committed the schemas as they are committed; those of older versions stay
 */
export function feedContract(
  samples: readonly Sample[],
  sentences: Readonly<Record<string, string>>,
  committed: Schemas,
): FeedContract {
  const meanings = { fields: meaningOfField, facts: sentences, nouns };
  const setup = { publications, samples, meanings, committed };
  const schemas = schemasOf(setup);
  return { schemas, asyncapi: asyncApiOf(publications, schemas, meanings), silences: silences(schemas, setup) };
}
