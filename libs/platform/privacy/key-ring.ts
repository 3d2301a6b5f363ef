import { createSecretKey, KeyObject, randomBytes } from 'node:crypto';
import { isUuid } from '@lib/platform/kernel/uuid.js';
import { askKeys, type KeyDatabase } from './key-schema.js';
import { SubjectKeyDamaged, type MasterKey } from './master-key.js';

export type SubjectKey = KeyObject;
export type SubjectKeyOrErased = SubjectKey | 'erased';

/** What sealing asks of a key ring. */
export interface SubjectKeys {
  /**
   * @param subjects ids of persons (or units); `create` makes the keys that do not exist yet
   * @returns one entry for every subject
   * @throws SubjectKeyMissing, SubjectKeyDamaged, KeysUnavailable
   */
  keysFor(subjects: readonly string[], options: { readonly create: boolean }): Promise<Map<string, SubjectKeyOrErased>>;
}

/** There is no key and no record of an erasure. The reader stops here: the data is neither skipped nor taken for erased. */
export class SubjectKeyMissing extends Error {
  override readonly name = 'SubjectKeyMissing';

  constructor(readonly subjects: readonly string[]) {
    super(`no key and no erasure is recorded for ${subjects.join(', ')}`);
  }
}

/** A damaged key is for those to hear of who asked for it, not for all of the round. */
type Found = Map<string, SubjectKeyOrErased | SubjectKeyDamaged>;

interface Round {
  /** Subject, and whether its key is made when there is none. */
  readonly wanted: Map<string, boolean>;
  readonly answer: Promise<Found>;
}

interface KeyRow {
  subject: string;
  wrapped: Buffer | null;
  erased_at: Date | null;
}

/**
 * The keys of persons, unwrapped and remembered: at most `capacity` of them, the longest unused forgotten first.
 * Callers that come while a question is under way wait and share the next one, so the pool needs time limits of its own.
 */
export class KeyRing implements SubjectKeys {
  private readonly kept = new Map<string, SubjectKey>();
  private coming: Round | undefined;
  private last: Promise<void> = Promise.resolve();
  private forgets = 0;

  constructor(
    private readonly pool: KeyDatabase,
    private readonly masterKey: MasterKey,
    private readonly capacity = 50_000,
  ) {}

  async keysFor(subjects: readonly string[], { create }: { readonly create: boolean }): Promise<Map<string, SubjectKeyOrErased>> {
    const keys = new Map<string, SubjectKeyOrErased>();
    const misses: string[] = [];
    for (const subject of subjects) {
      const key = this.recall(subject);
      if (key) keys.set(subject, key);
      else misses.push(subject);
    }
    if (misses.length === 0) return keys;

    const found = await this.shareRound(misses, create);
    const missing = misses.filter(subject => !found.has(subject));
    if (missing.length > 0) throw new SubjectKeyMissing([...new Set(missing)]);
    for (const subject of misses) {
      const key = found.get(subject)!;
      if (key instanceof SubjectKeyDamaged) throw key;
      keys.set(subject, key);
    }
    return keys;
  }

  /** Drops keys from memory; whoever erases a person tells every process that remembers keys. */
  forget(subjects: Iterable<string>): void {
    this.forgets += 1;
    for (const subject of subjects) this.kept.delete(subject);
  }

  private shareRound(subjects: readonly string[], create: boolean): Promise<Found> {
    // One bad id must not fail the others of its round.
    const bad = subjects.find(subject => !isUuid(subject));
    if (bad !== undefined) throw new Error(`the subject of a key is a UUID in lower case, not ${JSON.stringify(bad)}`);
    this.coming ??= this.nextRound();
    const { wanted, answer } = this.coming;
    for (const subject of subjects) wanted.set(subject, create || wanted.get(subject) === true);
    return answer;
  }

  private nextRound(): Round {
    const wanted = new Map<string, boolean>();
    const answer = this.last.then(() => {
      this.coming = undefined;
      return this.fetch(wanted);
    });
    const over = () => {};
    this.last = answer.then(over, over);
    return { wanted, answer };
  }

  private async fetch(wanted: ReadonlyMap<string, boolean>): Promise<Found> {
    const { forgets } = this;
    const found: Found = new Map();
    for (const subject of wanted.keys()) {
      const key = this.recall(subject);
      if (key) found.set(subject, key);
    }
    const absent = () => [...wanted.keys()].filter(subject => !found.has(subject));
    const news = absent();
    for (const [subject, key] of await this.make(news.filter(subject => wanted.get(subject)))) found.set(subject, key);
    for (const [subject, key] of await this.read(absent())) found.set(subject, key);

    // A key that was read before somebody erased it must not be remembered after it.
    if (forgets === this.forgets) {
      for (const subject of news) {
        const key = found.get(subject);
        if (key instanceof KeyObject) this.keep(subject, key);
      }
    }
    return found;
  }

  /** @returns the keys that were made here; a key that exists stays as it is */
  private async make(subjects: readonly string[]): Promise<Map<string, SubjectKey>> {
    if (subjects.length === 0) return new Map();
    // In one order everywhere, so that two processes never wait for each other.
    const fresh = new Map([...subjects].sort().map(subject => [subject, createSecretKey(randomBytes(32))]));
    const made = await askKeys<{ subject: string }>(
      this.pool,
      `insert into subject_key (subject, wrapped) select * from unnest($1::uuid[], $2::bytea[]) on conflict do nothing returning subject`,
      [[...fresh.keys()], [...fresh].map(([subject, key]) => this.masterKey.wrap(subject, key))],
    );
    return new Map(made.map(({ subject }) => [subject, fresh.get(subject)!]));
  }

  private async read(subjects: readonly string[]): Promise<Found> {
    if (subjects.length === 0) return new Map();
    const rows = await askKeys<KeyRow>(
      this.pool,
      'select subject, wrapped, erased_at from subject_key where subject = any($1::uuid[])',
      [subjects],
    );
    return new Map(rows.map(row => [row.subject, this.keyOf(row)]));
  }

  private keyOf({ subject, wrapped, erased_at }: KeyRow): SubjectKeyOrErased | SubjectKeyDamaged {
    if (erased_at) return 'erased';
    try {
      return this.masterKey.unwrap(subject, wrapped ?? Buffer.alloc(0));
    } catch (error) {
      if (error instanceof SubjectKeyDamaged) return error;
      throw error;
    }
  }

  private recall(subject: string): SubjectKey | undefined {
    const key = this.kept.get(subject);
    if (key) this.keep(subject, key);
    return key;
  }

  private keep(subject: string, key: SubjectKey): void {
    this.kept.delete(subject);
    this.kept.set(subject, key);
    if (this.kept.size > this.capacity) this.kept.delete(this.kept.keys().next().value!);
  }
}
