/** How many times something may be done at once, and how many times a minute in the long run. */
export interface Allowance {
  readonly atOnce: number;
  readonly perMinute: number;
}

interface Bucket {
  readonly left: number;
  /** When `left` was true, in milliseconds. */
  readonly at: number;
}

/** So many addresses are remembered at most; beyond them the one that asked longest ago is forgotten. */
const rememberedAtMost = 10_000;

/**
 * Whom to count as one: an address of IPv4, also when written as IPv6, or the first half of one of IPv6, all of which belongs to
 * one subscriber.
 */
export function callerOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: gap }, () => '0'), ...last];
  return `${all
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/**
 * Keeps everybody to an allowance. What was not used comes back with time, up to what may be done at once.
 * It counts in this process alone, and what it remembers is bounded.
 */
export class Pace {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly allowance: Allowance,
    /** Milliseconds that never go back. */
    private readonly clock: () => number = () => performance.now(),
    private readonly atMost = rememberedAtMost,
  ) {}

  /** @returns 0 when it may be done, which is counted, or in how many whole seconds it may be tried again */
  waitOf(caller: string): number {
    const { atOnce, perMinute } = this.allowance;
    const now = this.clock();
    const { left, at } = this.buckets.get(caller) ?? { left: atOnce, at: now };
    const available = Math.min(atOnce, left + ((now - at) * perMinute) / 60_000);
    const wait = available >= 1 ? 0 : Math.ceil(((1 - available) * 60) / perMinute);
    // Set anew, so that the map is in the order of the last question.
    this.buckets.delete(caller);
    this.buckets.set(caller, { left: wait === 0 ? available - 1 : available, at: now });
    if (this.buckets.size > this.atMost) this.forget();
    return wait;
  }

  /** How many addresses are remembered. */
  get remembered(): number {
    return this.buckets.size;
  }

  private forget(): void {
    for (const [caller] of this.buckets) {
      this.buckets.delete(caller);
      return;
    }
  }
}
