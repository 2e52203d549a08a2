#!/bin/sh
# Starts what the command line names, the server of the image, which knows its password as a variable alone.
set -eu
. "$(dirname "$0")/../secret.sh"

POSTGRES_PWD=$(secret TEMPORAL_POSTGRES_PASSWORD)
export POSTGRES_PWD
unset TEMPORAL_POSTGRES_PASSWORD
exec "$@"
