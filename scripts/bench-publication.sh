#!/usr/bin/env bash
# Publication on the instant, on this machine: one bundle of 1,000 datasets, then 200 bundles of 20 that are due in the same
# second, each with 50 readers that ask for pages, API, list, search and downloads through the instant. On SQLite, and on
# PostgreSQL where it runs. READERS, SECONDS_AFTER and DATABASES may be set.
source "$(dirname "$0")/lib.sh"

if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  DURABLE=true part scripts/with-services.sh scripts/bench-publication.sh "$@"
  exit
fi

READERS="${READERS:-50}"
SECONDS_AFTER="${SECONDS_AFTER:-20}"
DATABASES="${DATABASES:-sqlite postgresql}"
BINARY="${BINARY:-${TARGET}/release/catalogue}"

part scripts/setup.sh bench
part scripts/assets.sh
step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above'
[ -n "${BUILT:-}" ] || cargo build --locked --release -p server --bin catalogue
step 'Building the loader of large catalogues' 'mend what the compiler names above'
cargo build --locked --workspace --bin large_catalogue

WORK="$(mktemp -d)"
SERVER=''
stop_server() {
  if [ -n "$SERVER" ]; then
    kill "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
    SERVER=''
  fi
}
tidy() {
  stop_server
  rm -rf "$WORK"
}

start_server() {
  "$BINARY" serve >>"${WORK}/serve.log" 2>&1 &
  SERVER=$!
  answers "${OURS}/health" "$SERVER" || { tail -n 20 "${WORK}/serve.log" && exit 1; }
}

run_one() { # DATABASE BUNDLES PER-BUNDLE
  local name="$1-$2x$3" datasets=$(($2 * $3))
  step "$2 bundles of $3 datasets at one instant, on $1" 'read the lines above'
  case "$1" in
    sqlite) DATABASE_URL="sqlite://${WORK}/${name}/catalogue.sqlite" ;;
    *)
      psql -q "$TEST_POSTGRES_URL" -c "CREATE DATABASE \"${name}\""
      DATABASE_URL="${TEST_POSTGRES_URL%/*}/${name}"
      ;;
  esac
  export DATABASE_URL DATA_DIR="${WORK}/${name}"
  mkdir -p "$DATA_DIR"
  PORT="$(free_port)"
  OURS="http://127.0.0.1:${PORT}"
  export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$OURS" RATE_LIMIT_ENABLED=false LOG_LEVEL=info
  "$BINARY" seed --from seeds >"${WORK}/seed.log" 2>&1 || { tail -n 20 "${WORK}/seed.log" && exit 1; }
  local editor approver at
  editor="$("$BINARY" token create bench-editor --role editor | grep -o 'cat_[0-9a-f]*')"
  approver="$("$BINARY" token create bench-approver --role approver | grep -o 'cat_[0-9a-f]*')"
  start_server
  node scripts/bench-scheduled.mjs "$OURS" "$editor" "$approver" measured
  stop_server
  at="$(date -u -d '+25 seconds' +%Y-%m-%dT%H:%M:%S.000Z)"
  "${TARGET}/debug/large_catalogue" "$DATABASE_URL" measured "$datasets" "$3" "$at"
  : >"${WORK}/serve.log"
  start_server
  node scripts/bench-publication.mjs "$OURS" "$at" measured "$datasets" "$2" "$READERS" "$SECONDS_AFTER" || FAILED=true
  grep -o 'lateness_ms=[0-9]*' "${WORK}/serve.log" | cut -d= -f2 | sort -n |
    awk '{ all[NR] = $1 } END { if (NR) printf "lateness of %d bundles: p50 %d ms, p95 %d ms, max %d ms\n", NR, all[int((NR + 1) / 2)], all[int(NR * 0.95 + 0.5)], all[NR] }'
  stop_server
}

FAILED=false
for database in $DATABASES; do
  run_one "$database" 1 1000
  run_one "$database" 200 20
done
STEP=''
[ "$FAILED" = false ] || fail 'Publishing whole and not before' 'read the tables above'
