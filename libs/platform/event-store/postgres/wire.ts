/** What the connections of the log have in common. */

/** Values as PostgreSQL writes them: positions lose no digit, and nothing is parsed that is not needed. */
export const asSent = { getTypeParser: () => (value: string) => value };

// Plans are kept, and may have been made while the log was empty; hence no scan of the whole table, and no new plans.
export const sessionSettings = `
  set timezone = 'UTC'; set datestyle = 'ISO'; set client_encoding = 'UTF8'; set synchronous_commit = on; set jit = off;
  set idle_in_transaction_session_timeout = '5s'; set plan_cache_mode = force_generic_plan; set enable_seqscan = off;`;

/** `2025-11-24 11:13:55.12+00` as ISO 8601 with milliseconds. */
export const isoInstant = (recorded: string): string =>
  `${recorded.slice(0, 10)}T${recorded.slice(11, 19)}.${recorded.slice(20, -3).padEnd(3, '0')}Z`;
