-- Who may do what in the database of the log. `npm run admin -- init` and `restore` run it as the owner where the roles exist; it may be
-- repeated, and takes back what was given by hand.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect, temporary on database %I to yizhan_app', current_database());
  execute format('grant connect on database %I to yizhan_auditor', current_database());
end $$;

grant usage on schema house, access, lease, reactor, feed, read to yizhan_app;
grant select, insert, update on access.credential to yizhan_app;
revoke all on access.taken_list from yizhan_app, yizhan_auditor;
grant select, insert on access.taken_list to yizhan_app;
grant select, insert, update on house.followed_log to yizhan_app;
grant select on house.made to yizhan_app;
grant select, insert, update on lease.lease to yizhan_app;
grant select, insert, update, delete on all tables in schema reactor, feed to yizhan_app;

-- Read models are folded anew whenever their form changes: whoever folds them owns them.
grant create on schema read to yizhan_app;
grant select, insert, update, delete on read.projection to yizhan_app;
do $$
declare
  relation record;
begin
  for relation in
    select c.relname, c.relkind from pg_class c
    where c.relnamespace = 'read'::regnamespace and c.relkind in ('r', 'v') and c.relname <> 'projection'
      and c.relowner = current_user::regrole
  loop
    execute format('alter %s read.%I owner to yizhan_app', case relation.relkind when 'v' then 'view' else 'table' end, relation.relname);
  end loop;
end $$;

grant usage on schema house, access, lease, reactor, feed, read to yizhan_auditor;
grant select on access.taken_list to yizhan_auditor;
grant select on all tables in schema house, lease, reactor, feed to yizhan_auditor;
grant select on read.projection to yizhan_auditor;

-- Where the facts lie in KurrentDB there is no log here.
do $$
begin
  if to_regclass('log.events') is null then return; end if;
  grant usage on schema log to yizhan_app, yizhan_auditor;
  revoke all on log.events, log.log_head from yizhan_app, yizhan_auditor;
  grant select, insert on log.events to yizhan_app;
  grant select, update on log.log_head to yizhan_app;
  grant select on log.events, log.log_head to yizhan_auditor;
end $$;
