#!/usr/bin/env bash
# A catalogue of 100,000 datasets with 500,000 versions: every list and read at 16 connections, uncached addresses at random,
# as the public and as an editor; and the steps of the workflow against one bare synced commit. On SQLite and on PostgreSQL.
# Called by bench.sh with the release binary built. DATASETS, VERSIONS, SECONDS_EACH, CONNECTIONS and ROUNDS may be set.
source "$(dirname "$0")/lib.sh"

DATASETS="${DATASETS:-100000}"
VERSIONS="${VERSIONS:-5}"
SECONDS_EACH="${SECONDS_EACH:-5}"
CONNECTIONS="${CONNECTIONS:-16}"
ROUNDS="${ROUNDS:-60}"
# What they are copies of: one of the size that most published tables have. Half a million versions of a table with hundreds of codes
# take more disk than a desk has.
TEMPLATE='renewable-energy-share'
BINARY="${BINARY:-${TARGET}/release/catalogue}"

part scripts/setup.sh bench
step 'Building the loader of large catalogues' 'mend what the compiler names above'
cargo build --locked --workspace --bin large_catalogue

WORK="$(mktemp -d)"
SERVER=''
tidy() {
  if [ -n "$SERVER" ]; then
    kill "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
  fi
  rm -rf "$WORK"
}

# Addresses with a number in them are asked for at random numbers, so that hardly one is asked for twice.
cat >"${WORK}/random.lua" <<'LUA'
local pattern, last = os.getenv("PATTERN"), tonumber(os.getenv("LAST"))
local token = os.getenv("TOKEN")
local seed = 7
init = function(args) math.randomseed(seed) end
request = function()
  local address = pattern:gsub("@", function() return tostring(math.random(1, last)) end)
  local headers = {}
  if token and token ~= "" then headers["Authorization"] = "Bearer " .. token end
  return wrk.format("GET", address, headers)
end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, bad))
end
LUA

PATTERNS=(
  '/v1/datasets?limit=20'
  '/v1/datasets?limit=20&offset=@'
  '/v1/datasets?limit=20&sort=title&offset=@'
  '/v1/datasets?topic=energy&limit=20&offset=@'
  '/v1/datasets?state=submitted'
  "/v1/datasets?id=${TEMPLATE}-@"
  "/v1/datasets/${TEMPLATE}-@"
  "/v1/datasets/${TEMPLATE}-@/editions"
  "/v1/datasets/${TEMPLATE}-@/editions/time-series/versions"
  "/v1/datasets/${TEMPLATE}-@/editions/time-series/versions/3"
  "/v1/datasets/${TEMPLATE}-@/editions/time-series/versions/3/metadata"
  '/v1/topics'
)

measure() { # DATABASE WHO TOKEN PATTERN
  local result
  result="$(PATTERN="$4" LAST="$DATASETS" TOKEN="$3" wrk -t 1 -c "$CONNECTIONS" -d "${SECONDS_EACH}s" -s "${WORK}/random.lua" "$OURS" | sed -n 's/^RESULT //p')"
  # shellcheck disable=SC2086
  printf '%-10s %-7s %8s %9s %9s %7s  %s\n' "$1" "$2" $result "$4"
}

serve_large() { # NAME DATABASE-URL BARE-COMMIT-MS
  export DATABASE_URL="$2" DATA_DIR="${WORK}/$1"
  PORT="$(free_port)"
  OURS="http://127.0.0.1:${PORT}"
  export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$OURS" LOG_LEVEL=warn RATE_LIMIT_ENABLED=false
  step "Loading ${DATASETS} datasets with ${VERSIONS} versions each into $1" 'read the lines above'
  "$BINARY" seed --from seeds >"${WORK}/seed.log" 2>&1 || { tail -n 20 "${WORK}/seed.log" && exit 1; }
  "${TARGET}/debug/large_catalogue" "$2" "$TEMPLATE" "$DATASETS" "$VERSIONS"
  EDITOR="$("$BINARY" token create bench-editor --role editor | grep -o 'cat_[0-9a-f]*')"
  APPROVER="$("$BINARY" token create bench-approver --role approver | grep -o 'cat_[0-9a-f]*')"
  "$BINARY" serve >"${WORK}/serve.log" 2>&1 &
  SERVER=$!
  answers "${OURS}/health" "$SERVER" || { tail -n 20 "${WORK}/serve.log" && exit 1; }

  printf '\n%-10s %-7s %8s %9s %9s %7s  %s\n' database who req/s 'p50 ms' 'p95 ms' errors address
  local pattern
  for pattern in "${PATTERNS[@]}"; do measure "$1" public '' "$pattern"; done
  for pattern in "${PATTERNS[@]}" '/v1/bundles' '/v1/publish-queue'; do measure "$1" editor "$EDITOR" "$pattern"; done
  printf '\n%-12s %-10s %8s %8s %12s %10s\n' database step 'p50 ms' 'p95 ms' 'bare commit' 'over, ms'
  node scripts/bench-workflow.mjs "$OURS" "$EDITOR" "$APPROVER" "$ROUNDS" "$3" "$1"
  kill "$SERVER"
  wait "$SERVER" 2>/dev/null || true
  SERVER=''
}

serve_large sqlite "sqlite://${WORK}/sqlite/catalogue.sqlite" "$(mkdir -p "${WORK}/sqlite" && python3 scripts/bench-commit.py "${WORK}/sqlite")"
if [ -n "${TEST_POSTGRES_URL:-}" ]; then
  psql -q "$TEST_POSTGRES_URL" -c 'CREATE DATABASE bench' -c 'CREATE TABLE bare (id BIGSERIAL PRIMARY KEY, body TEXT)'
  printf "INSERT INTO bare (body) VALUES (repeat('x', 500));\n" >"${WORK}/insert.sql"
  (cd "$WORK" && pgbench -n -f insert.sql -c 1 -t 300 -l --log-prefix=bare "$TEST_POSTGRES_URL" >/dev/null 2>&1)
  COMMIT="$(sort -n -k3 "${WORK}"/bare.* | awk '{ all[NR] = $3 } END { printf "%.3f", all[int((NR + 1) / 2)] / 1000 }')"
  serve_large postgresql "${TEST_POSTGRES_URL%/*}/bench" "$COMMIT"
fi
