#!/bin/bash
# Runs once, when the folder of the database is made: roles with their passwords, and the two databases.
set -euo pipefail
sql() { psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres "$@"; }
sql --file /yizhan/postgres/roles.sql
for role in owner app auditor; do
  password=$(cat "/run/secrets/postgres_$role")
  [ "${#password}" -ge 16 ] || { echo "postgres_$role has fewer than 16 characters" >&2; exit 1; }
  sql --set role="yizhan_$role" --set password="$password" <<<'alter role :"role" password :'"'password'"
done
sql --file /yizhan/postgres/databases.sql
