import type { StoredFact } from '@lib/platform/privacy/sealing.js';
import { openFacts } from '@lib/platform/privacy/sealing.js';
import type { SubjectKeyOrErased, SubjectKeys } from '@lib/platform/privacy/key-ring.js';

/** Notes who is asked for and opens nothing. */
class Noting implements SubjectKeys {
  readonly subjects = new Set<string>();

  keysFor(subjects: readonly string[]): Promise<Map<string, SubjectKeyOrErased>> {
    for (const subject of subjects) this.subjects.add(subject);
    return Promise.resolve(new Map(subjects.map(subject => [subject, 'erased'])));
  }
}

/** Whose keys it takes to read facts, gathered page by page. */
export class SealedSubjects {
  private readonly noting = new Noting();

  get subjects(): ReadonlySet<string> {
    return this.noting.subjects;
  }

  /** @param lines rows of `log.events`, as JSON */
  async add(lines: readonly string[]): Promise<void> {
    const facts = lines.map(line => {
      const { stream, type, metadata, data } = JSON.parse(line) as Readonly<
        Record<'stream' | 'type' | 'metadata' | 'data', string>
      >;
      const { version } = JSON.parse(metadata) as { readonly version: string };
      return { stream, type, version: Number(version), data: JSON.parse(data) as StoredFact['data'] };
    });
    await openFacts(facts, this.noting, 'P2+P3');
  }
}
