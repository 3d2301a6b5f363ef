import type { Owed } from './told-log.js';

export type Verdict = 'next' | 'again' | 'early' | 'late' | 'unknown';

/**
 * Compares what arrives of one stream with what is owed of it: each fact once and in order, apart from repetitions.
 * `early`: something before it has not come. `late`: it comes after something that it should be before.
 */
export class KeySequence {
  private next = 0;
  private readonly skipped = new Set<number>();

  constructor(private readonly owed: readonly Owed[]) {}

  take(revision: number): { readonly verdict: Verdict; readonly owed?: Owed } {
    const due = this.owed[this.next];
    if (due?.revision === revision) {
      this.next += 1;
      return { verdict: 'next', owed: due };
    }
    const nth = this.owed.findIndex(fact => fact.revision === revision);
    const owed = this.owed[nth];
    if (!owed) return { verdict: 'unknown' };
    if (nth < this.next) return { verdict: this.skipped.delete(nth) ? 'late' : 'again', owed };
    for (let missing = this.next; missing < nth; missing += 1) this.skipped.add(missing);
    this.next = nth + 1;
    return { verdict: 'early', owed };
  }

  /** How many never came. */
  get missing(): number {
    return this.owed.length - this.next + this.skipped.size;
  }
}
