interface Waiter {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

/** Those who wait until something holds, each for a while of its own. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();

  get any(): boolean {
    return this.waiting.size > 0;
  }

  /** @returns false when it did not hold in time */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise(resolve => {
      const finish = (held: boolean) => {
        clearTimeout(timer);
        this.waiting.delete(waiter);
        resolve(held);
      };
      const waiter = { holds, resolve: finish };
      const timer = setTimeout(() => finish(holds()), timeoutMs);
      this.waiting.add(waiter);
    });
  }

  /** To be called after every change: whoever waited for it goes on. */
  look(): void {
    for (const { holds, resolve } of this.waiting) if (holds()) resolve(true);
  }

  /** Nothing will change any more. */
  end(): void {
    for (const { resolve } of this.waiting) resolve(false);
  }
}
