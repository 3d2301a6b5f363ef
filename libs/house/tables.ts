import type { Pool } from 'pg';
import { createAccessLogTable } from '@lib/access/access-log.js';
import { createCredentialSchema } from '@lib/access/sessions.js';
import { createReactorSchema } from '@lib/platform/cqrs/reactor.js';
import { createFeedSchema } from '@lib/platform/feed/relay-schema.js';
import { createLeaseSchema } from '@lib/platform/lease/lease.js';
import { createKeySchema } from '@lib/platform/privacy/key-schema.js';
import { createReadSchema } from '@lib/platform/read-store/read-schema.js';
import { createFollowedLogTable } from './log.js';

/**
 * All tables but those of the log itself, and those that read models are folded into.
 * @throws TablesMissing
 */
export async function makeOfficeTables(pool: Pool, keyPool: Pool): Promise<void> {
  await createFollowedLogTable(pool);
  await createCredentialSchema(pool);
  await createAccessLogTable(pool);
  await createReactorSchema(pool);
  await createLeaseSchema(pool);
  await createFeedSchema(pool);
  const client = await pool.connect();
  await createReadSchema(client).finally(() => client.release());
  await createKeySchema(keyPool as never);
}
