import { categoryOfStream, revive } from '@lib/platform/kernel/event.js';
import { toldOf, type Publication } from '@lib/platform/kernel/publication.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { SubjectKeys } from '@lib/platform/privacy/key-ring.js';
import { erased, openFacts } from '@lib/platform/privacy/sealing.js';
import { requireOutgoing, type Publications } from './page.js';
import { factRecord, type FeedRecord } from './record.js';

/** What one replay tells: the facts of its nouns, with the personal fields of its field scope in clear. */
export class ReplayScope {
  private readonly told = new Map<string, Publication>();
  private readonly fields = new Map<string, Set<string>>();

  /** Nouns that nothing is published of, and fields that speak of no person, are left out. */
  constructor(publications: Publications, nouns: readonly string[], fields: readonly string[]) {
    for (const publication of publications.values()) {
      if (nouns.includes(publication.noun)) this.told.set(publication.category, publication);
    }
    for (const named of fields) {
      const [category = '', field = ''] = named.split('.');
      if (!this.told.has(category)) continue;
      this.fields.set(category, (this.fields.get(category) ?? new Set()).add(field));
    }
  }

  tells({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
    return this.told.get(categoryOfStream(stream))?.told.has(type) ?? false;
  }

  /**
   * @param events that it tells
   * @returns for each what goes out: the told fields, and those of the scope that are there; an erased person's are not
   * @throws Error with the reason why one of them cannot go out
   */
  async dataOf(events: readonly RecordedEvent[], keyRing: SubjectKeys) {
    const stored = events.map(({ stream, type, metadata, data }) => ({ stream, type, version: Number(metadata.version), data }));
    const facts = stored.map(({ type, version, data }) => revive(type, version, data));
    const scoped = facts.map(fact =>
      fact.class.personalFields
        .map(({ name }) => name)
        .filter(name => fact.data[name] !== undefined && this.fields.get(fact.class.category)?.has(name)),
    );
    const personal = stored.filter((_, nth) => scoped[nth]!.length > 0);
    const opened = (await openFacts(personal, keyRing, 'P2+P3')).values();
    return facts.map((fact, nth) => {
      const data: Record<string, unknown> = { ...toldOf(this.told.get(fact.class.category)!, fact) };
      const names = scoped[nth]!;
      const clear = names.length > 0 ? opened.next().value?.data : undefined;
      for (const name of names) if (clear && clear[name] !== erased) data[name] = clear[name];
      requireOutgoing(fact, data);
      return { version: fact.class.version, data };
    });
  }
}

/**
 * The records of a stretch of the log, in its order.
 * @param events that the scope tells
 * @param lastOf the revision of the fact of each stream that went to this topic before; -1 for none. Moved on here.
 */
export async function replayRecords(
  events: readonly RecordedEvent[],
  scope: ReplayScope,
  keyRing: SubjectKeys,
  lastOf: Map<string, number>,
  { topic, epoch }: { readonly topic: string; readonly epoch: string },
): Promise<readonly FeedRecord[]> {
  const data = await scope.dataOf(events, keyRing);
  return events.map((event, nth) => {
    const out = data[nth]!;
    const previous = lastOf.get(event.stream) ?? -1;
    lastOf.set(event.stream, event.revision);
    return factRecord(event, out.version, out.data, previous, { topic, partition: 0, epoch });
  });
}
