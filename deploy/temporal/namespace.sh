#!/bin/sh
# Waits for the server, makes the namespace where it is missing, and lets it keep what has ended for 30 days.
set -eu
. "$(dirname "$0")/../secret.sh"

retention=30d
said=$(mktemp)
trap 'rm -f "$said"' EXIT

tries=60
until temporal operator cluster health >"$said" 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "Temporal at $TEMPORAL_ADDRESS does not answer: $(last "$said")" 'see docker compose logs temporal'
  sleep 1
done

# A new one is known to every part of the server only after a while.
tries=30
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >"$said" 2>&1 &&
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention" >"$said" 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "the namespace $TEMPORAL_NAMESPACE cannot be made: $(last "$said")" 'see docker compose logs temporal'
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention" >"$said" 2>&1 || sleep 1
done

shards=$(temporal operator cluster describe --output json | sed -n 's/.*"historyShardCount": *\([0-9]*\).*/\1/p')
if [ -n "$shards" ] && [ "$shards" != "$NUM_HISTORY_SHARDS" ]; then
  echo "barwright: Temporal keeps the $shards history shards that it was first started with, not $NUM_HISTORY_SHARDS; set TEMPORAL_HISTORY_SHARDS=$shards in .env: only a new database has another number" >&2
fi
echo "the namespace $TEMPORAL_NAMESPACE is there"
