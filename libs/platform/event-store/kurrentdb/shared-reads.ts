interface Reading<T> {
  readonly current: Promise<T>;
  next?: Promise<T>;
}

/** Whoever asks for the same while it is being read waits for the next reading of it, with everybody else who asked meanwhile. */
export class SharedReads<T> {
  private readonly underWay = new Map<string, Reading<T>>();

  /**
   * @param key the same for what is read in the same way
   * @returns what was read after this was called
   */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const reading = this.underWay.get(key);
    if (!reading) return this.begin(key, read);
    const begin = () => this.begin(key, read);
    reading.next ??= reading.current.then(begin, begin);
    return reading.next;
  }

  private begin(key: string, read: () => Promise<T>): Promise<T> {
    const current = read();
    const reading: Reading<T> = { current };
    this.underWay.set(key, reading);
    const end = () => {
      if (!reading.next) this.underWay.delete(key);
    };
    current.then(end, end);
    return current;
  }
}
