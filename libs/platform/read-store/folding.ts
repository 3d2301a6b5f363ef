/** How far a read model is behind. */
export interface Lag {
  readonly name: string;
  readonly position: string;
  readonly head: string;
  /** `building`: a table that is not shown yet. */
  readonly state: 'following' | 'building' | 'failed';
  readonly error?: string;
}

/** How far the read models have come: in this process, or seen from outside in `read.projection`. */
export interface Folding {
  /**
   * For reading one's own write.
   * @param names the projections that the reader is about to look at; all that are shown when left out
   * @returns false when they had not folded everything up to `position` in time
   */
  caughtUpTo(position: string, timeoutMs: number, names?: readonly string[]): Promise<boolean>;
  lag(): readonly Lag[];
}
