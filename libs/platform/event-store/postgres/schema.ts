import type { ClientBase } from 'pg';
import { makeTables } from '@lib/platform/schema/make-tables.js';

const tables = `
create schema if not exists log;

-- Whoever holds this row appends: lock order, commit order and position order are the same order.
create table if not exists log.log_head (
  only_row boolean primary key default true check (only_row),
  position bigint not null,
  recorded_at timestamptz(3) not null
) with (fillfactor = 10);
insert into log.log_head (position, recorded_at) values (0, 'epoch') on conflict do nothing;

create table if not exists log.events (
  position bigint primary key,
  stream text collate "C" not null,
  revision int not null,
  id uuid not null,
  type text not null,
  recorded_at timestamptz(3) not null,
  metadata text not null,
  data text not null,
  unique (stream, revision)
);

create or replace function log.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'facts are never changed and never deleted' using errcode = 'restrict_violation';
end $$;
create or replace trigger events_are_kept before update or delete or truncate on log.events
  for each statement execute function log.refuse_change();
-- Also for a session that calls itself a replica.
alter table log.events enable always trigger events_are_kept;
`;

/** How PostgreSQL is told to say that the time of an append is over. */
export const tooLate = 'YZ001';

const hasMoved =
  'coalesce((select v.revision from log.events v where v.stream = e.stream order by v.revision desc limit 1), -1) <> e.expected';

// Members are the appends of one group, numbered from 0. The head row comes first, and its lock is held until the commit is visible; each later
// statement has a snapshot of its own, so it sees everything that was committed before the lock was ours. The form is the one that measured
// fastest: one text as the answer, and set-returning functions in the select list, which keep nothing aside.
const functions = `
create or replace function log.append_group(
  expectation_member int[], expectation_stream text[], expectation_revision int[],
  event_member int[], event_stream text[], event_revision int[],
  event_id uuid[], event_type text[], event_metadata text[], event_data text[],
  deadline timestamptz
) returns text language plpgsql as $$
declare
  events int := cardinality(event_id);
  before bigint;
  recorded timestamptz;
  moved int[];
  failed int[];
begin
  update log.log_head h
    set position = h.position + events, recorded_at = greatest(h.recorded_at, date_trunc('milliseconds', clock_timestamp()))
    returning h.position - events, h.recorded_at into strict before, recorded;
  if clock_timestamp() > deadline then
    raise exception 'too late' using errcode = '${tooLate}';
  end if;

  if not exists (
    select from (select unnest(expectation_stream) as stream, unnest(expectation_revision) as expected offset 0) e where ${hasMoved}
  ) then
    if events = 1 then
      insert into log.events (position, stream, revision, id, type, recorded_at, metadata, data) values
        (before + 1, event_stream[1], event_revision[1], event_id[1], event_type[1], recorded, event_metadata[1], event_data[1]);
    else
      insert into log.events (position, stream, revision, id, type, recorded_at, metadata, data)
        select generate_series(before + 1, before + events), unnest(event_stream), unnest(event_revision), unnest(event_id),
               unnest(event_type), recorded, unnest(event_metadata), unnest(event_data);
    end if;
    return before || '|' || recorded;
  end if;

  select array_agg(e.nth) into moved
    from unnest(expectation_stream, expectation_revision) with ordinality e (stream, expected, nth) where ${hasMoved};
  select array_agg(distinct expectation_member[nth]) into failed from unnest(moved) nth;
  with written as (
    insert into log.events (position, stream, revision, id, type, recorded_at, metadata, data)
      select before + row_number() over (order by e.nth), e.stream, e.revision, e.id, e.type, recorded, e.metadata, e.data
      from unnest(event_member, event_stream, event_revision, event_id, event_type, event_metadata, event_data)
        with ordinality e (member, stream, revision, id, type, metadata, data, nth)
      where e.member <> all (failed)
      returning 1
  )
  update log.log_head h set position = before + (select count(*) from written);
  return before || '|' || recorded || '|' || array_to_string(moved, ',');
end $$;

-- recorded_at never goes back while positions are dense, so the primary key serves as an index on it: about 20 steps in a million events.
create or replace function log.position_as_of(instant timestamptz) returns bigint language plpgsql stable as $$
declare
  held bigint := 0;
  later bigint := (select coalesce(max(e.position), 0) + 1 from log.events e);
  middle bigint;
  recorded timestamptz;
begin
  while later - held > 1 loop
    middle := (held + later) / 2;
    select e.recorded_at into recorded from log.events e where e.position = middle;
    if not found then
      raise exception 'position % is missing', middle using errcode = 'data_corrupted';
    end if;
    if recorded > instant then later := middle; else held := middle; end if;
  end loop;
  return held;
end $$;
`;

/** Makes the tables and functions of the log where they are missing. Several processes may do so at once. PostgreSQL 15 or later. */
export async function createLogSchema(client: Pick<ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
  if (rows[0]!.version < 150_000) throw new Error('the log asks for PostgreSQL 15 or later');
  await makeTables(client, 'log', `${tables} ${functions}`);
}
