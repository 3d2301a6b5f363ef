import type { Pool } from 'pg';

/**
 * The write-ahead log leaves the memory of the server every ten seconds only. Whoever commits synchronously, such as a projector, would take
 * along what others have committed before.
 */
export const neverFlushed = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB', synchronous_commit: 'off' };

/** A twin of the log: it says that an append is kept before it is. */
export async function makeCommitsAsynchronous(pool: Pool): Promise<void> {
  await pool.query(`
    create function log.twin() returns trigger language plpgsql as $$
      begin perform set_config('synchronous_commit', 'off', true); return null; end $$;
    create trigger twin before insert on log.events for each statement execute function log.twin();`);
}
