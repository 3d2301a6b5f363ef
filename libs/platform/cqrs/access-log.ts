import type { Principal } from '@lib/platform/kernel/access.js';

/** A list of people or places that left the house as a file. */
export interface TakenList {
  readonly principal: Principal;
  readonly roles: readonly string[];
  /** The name of the sheet. */
  readonly sheet: string;
  /** What the list was narrowed down to. What was searched for is left out: it may be a name. */
  readonly filters: Readonly<Record<string, unknown>>;
  /** Whether something was searched for as well. */
  readonly searched: boolean;
  /** What each row is about, in the order of the file. */
  readonly subjectIds: readonly string[];
  /** Where these are at home; whose file has no rows: where they might have been. */
  readonly divisionIds: readonly string[];
  /** The file holds every fact up to there. */
  readonly position: string;
  readonly requestId: string;
}

/** Who took which personal data away. Nothing leaves before it is written there. */
export interface AccessLog {
  record(taken: TakenList): Promise<void>;
}
