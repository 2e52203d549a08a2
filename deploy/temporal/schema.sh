#!/bin/sh
# Brings the schemas of Temporal's two databases up to those of the server of this version; what is there stays.
set -eu
. "$(dirname "$0")/../secret.sh"

SQL_PASSWORD=$(secret TEMPORAL_POSTGRES_PASSWORD)
export SQL_PASSWORD

said=$(mktemp)
trap 'rm -f "$said"' EXIT

tool() {
  if temporal-sql-tool "$@" >"$said" 2>&1; then return; fi
  case $(cat "$said") in
    *'password authentication failed'*)
      fail "PostgreSQL refuses the password of the role $SQL_USER" 'correct TEMPORAL_POSTGRES_PASSWORD, and start the service databases anew' ;;
    *)
      fail "the schema of Temporal cannot be prepared: $(last "$said")" 'see docs/operations.md, Temporal does not start' ;;
  esac
}

prepare() {
  tool --db "$1" setup-schema --version 0.0
  tool --db "$1" update-schema --schema-name "postgresql/v12/$2"
}

prepare temporal temporal
prepare temporal_visibility visibility
echo 'the schemas of Temporal are up to date'
