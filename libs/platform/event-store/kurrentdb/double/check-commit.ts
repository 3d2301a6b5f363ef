import { any, type DoubleLog, noStream, softDeleted, type Stored, streamExists, tombstoned } from './double-log.js';

export type Verdict =
  | { readonly is: 'ok' }
  /** All of it is there already, `last` at its end. */
  | { readonly is: 'idempotent'; readonly last: Stored }
  | { readonly is: 'failed'; readonly actual: number };

const ok: Verdict = { is: 'ok' };

/**
 * Whether events with these ids may be written to a stream (none: whether the stream stands where it is expected), as
 * `IndexWriter.CheckCommit` of KurrentDB 26.1.0 judges it. Ids are compared within the stream alone, bodies never.
 */
export function checkCommit(log: DoubleLog, stream: string, expected: number, ids: readonly string[]): Verdict {
  const current = log.lastRevision(stream);
  if (log.isTombstoned(stream)) {
    const holds = ids.length === 0 && [any, noStream, tombstoned].includes(expected);
    return holds ? ok : { is: 'failed', actual: tombstoned };
  }
  const deleted = log.isSoftDeleted(stream);
  const failed: Verdict = { is: 'failed', actual: expected === streamExists && deleted ? softDeleted : current };
  if (expected === tombstoned) return failed;
  if (expected === streamExists && (deleted || current < 0)) return failed;
  if (expected === any || expected === streamExists || expected === softDeleted) {
    const known = ids.map(id => log.written(stream, id));
    if (known.length > 0 && known.every(stored => stored !== undefined)) return { is: 'idempotent', last: known.at(-1)! };
    if (known[0] !== undefined) return failed;
    return expected === softDeleted && !deleted ? failed : ok;
  }
  if (expected > current) return failed;
  if (expected === current) return ok;
  const there = ids.map((id, nth) => log.all(stream)[expected + 1 + nth]?.id === id);
  if (there.length > 0 && there.every(Boolean)) return { is: 'idempotent', last: log.all(stream)[expected + ids.length]! };
  return !there[0] && expected === noStream && deleted ? ok : failed;
}
