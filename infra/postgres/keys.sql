-- Who may do what in the database of the keys; run as log.sql is. An erasure empties a row and leaves it: nobody deletes a person's key
-- together with the record that it was deleted.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect, temporary on database %I to yizhan_app', current_database());
end $$;
grant usage on schema house to yizhan_app;
grant select on house.made to yizhan_app;
grant select, insert, update on subject_key to yizhan_app;
grant select, insert on key_check to yizhan_app;
-- Erasing a person forgets the number by which their stream is found.
grant select, insert, delete on person_key to yizhan_app;
