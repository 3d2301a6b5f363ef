-- Once for an installation, as administrator, after roles.sql; each statement on its own. Another name is possible: the keys always
-- lie beside the log in `<name>_keys`.
create database yizhan owner yizhan_owner encoding 'UTF8' template template0;
create database yizhan_keys owner yizhan_owner encoding 'UTF8' template template0;
