import { createSecretKey, randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { office } from '@lib/house/office.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { aboutOf } from '@lib/platform/cqrs/reactor.js';
import type { SubjectKey, SubjectKeys } from '@lib/platform/privacy/key-ring.js';
import { openFacts, sealFacts } from '@lib/platform/privacy/sealing.js';
import { subjectFacts } from '@lib/platform/read-store/subject-facts.js';
import { officeDeeds, onePrefecture, wholeProvince } from './office-data.js';
import { share, type Outcome } from './outcome.js';
import { benchProjectionCatchUp } from './projection-catch-up.js';

/** Keys as a house keeps them once they are unwrapped. */
class KeysInMemory implements SubjectKeys {
  private readonly keys = new Map<string, SubjectKey>();

  async keysFor(subjects: readonly string[]): Promise<Map<string, SubjectKey>> {
    return new Map(subjects.map(subject => [subject, this.keyFor(subject)]));
  }

  private keyFor(subject: string): SubjectKey {
    let key = this.keys.get(subject);
    if (!key) this.keys.set(subject, (key = createSecretKey(randomBytes(32))));
    return key;
  }
}

function* inBatches(facts: Iterable<{ readonly facts: readonly AnyFact[] }>): Iterable<readonly AnyFact[]> {
  let batch: AnyFact[] = [];
  for (const deed of facts) {
    batch.push(...deed.facts);
    if (batch.length < 20) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** All read models of the office over a prefecture, or over the whole province, against `COPY` of the same rows. */
export async function benchCatchUp(options: {
  readonly connection: ClientConfig;
  readonly full: boolean;
  readonly say: (text: string) => void;
}): Promise<Outcome> {
  const { connection, full, say } = options;
  const keys = new KeysInMemory();
  const { measure, ratio, bar } = await benchProjectionCatchUp({
    connection,
    say,
    subject: {
      projections: [...office.flatMap(({ projections }) => projections), subjectFacts],
      history: () => inBatches(officeDeeds(full ? wholeProvince : onePrefecture)),
      seal: facts => sealFacts(facts, keys),
      async open(events) {
        const stored = events.map(({ stream, type, metadata, data }) => ({
          stream,
          type,
          version: Number(metadata.version),
          data,
        }));
        const facts = await openFacts(stored, keys, 'P2', '');
        return facts.map((fact, nth) => ({ fact, about: aboutOf(events[nth]!) }));
      },
    },
  });
  return share(measure, ratio, bar);
}
