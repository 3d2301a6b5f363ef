import type { Kysely } from 'kysely';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { Moment } from './moment.js';

/** A stored event as today's code knows it, with everything opened that was sealed; values of the erased are absent. */
export interface RecordedFact extends RecordedEvent {
  readonly fact: AnyFact;
}

/** What a view's query works with. */
export interface Reader {
  /** The read models by their permanent names, tables and columns in camelCase. */
  tables<Tables>(): Kysely<Tables>;
  /**
   * The moment that is looked at. `asOf`: a position, or an instant (ISO 8601); `effectiveOn`: `YYYY-MM-DD`.
   * @throws InvalidCommand when either lies ahead
   */
  moment(asked: { readonly asOf?: string | undefined; readonly effectiveOn?: string | undefined }): Promise<Moment>;
  /** Today's date in Shanghai. */
  today(): string;
  /** Opens sealed columns of a page in one go, in order; null stays null, an erased one reads as undefined. */
  open(values: readonly (string | null)[]): Promise<readonly (unknown | null | undefined)[]>;
  /** The facts at these positions, in order of position. What the asker may see of them is the view's business. */
  recorded(positions: readonly string[]): Promise<readonly RecordedFact[]>;
}

/** A reader that can hold still. */
export interface StillReader extends Reader {
  /**
   * Everything that `work` reads through the reader that it is given is of one moment, however long it takes; the moment holds every
   * fact up to `position`. It keeps a connection to itself as long as it runs.
   */
  frozen<T>(work: (reader: Reader, position: string) => Promise<T>): Promise<T>;
}
