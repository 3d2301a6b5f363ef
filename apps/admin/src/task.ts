import type { Databases } from '@lib/house/databases.js';
import type { Foundation } from '@lib/house/foundation.js';
import type { Grants } from '@lib/house/grants.js';
import type { Settings } from '@lib/house/settings.js';
import type { Terminal } from './terminal.js';

/** What a task says that was interrupted, to the shell. */
export const interrupted = 130;

export interface TaskParts {
  readonly terminal: Terminal;
  readonly settings: Settings;
  readonly foundation: Foundation;
  /** What stands behind the name of the task. */
  readonly words: readonly string[];
  /** What `infra/postgres` gives to the roles of every day. */
  readonly grants: Grants;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One thing that can be asked on the command line. @returns the exit code: 0 done, 1 not as it should be, 130 interrupted */
export type Task = (parts: TaskParts) => Promise<number>;

/** One that comes before everything that stands on the databases, or does not ask for it. */
export type KeepingTask = (parts: Omit<TaskParts, 'foundation'> & { readonly databases: Databases }) => Promise<number>;
