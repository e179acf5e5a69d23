#!/usr/bin/env bash
# Runs a command beside one PostgreSQL and one foreign S3, so that tests share them: with-services.sh COMMAND...
# Tests that run without it start their own. DURABLE=true makes PostgreSQL sync its commits, as for measuring. What tests write
# is kept in memory where there is room: thousands of files that come and go are half of the work otherwise.
source "$(dirname "$0")/lib.sh"

[ "$#" -gt 0 ] || fail 'Looking for a command to run' 'name one, such as: scripts/with-services.sh cargo nextest run --workspace'

STEP='Looking for the services of the tests'
MEND='run: make setup'
command -v initdb >/dev/null
command -v postgres >/dev/null
MOTO="${CACHE}/venv/bin/moto_server"
[ -x "$MOTO" ] || MOTO="$(command -v moto_server)"

# Kilobytes of memory that have to be free for that.
ROOM=$((4 * 1024 * 1024))
MEMORY=/dev/shm
has_room() {
  [ -w "$MEMORY" ] && [ "$(df -Pk "$MEMORY" | awk 'NR == 2 { print $4 }')" -ge "$ROOM" ] &&
    [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -ge "$ROOM" ]
}
if [ "${DURABLE:-false}" != true ] && has_room; then FOLDER="$(mktemp -d -p "$MEMORY")"; else FOLDER="$(mktemp -d)"; fi
POSTGRES=''
S3=''
COMMAND=''

stop() { # SIGNAL PID
  kill "-$1" "$2" 2>/dev/null || true
  # One that was halted hears it only when it goes on.
  kill -CONT "$2" 2>/dev/null || true
  wait "$2" 2>/dev/null || true
}

# Stops exactly what was started here, PostgreSQL without waiting for its clients, and keeps the code of the command.
stop_services() {
  local code=$?
  trap - EXIT INT TERM HUP
  if [ -n "$COMMAND" ]; then stop TERM "$COMMAND"; fi
  if [ -n "$S3" ]; then stop TERM "$S3"; fi
  if [ -n "$POSTGRES" ]; then stop INT "$POSTGRES"; fi
  rm -rf "$FOLDER"
  (exit "$code") || on_exit
  exit "$code"
}
trap stop_services EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# PostgreSQL refuses root. `exec` keeps the pid ours to stop.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"; fi
  exec "$@"
}

# until_ready WHAT PID COMMAND...: wait for the command to succeed while the process lives, a minute at most.
until_ready() {
  local what="$1" pid="$2" deadline=$((SECONDS + 60))
  shift 2
  until "$@" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || fail "Starting ${what}" "read what it said: $(tail -n 3 "${FOLDER}"/*.log)"
    [ "$SECONDS" -lt "$deadline" ] || fail "Waiting for ${what}" 'try again when the machine is less busy'
    sleep 0.1
  done
}

postgres_is_ready() { [ "$(sed -n 8p "${FOLDER}/postgres/data/postmaster.pid" | tr -d ' ')" = ready ]; }
listens() { (: <"/dev/tcp/127.0.0.1/$1"); }

step 'Starting PostgreSQL and a foreign S3 for the tests' 'run: make setup'
mkdir "${FOLDER}/postgres"
chmod 755 "$FOLDER"
if [ "$(id -u)" -eq 0 ]; then chown postgres: "${FOLDER}/postgres"; fi
cd "${FOLDER}/postgres"
(as_postgres initdb --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C -D "${FOLDER}/postgres/data") >"${FOLDER}/initdb.log" 2>&1
PORT="$(free_port)"
UNSAFE=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off)
if [ "${DURABLE:-false}" = true ]; then UNSAFE=(-c shared_buffers=1GB -c max_wal_size=4GB); fi
(as_postgres postgres -D "${FOLDER}/postgres/data" -p "$PORT" -k "${FOLDER}/postgres" -c listen_addresses=127.0.0.1 \
  "${UNSAFE[@]}" -c max_connections=200) \
  >"${FOLDER}/postgres.log" 2>&1 </dev/null &
POSTGRES="$!"
S3_PORT="$(free_port)"
"$MOTO" -H 127.0.0.1 -p "$S3_PORT" >"${FOLDER}/s3.log" 2>&1 </dev/null &
S3="$!"
cd "$ROOT"
until_ready PostgreSQL "$POSTGRES" postgres_is_ready
until_ready 'the foreign S3' "$S3" listens "$S3_PORT"
export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:${PORT}/postgres"
export TEST_S3_ENDPOINT="http://127.0.0.1:${S3_PORT}"
export TEST_S3_PID="$S3"
mkdir -m 1777 "${FOLDER}/templates"
export TEST_TEMPLATES="${FOLDER}/templates"
if [ "${FOLDER%/*}" = "$MEMORY" ]; then
  mkdir -m 1777 "${FOLDER}/tests"
  export TMPDIR="${FOLDER}/tests"
fi

STEP=''
"$@" &
COMMAND="$!"
code=0
wait "$COMMAND" || code=$?
COMMAND=''
exit "$code"
