#!/bin/sh
# Makes the roles and databases of an installation that are not there yet, and gives the roles the passwords of today: on a
# new volume, on one of any age, and again.
set -eu
here=$(dirname "$0")
. "$here/../secret.sh"

PGPASSWORD=$(secret POSTGRES_SUPERUSER_PASSWORD)
BARWRIGHT_PASSWORD=$(secret POSTGRES_PASSWORD)
TEMPORAL_PASSWORD=$(secret TEMPORAL_POSTGRES_PASSWORD)
READER_PASSWORD=
if [ -n "${POSTGRES_READER_PASSWORD:-}${POSTGRES_READER_PASSWORD_FILE:-}" ]; then
  READER_PASSWORD=$(secret POSTGRES_READER_PASSWORD)
fi
TRADING_DB_NAME=${TRADING_DB_NAME:-trading}
export PGPASSWORD BARWRIGHT_PASSWORD TEMPORAL_PASSWORD READER_PASSWORD TRADING_DB_NAME

said=$(mktemp)
trap 'rm -f "$said"' EXIT

run() {
  if psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --dbname "$1" --file "$here/$2" >/dev/null 2>"$said"; then
    return
  fi
  case $(cat "$said") in
    *'password authentication failed'*)
      fail "PostgreSQL refuses the password of its superuser $PGUSER: its volume was made with another POSTGRES_SUPERUSER_PASSWORD" \
        "set that one in .env, or make this one its password: docker compose exec postgres psql -U $PGUSER -c '\\password'" ;;
    *'not compatible with'* | *'could not connect'* | *'onnection refused'* | *'could not translate'*)
      fail "no connection to PostgreSQL at $PGHOST:$PGPORT: $(last "$said")" 'see docker compose logs postgres' ;;
    *)
      fail "the databases cannot be prepared: $(last "$said")" 'see docs/operations.md, An old volume' ;;
  esac
}

run postgres roles.sql
for database in "$TRADING_DB_NAME" trading_simulated; do
  run "$database" reader.sql
done
