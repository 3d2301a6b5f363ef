interface Reading<T> {
  readonly current: Promise<T>;
  next?: Promise<T>;
}

/** Whoever asks for the same while it is being read waits for the next reading of it, with everybody else who asked meanwhile. */
export class SharedReads<T> {
  private readonly underWay = new Map<string, Reading<T>>();

  constructor(private readonly read: (key: string) => Promise<T>) {}

  /** @returns what was read after this was called */
  get(key: string): Promise<T> {
    const reading = this.underWay.get(key);
    if (!reading) return this.begin(key);
    const begin = () => this.begin(key);
    reading.next ??= reading.current.then(begin, begin);
    return reading.next;
  }

  private begin(key: string): Promise<T> {
    const current = this.read(key);
    const reading: Reading<T> = { current };
    this.underWay.set(key, reading);
    const end = () => {
      if (!reading.next) this.underWay.delete(key);
    };
    current.then(end, end);
    return current;
  }
}
