import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { aboutOf, takeUpPolicies } from '@lib/platform/cqrs/reactor.js';
import type { EventStore, RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { OpenFact } from '@lib/platform/kernel/projection.js';
import { answeringPool, inAWhile } from '@lib/platform/postgres/answering-pool.js';
import { KeyRing } from '@lib/platform/privacy/key-ring.js';
import { requireSameMasterKey } from '@lib/platform/privacy/key-schema.js';
import type { MasterKey } from '@lib/platform/privacy/master-key.js';
import { PersonKeys } from '@lib/platform/privacy/person-keys.js';
import { openFacts } from '@lib/platform/privacy/sealing.js';
import { OfficeReader } from '@lib/platform/read-store/office-reader.js';
import { readingPool } from '@lib/platform/read-store/reading.js';
import { refuseHalfRestored } from './backup/restoring.js';
import type { Databases } from './databases.js';
import { openLog, type LogChoice, type OpenLog } from './log.js';
import { office } from './office.js';
import { makeOfficeTables } from './tables.js';

export interface HouseSetup {
  readonly databases: Databases;
  readonly masterKey: MasterKey;
  readonly log: Logger;
  readonly clock?: () => number;
  /** Where the facts are kept; in the database when left out. */
  readonly factsIn?: LogChoice;
  /** `host:port` of each broker; none: this process publishes nothing. */
  readonly brokers?: readonly string[];
  /** Addresses of proxies whose word for where a request comes from is taken. */
  readonly trustedProxies?: readonly string[];
  /** The folder of the built console; without one the root is a page of text. */
  readonly console?: string | undefined;
}

/** What every process stands on: the log, the keys, and a way to look at the read models. */
export interface Foundation {
  readonly databases: Databases;
  readonly masterKey: MasterKey;
  readonly log: Logger;
  readonly clock: () => number;
  readonly store: EventStore;
  readonly durability: OpenLog['durability'];
  /** For what is short, and what a person waits for. */
  readonly pool: Pool;
  /** For what is done page by page: folding, rebuilding, comparing, publishing. */
  readonly workPool: Pool;
  readonly readPool: Pool;
  readonly keyRing: KeyRing;
  readonly personKeys: PersonKeys;
  readonly reader: OfficeReader;
  /** Upcasts and opens what was sealed. */
  open(events: readonly RecordedEvent[]): Promise<readonly OpenFact[]>;
  /** Last of all. */
  close(): Promise<void>;
}

/** A connection that has learnt the tables answers at once; a new one would have to learn them just when many people ask. */
const kept = { idleTimeoutMillis: 0 } as const;

/**
 * Makes what is missing in the databases; several processes may do so at once.
 * @throws MasterKeyMismatch, TablesMissing; CannotStart while a restore is not finished
 */
export async function openFoundation({
  databases,
  masterKey,
  log,
  factsIn = { kind: 'postgres' },
  clock = Date.now,
}: HouseSetup): Promise<Foundation> {
  const pool = answeringPool({ connectionString: databases.log, max: 4, ...kept });
  const workPool = answeringPool({ connectionString: databases.log, max: 4, answersWithin: inAWhile, ...kept });
  const keyPool = answeringPool({ connectionString: databases.keys, max: 4, ...kept });
  const readPool = readingPool({ connectionString: databases.log, max: 8, ...kept });
  const pools = [pool, workPool, keyPool, readPool];
  for (const each of pools)
    each.on('error', error => log.warn({ code: (error as { code?: string }).code }, 'an idle connection was lost'));

  const begin = async () => {
    await refuseHalfRestored(pool);
    // One process makes tables while the others wait for it.
    await makeOfficeTables(workPool, keyPool);
    await requireSameMasterKey(keyPool as never, masterKey);
    return openLog(factsIn, workPool, databases.log);
  };
  const { store, durability } = await begin().catch(async (error: unknown) => {
    await Promise.all(pools.map(each => each.end()));
    throw error;
  });
  await takeUpPolicies(
    pool,
    store,
    office.flatMap(({ policies }) => policies),
  );
  const keyRing = new KeyRing(keyPool as never, masterKey);
  return {
    databases,
    masterKey,
    log,
    clock,
    store,
    durability,
    pool,
    workPool,
    readPool,
    keyRing,
    personKeys: new PersonKeys(keyPool as never, masterKey),
    reader: new OfficeReader({ pool: readPool, store, keyRing, clock }),
    async open(events) {
      const facts = await openFacts(
        events.map(({ stream, type, metadata, data }) => ({ stream, type, version: Number(metadata.version), data })),
        keyRing,
        'P2',
        '',
      );
      return facts.map((fact, nth) => ({ fact, about: aboutOf(events[nth]!) }));
    },
    async close() {
      await store.close();
      await Promise.all(pools.map(each => each.end()));
    },
  };
}
