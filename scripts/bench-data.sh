#!/usr/bin/env bash
# Any part of a table over HTTP, in one run with its rivals on the same bytes: 1,000 of 100,000 rows as JSON beside ROAPI and
# Datasette; the same out of a large table with the memory that it takes; generated CSV beside Datasette and DuckDB; the file itself
# beside nginx; how fast a table is looked into, beside DuckDB, which loads and summarises it. DuckDB does both in the process, without
# HTTP. LARGE_ROWS (20000000, 0 leaves it out) and SECONDS_EACH (5) may be set. Read ratios, on a quiet machine.
source "$(dirname "$0")/lib.sh"

LARGE_ROWS="${LARGE_ROWS:-20000000}"
SECONDS_EACH="${SECONDS_EACH:-5}"
BINARY="${BINARY:-${TARGET}/release/catalogue}"
RIVALS="${CACHE}/rivals"
ROAPI_VERSION='0.12.7'
DATASETTE_VERSION='0.65.5'
DUCKDB_VERSION='1.4.4'
INSTALLED="${RIVALS}/${ROAPI_VERSION}-${DATASETTE_VERSION}-${DUCKDB_VERSION}"

part scripts/setup.sh bench
part scripts/assets.sh
step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above'
[ -n "${BUILT:-}" ] || cargo build --locked --release -p server --bin catalogue
step 'Building what looks into a table in one thread' 'mend what the compiler names above'
cargo build --locked --release -p tables --example profile
if [ ! -e "$INSTALLED" ]; then
  step 'Installing ROAPI, Datasette and DuckDB' "remove ${RIVALS}, check that pip can reach its index, and try again"
  rm -rf "$RIVALS"
  python3 -m venv "$RIVALS"
  "${RIVALS}/bin/pip" install --quiet "roapi==${ROAPI_VERSION}" "datasette==${DATASETTE_VERSION}" "duckdb==${DUCKDB_VERSION}"
  touch "$INSTALLED"
fi

WORK="$(mktemp -d)"
PIDS=()
tidy() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}

table() { # ROWS FILE: areas of 1,000 rows each, spread over the table
  python3 - "$1" "$2" <<'PY'
import random, sys
rows, path = int(sys.argv[1]), sys.argv[2]
areas, chance = max(1, rows // 1000), random.Random(1)
with open(path, "w", buffering=1 << 20) as out:
    out.write("area,year,sex,age,value\n")
    for at in range(rows):
        out.write(f"A{at % areas:05},{1990 + at // areas % 34},{'FM'[at % 2]},{at % 90},{chance.randrange(100000) / 10}\n")
PY
}

step 'Making a table of 100,000 rows' 'see that there is room on the disk'
table 100000 "${WORK}/small.csv"

PORT="$(free_port)"
OURS="http://127.0.0.1:${PORT}"
export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$OURS" DATA_DIR="${WORK}/data" RATE_LIMIT_ENABLED=false LOG_LEVEL=warn
LOG="${WORK}/catalogue.log"
step 'Starting the catalogue' 'read the lines above'
"$BINARY" seed >"$LOG" 2>&1 || { tail -n 20 "$LOG" && exit 1; }
EDITOR_TOKEN="$("$BINARY" token create bench-editor --role editor | grep -o 'cat_[0-9a-f]*')"
APPROVER_TOKEN="$("$BINARY" token create bench-approver --role approver | grep -o 'cat_[0-9a-f]*')"
OPERATOR_TOKEN="$("$BINARY" token create bench-operator --role operator | grep -o 'cat_[0-9a-f]*')"
"$BINARY" serve >"$LOG" 2>&1 &
SERVER=$!
PIDS+=("$SERVER")
answers "${OURS}/health" "$SERVER" || { tail -n 20 "$LOG" && exit 1; }

publish() { # NAME FILE: sent, looked into, approved, published; the seconds that looking into it took
  node scripts/bench-data.mjs "$OURS" "$EDITOR_TOKEN" "$APPROVER_TOKEN" "$OPERATOR_TOKEN" "$1" "$2"
}

# DuckDB does what the catalogue does with a table: reads it into a form of its own, summarises every column, and writes it out again.
duckdb() { # FILE
  "${RIVALS}/bin/python" - "$1" "$WORK" <<'PY'
import os, sys, time, duckdb
path, work = sys.argv[1:3]
made, out = (os.path.join(work, name) for name in ("rival.duckdb", "rival.csv"))
db = duckdb.connect(made)
def timed(*statements):
    began = time.perf_counter()
    for statement in statements:
        db.execute(statement).fetchall()
    return time.perf_counter() - began
took = timed(f"CREATE TABLE bench AS SELECT * FROM read_csv('{path}')", "CHECKPOINT", "SUMMARIZE bench")
print(f"DuckDB: looked into at {os.path.getsize(path) / 1e6 / took:.0f} MB/s ({took:.1f} s)")
for rows, where in (("every row", ""), ("half of the rows", " WHERE sex = 'F'")):
    took = timed(f"COPY (SELECT * FROM bench{where}) TO '{out}' (HEADER)")
    print(f"{'generated CSV, ' + rows + ', DuckDB':<42} {os.path.getsize(out) / 1e6 / took:.0f} MB/s")
db.close()
os.remove(made)
os.remove(out)
PY
}

speed() { # NAME URL
  printf '%-42s %s MB/s\n' "$1" "$(curl -fsS -o /dev/null -w '%{speed_download}' "$2" | awk '{ printf "%.0f", $1 / 1e6 }')"
}

step 'Publishing it' 'read the lines above'
publish bench-small "${WORK}/small.csv"

step 'Starting ROAPI and Datasette' "see ${WORK}"
ROAPI_PORT="$(free_port)"
DATASETTE_PORT="$(free_port)"
"${RIVALS}/bin/roapi" --table "bench=${WORK}/small.csv" --addr-http "127.0.0.1:${ROAPI_PORT}" >"${WORK}/roapi.log" 2>&1 &
PIDS+=("$!")
python3 - "${WORK}/small.csv" "${WORK}/bench.db" <<'PY'
import csv, sqlite3, sys
rows = csv.reader(open(sys.argv[1]))
names = next(rows)
db = sqlite3.connect(sys.argv[2])
db.execute("CREATE TABLE bench (area TEXT, year INTEGER, sex TEXT, age INTEGER, value REAL)")
db.executemany("INSERT INTO bench VALUES (?, ?, ?, ?, ?)", rows)
db.commit()
PY
"${RIVALS}/bin/datasette" serve "${WORK}/bench.db" --host 127.0.0.1 --port "$DATASETTE_PORT" --setting max_returned_rows 1000 >"${WORK}/datasette.log" 2>&1 &
PIDS+=("$!")
ROAPI="http://127.0.0.1:${ROAPI_PORT}/api/tables/bench?filter%5Barea%5D=%27A00042%27"
DATASETTE="http://127.0.0.1:${DATASETTE_PORT}/bench/bench.json?_shape=arrays&area=A00042&_size=1000"
answers "$ROAPI" "${PIDS[1]}" || { tail -n 20 "${WORK}/roapi.log" && exit 1; }
answers "$DATASETTE" "${PIDS[2]}" || { tail -n 20 "${WORK}/datasette.log" && exit 1; }

cat >"${WORK}/report.lua" <<'LUA'
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %8.1f %8.2f %8.2f %8.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, bad))
end
LUA
# The area changes with every request, so that no answer is one that was given before.
cat >"${WORK}/areas.lua" <<LUA
local at = 0
request = function()
  at = (at + 37) % AREAS
  return wrk.format("GET", (string.gsub(wrk.path, "A00042", string.format("A%05d", at))))
end
dofile("${WORK}/report.lua")
LUA

measure() { # NAME AREAS URL
  sed "s/AREAS/$2/" "${WORK}/areas.lua" >"${WORK}/these.lua"
  printf '%-34s %s\n' "$1" "$(wrk -t 1 -c 1 -d "${SECONDS_EACH}s" -s "${WORK}/these.lua" "$3" | sed -n 's/^RESULT //p')"
}
memory() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/${SERVER}/status"; }
data() { printf '%s/v1/datasets/%s/editions/bench/versions/1/data?%s' "$OURS" "$1" "$2"; }

step "1,000 of 100,000 rows as JSON, one connection, ${SECONDS_EACH} s each" 'read the lines above'
printf '%-34s %8s %8s %8s %8s %s\n' '' 'req/s' 'p50 ms' 'p95 ms' 'p99 ms' 'errors'
measure catalogue 100 "$(data bench-small 'dim.area=A00042&limit=1000')"
measure ROAPI 100 "$ROAPI"
measure Datasette 100 "$DATASETTE"
printf 'memory: %d MB\n' "$(memory)"

step 'Generated CSV of 100,000 rows' 'read the lines above'
speed 'generated CSV, every row, catalogue' "$(data bench-small 'format=csv')"
speed 'generated CSV, half of the rows, catalogue' "$(data bench-small 'format=csv&dim.sex=F')"
speed 'generated CSV, every row, Datasette' "http://127.0.0.1:${DATASETTE_PORT}/bench/bench.csv?_stream=on"
speed 'generated CSV, half of the rows, Datasette' "http://127.0.0.1:${DATASETTE_PORT}/bench/bench.csv?_stream=on&sex=F"
duckdb "${WORK}/small.csv"

if [ "$LARGE_ROWS" -gt 0 ]; then
  step "Making a table of ${LARGE_ROWS} rows" 'see that there is room on the disk'
  table "$LARGE_ROWS" "${WORK}/large.csv"
  SIZE="$(stat -c %s "${WORK}/large.csv")"
  step "Publishing it, $((SIZE / 1000000)) MB" 'read the lines above'
  publish bench-large "${WORK}/large.csv"
  printf 'memory: %d MB\n' "$(memory)"
  step "1,000 of ${LARGE_ROWS} rows as JSON" 'read the lines above'
  measure catalogue $((LARGE_ROWS / 1000)) "$(data bench-large 'dim.area=A00042&limit=1000')"
  printf 'memory: %d MB\n' "$(memory)"
  step 'Looking into it, generated CSV, and the file itself' 'read the lines above'
  speed 'generated CSV, every row, catalogue' "$(data bench-large 'format=csv')"
  speed 'generated CSV, half of the rows, catalogue' "$(data bench-large 'format=csv&dim.sex=F')"
  duckdb "${WORK}/large.csv"
  # One core of the process alone, without storage, job and comparison: what every column holds, then the table file with it.
  "${TARGET}/release/examples/profile" "${WORK}/large.csv"
  printf 'memory: %d MB\n' "$(memory)"
  NGINX_PORT="$(free_port)"
  cat >"${WORK}/nginx.conf" <<CONF
daemon off;
worker_processes auto;
pid ${WORK}/nginx.pid;
error_log ${WORK}/nginx.log;
$([ "$(id -u)" -ne 0 ] || printf 'user root;')
events { worker_connections 64; }
http { access_log off; sendfile on; server { listen 127.0.0.1:${NGINX_PORT}; root ${WORK}; } }
CONF
  PATH="${PATH}:/usr/sbin" nginx -e "${WORK}/nginx.log" -p "$WORK" -c "${WORK}/nginx.conf" &
  PIDS+=("$!")
  answers "http://127.0.0.1:${NGINX_PORT}/small.csv" "$!" || { cat "${WORK}/nginx.log" && exit 1; }
  for _ in 1 2; do
    speed 'the file, catalogue' "${OURS}/files/downloads/bench-large/large.csv"
    speed 'the file, nginx' "http://127.0.0.1:${NGINX_PORT}/large.csv"
  done
  printf 'memory: %d MB\n' "$(memory)"
fi
