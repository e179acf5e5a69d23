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

# A small disk in a namespace of its own, where that is allowed without being root; all that happens on SQLite happens there, and on
# PostgreSQL what needs one.
on_a_small_disk() { # DATABASE
  mkdir -p "${FOLDER}/small"
  # shellcheck disable=SC2016
  CATALOGUE_BIN="$PROGRAM" LARGE_CATALOGUE_BIN="$LOADER" DATABASES="$1" ROOM="${FOLDER}/small" \
    part unshare -Urm bash -c 'mount -t tmpfs -o size=640m none "$ROOM" && exec scripts/faults.sh'
}

# Within that namespace everything seems to be root, which PostgreSQL refuses: another one within gives it another number.
POSTGRES_AS='unshare --map-user=1000 --map-group=1000'

# A PostgreSQL on the small disk in place of the one that is shared. Its log is in small files, and none is used again, so that it has
# room ahead for little.
postgres_on_the_small_disk() {
  local port deadline=$((SECONDS + 60))
  step 'Starting a PostgreSQL on a small disk' 'read what it says above'
  POSTGRES_FOLDER="${ROOM}/postgres"
  port="$(free_port)"
  # shellcheck disable=SC2086
  $POSTGRES_AS initdb --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C --wal-segsize=1 -D "$POSTGRES_FOLDER" >"${FOLDER}/initdb.log"
  # shellcheck disable=SC2086
  $POSTGRES_AS postgres -D "$POSTGRES_FOLDER" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 -c max_wal_size=1GB >"${FOLDER}/postgres.log" 2>&1 </dev/null &
  export POSTGRES_AS PUBLICATION_LEASE=3s
  export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:${port}/postgres"
  until psql -qAtX "$TEST_POSTGRES_URL" -c 'SELECT 1' >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail 'Waiting for PostgreSQL on a small disk' "read what it said: $(tail -n 3 "${FOLDER}/postgres.log")"
    sleep 0.1
  done
}

# wanted FAULT: whether it is among those that are to be tried.
wanted() { [ -z "${ONLY:-}" ] || [[ " ${ONLY} " == *" $1 "* ]]; }

for database in ${DATABASES:-sqlite postgresql}; do
  if [ "$database" = sqlite ] && [ -z "${ROOM:-}" ] && unshare -Urm true 2>/dev/null; then
    on_a_small_disk sqlite
    continue
  fi
  # shellcheck disable=SC2086
  if [ "$database" != sqlite ] && [ -z "${ROOM:-}" ] && wanted full && unshare -Urm $POSTGRES_AS true 2>/dev/null; then
    on_a_small_disk "$database"
    export SMALL_DISK=true
  fi
  if [ "$database" != sqlite ] && [ -n "${ROOM:-}" ]; then postgres_on_the_small_disk; fi
  step "Faults around an instant, on ${database}${ROOM:+, on a small disk}" 'read the figures above'
  if [ "$database" != sqlite ] && [ -z "${ROOM:-}" ]; then
    POSTGRES_FOLDER="$(psql -qAtX "$TEST_POSTGRES_URL" -c 'SHOW data_directory')"
    LEASE_MS=3000
    PORT_OF_SECOND="$(free_port)"
    export AWS_ENDPOINT_URL="$TEST_S3_ENDPOINT" AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
    export S3_PRIVATE_BUCKET_NAME=faults PUBLICATION_LEASE=3s SECRET_KEY=0123456789abcdef0123456789abcdef LEASE_MS PORT_OF_SECOND
  fi
  new_world "$database"
  node scripts/faults.mjs "${BUNDLES:-10000}" "${PATIENCE:-120000}"
done
