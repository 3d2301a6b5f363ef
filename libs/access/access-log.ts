import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { AccessLog, TakenList } from '@lib/platform/cqrs/access-log.js';
import { makeTables, type TableDatabase } from '@lib/platform/schema/make-tables.js';

/** Times are those of the database: several processes write here, and what is read page by page stands in one order. */
export async function createAccessLogTable(client: TableDatabase): Promise<void> {
  await makeTables(
    client,
    'access',
    `
    create schema if not exists access;
    create table if not exists access.taken_list (
      taken_id uuid primary key,
      taken_at timestamptz(3) not null default clock_timestamp(),
      account_id text not null,
      account text not null,
      roles text[] not null,
      sheet text not null,
      filters jsonb not null,
      searched boolean not null,
      rows int not null,
      subject_ids uuid[] not null,
      division_ids uuid[] not null,
      position text not null,
      request_id text not null
    );
    create index if not exists taken_list_latest on access.taken_list (taken_at desc, taken_id desc);
    create index if not exists taken_list_subject on access.taken_list using gin (subject_ids);

    create or replace function access.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'what was taken away stays on record' using errcode = 'restrict_violation';
    end $$;
    create or replace trigger taken_lists_are_kept before update or delete or truncate on access.taken_list
      for each statement execute function access.refuse_change();
    -- Also for a session that calls itself a replica.
    alter table access.taken_list enable always trigger taken_lists_are_kept`,
  );
}

/** Beside the log of facts, not in it: looking at something changes nothing in the office. */
export class DatabaseAccessLog implements AccessLog {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  async record(taken: TakenList): Promise<void> {
    const { principal, roles, sheet, filters, searched, subjectIds, divisionIds, position, requestId } = taken;
    await this.pool.query(
      `insert into access.taken_list
         (taken_id, account_id, account, roles, sheet, filters, searched, rows, subject_ids, division_ids, position, request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        randomUUID(),
        principal.id,
        principal.name,
        roles,
        sheet,
        JSON.stringify(filters),
        searched,
        subjectIds.length,
        subjectIds,
        divisionIds,
        position,
        requestId,
      ],
    );
  }
}
