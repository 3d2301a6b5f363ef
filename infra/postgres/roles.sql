-- Once for a server, as its administrator, before `npm run admin -- init`. May be repeated. Then give each role a password:
--   \password yizhan_owner     and so on, or by a certificate; none of them has one yet, so none can sign in with one.
--
-- yizhan_owner    makes and changes tables: `npm run admin -- init` and `restore`, nobody else, and not while the office works
-- yizhan_app      what runs every day: api, projector, reactor, relay, standalone, and `npm run admin -- backup | verify | rebuild`
-- yizhan_auditor  looks at the log, where personal fields are sealed, and at how far everything is; changes nothing, reads no keys
do $$
begin
  if to_regrole('yizhan_owner') is null then create role yizhan_owner login; end if;
  if to_regrole('yizhan_app') is null then create role yizhan_app login; end if;
  if to_regrole('yizhan_auditor') is null then create role yizhan_auditor login; end if;
end $$;

-- The owner hands the read models to those who fold them.
grant yizhan_app to yizhan_owner;
alter role yizhan_auditor set default_transaction_read_only = on;
