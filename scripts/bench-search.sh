#!/usr/bin/env bash
# Search with filters over HTTP on a catalogue of 50,000 datasets on SQLite, copied from every published dataset of the seeds: one to
# four words, also misspelt and unfinished, filters in turn, any page, hardly one address twice. DATASETS, CONNECTIONS and SECONDS_EACH
# may be set; BINARY names a program that is built already.
source "$(dirname "$0")/lib.sh"

DATASETS="${DATASETS:-50000}"
CONNECTIONS="${CONNECTIONS:-2}"
SECONDS_EACH="${SECONDS_EACH:-10}"
BINARY="${BINARY:-${TARGET}/release/catalogue}"

part scripts/setup.sh bench
if [ ! -x "$BINARY" ]; then
  part scripts/assets.sh
  step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above'
  cargo build --locked --release --workspace --bin catalogue
fi
step 'Building the loader of large catalogues' 'mend what the compiler names above'
[ -n "${LOADER:-}" ] || cargo build --locked --workspace --bin large_catalogue
LOADER="${LOADER:-${TARGET}/debug/large_catalogue}"

WORK="$(mktemp -d)"
SERVER=''
tidy() {
  if [ -n "$SERVER" ]; then
    kill "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
  fi
  rm -rf "$WORK"
}

cat >"${WORK}/search.lua" <<'LUA'
local words = { "prices", "population", "census 2021", "rainfall", "carbon dioxide", "unemployment rate", "inflaton", "local authority",
  "deaths", "house pri", "greenhouse gas emissions", "economic growth", "welsh language", "W06000001", "travel to work", "energy",
  "road safety", "women managers", "how many people work", "alcohol duty receipts", "Hartlepool", "index", "rate", "annual" }
local kind = os.getenv("KIND")
local filters = { "", "&topics=economy", "&formats=csv", "&years=2023&years=2024", "&publishers=office-for-national-statistics",
  "&geography=united-kingdom", "&topics=people-and-population&departments=population", "&designation=official" }
local n = 0
init = function(args) math.randomseed(7) end
request = function()
  n = n + 1
  local q = words[math.random(#words)]
  if kind == "words" then q = q .. " " .. words[math.random(#words)] end
  if kind == "none" then q = "" end
  local filter = kind == "plain" and "" or filters[math.random(#filters)]
  local offset = math.random(0, 50) * 10 + (n % 10)
  return wrk.format("GET", "/v1/search?limit=10&offset=" .. offset .. "&q=" .. q:gsub(" ", "+") .. filter)
end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, bad))
end
LUA

export DATA_DIR="${WORK}/data" DATABASE_URL="sqlite://${WORK}/catalogue.sqlite" LOG_LEVEL=warn RATE_LIMIT_ENABLED=false
PORT="$(free_port)"
OURS="http://127.0.0.1:${PORT}"
export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$OURS"
step "Loading ${DATASETS} datasets" 'read the lines above'
"$BINARY" seed --from seeds >"${WORK}/seed.log" 2>&1 || { tail -n 20 "${WORK}/seed.log" && exit 1; }
# Each of these names thousands of places: no office has two thousand tables of that kind, and they would take most of the disk.
PLACES=(local-authority-register median-house-prices-small-areas msoa-names)
FEW=50
TEMPLATES=()
for folder in seeds/datasets/*; do
  name="$(basename "$folder")"
  [[ " ${PLACES[*]} " == *" ${name} "* ]] && continue
  grep -q '"state": "published"' "${folder}/dataset.json" && TEMPLATES+=("$name")
done
for template in "${PLACES[@]}"; do "$LOADER" "$DATABASE_URL" "$template" "$FEW" 1; done
EACH=$(((DATASETS - FEW * ${#PLACES[@]}) / ${#TEMPLATES[@]} + 1))
for template in "${TEMPLATES[@]}"; do "$LOADER" "$DATABASE_URL" "$template" "$EACH" 1; done
step 'Making the index' 'read the lines above'
"$BINARY" reindex
"$BINARY" serve >"${WORK}/serve.log" 2>&1 &
SERVER=$!
answers "${OURS}/health" "$SERVER" || { tail -n 20 "${WORK}/serve.log" && exit 1; }

printf '\n%-34s %8s %8s %8s %8s %7s\n' 'search' req/s 'p50 ms' 'p95 ms' 'p99 ms' errors
measure() { # KIND HEADING
  local result
  result="$(KIND="$1" wrk -t 1 -c "$CONNECTIONS" -d "${SECONDS_EACH}s" -s "${WORK}/search.lua" "$OURS" | sed -n 's/^RESULT //p')"
  # shellcheck disable=SC2086
  printf '%-34s %8s %8s %8s %8s %7s\n' "$2" $result
}
measure plain 'words'
measure filters 'words with filters'
measure words 'more words with filters'
measure none 'filters alone'
grep VmRSS "/proc/${SERVER}/status"
