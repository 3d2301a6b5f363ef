import type { History } from './history.js';

/** What was found to be wrong: all of it counted, the first of each kind told. */
export class Violations {
  private readonly counts = new Map<string, number>();
  /** The first of each kind, in words. */
  readonly examples: string[] = [];

  constructor(private readonly history: History) {}

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @param kind such as `missing from the topic` */
  add(kind: string, words: string, count = 1): void {
    const before = this.counts.get(kind) ?? 0;
    this.counts.set(kind, before + count);
    if (before < 20) this.history.write('violation', { kind, words });
    if (before === 0) this.examples.push(`${kind}: ${words}`);
  }

  of(kind: string): number {
    return this.counts.get(kind) ?? 0;
  }

  summary(): readonly string[] {
    return this.examples.map(example => {
      const kind = example.slice(0, example.indexOf(':'));
      return `${this.counts.get(kind)} × ${example}`;
    });
  }
}
