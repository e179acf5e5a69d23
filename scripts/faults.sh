#!/usr/bin/env bash
# Takes away what the program needs around the instants of publications: the database, room on the disk, the storage, one of two
# nodes, and the program itself for long, and while it looks into or copies a large file. Nothing may be early, half, published twice or lost. BUNDLES (10000) are due after the
# outage; PATIENCE (120000 ms) is how long all that follows is waited for; DATABASES and ONLY
# (names of faults) may be set. FAULTS_STRICT=true fails also for what this machine does not allow to be tried.
source "$(dirname "$0")/lib.sh"

if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  DURABLE=true part scripts/with-services.sh scripts/faults.sh
  exit
fi

if [ -z "${ROOM:-}" ]; then
  part scripts/setup.sh test
  debug_program
else
  PROGRAM="$CATALOGUE_BIN"
fi
LOADER="${LARGE_CATALOGUE_BIN:-${TARGET}/debug/large_catalogue}"
export LOADER
source scripts/world.sh

tidy() {
  # PostgreSQL was started anew here, so nobody else ends it.
  if [ -n "${POSTGRES_FOLDER:-}" ] && [ -f "${POSTGRES_FOLDER}/postmaster.pid" ]; then
    kill -INT "$(head -n 1 "${POSTGRES_FOLDER}/postmaster.pid")" 2>/dev/null || true
    for _ in $(seq 100); do [ ! -f "${POSTGRES_FOLDER}/postmaster.pid" ] || sleep 0.1; done
  fi
  rm -rf "$FOLDER"
}

# A small disk in a namespace of its own, where that is allowed without being root; all that happens on SQLite happens there.
on_a_small_disk() {
  mkdir "${FOLDER}/small"
  # shellcheck disable=SC2016
  CATALOGUE_BIN="$PROGRAM" LARGE_CATALOGUE_BIN="$LOADER" DATABASES=sqlite ROOM="${FOLDER}/small" \
    part unshare -Urm bash -c 'mount -t tmpfs -o size=640m none "$ROOM" && exec scripts/faults.sh'
}

for database in ${DATABASES:-sqlite postgresql}; do
  if [ "$database" = sqlite ] && [ -z "${ROOM:-}" ] && unshare -Urm true 2>/dev/null; then
    on_a_small_disk
    continue
  fi
  step "Faults around an instant, on ${database}" 'read the figures above'
  if [ "$database" != sqlite ]; then
    POSTGRES_FOLDER="$(psql -qAtX "$TEST_POSTGRES_URL" -c 'SHOW data_directory')"
    LEASE_MS=3000
    PORT_OF_SECOND="$(free_port)"
    export AWS_ENDPOINT_URL="$TEST_S3_ENDPOINT" AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
    export S3_PRIVATE_BUCKET_NAME=faults PUBLICATION_LEASE=3s SECRET_KEY=0123456789abcdef0123456789abcdef LEASE_MS PORT_OF_SECOND
  fi
  new_world "$database"
  node scripts/faults.mjs "${BUNDLES:-10000}" "${PATIENCE:-120000}"
done
