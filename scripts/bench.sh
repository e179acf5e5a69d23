#!/usr/bin/env bash
# Measures the release program in one run: start, idle memory, and speed beside two floors that return the same bytes:
# a bare axum handler from memory, and nginx from files. Other work on the machine blurs the figures; read the ratios.
# SECONDS_EACH (5), CONNECTIONS (16) and THREADS (1) may be set.
source "$(dirname "$0")/lib.sh"

SECONDS_EACH="${SECONDS_EACH:-5}"
CONNECTIONS="${CONNECTIONS:-16}"
THREADS="${THREADS:-1}"
DATASET='consumer-prices-index-coicop'
PATHS=(
  '/'
  '/search?q=prices'
  "/catalogue/${DATASET}"
  "/v1/datasets/${DATASET}"
  '/files/downloads/census-sex-by-single-year-of-age/ts009-sex-by-age.csv'
)
BINARY="${TARGET}/release/catalogue-measured"
NAMES=(home search dataset-page dataset-json download)

part scripts/setup.sh bench
part scripts/assets.sh
step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above'
cargo build --locked --release -p server --bin catalogue
# A build of its own: an example brings the features of the test dependencies, which must not reach the measured program.
step 'Building the bare handler' 'mend what the compiler names above'
cp "${TARGET}/release/catalogue" "$BINARY"
cargo build --locked --release -p server --bin bare

WORK="$(mktemp -d)"
PIDS=()
tidy() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}

PORT="$(free_port)"
BARE_PORT="$(free_port)"
NGINX_PORT="$(free_port)"
OURS="http://127.0.0.1:${PORT}"
BARE="http://127.0.0.1:${BARE_PORT}"
NGINX="http://127.0.0.1:${NGINX_PORT}"
export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$OURS" DATA_DIR="${WORK}/data" DEMO=true DEMO_PASSWORD=a-password-for-the-bench RATE_LIMIT_ENABLED=false
# The log as a service writes it.
export LOG_FORMAT=json
LOG="${WORK}/catalogue.log"

step 'Loading the seeds into a folder of their own' 'run: make seed, and read what it says'
"$BINARY" seed >"$LOG" 2>&1 || { tail -n 20 "$LOG" && exit 1; }

step 'Starting the catalogue' 'read the lines above'
began="$(date +%s%N)"
"$BINARY" serve >"$LOG" 2>&1 &
SERVER=$!
PIDS+=("$SERVER")
answers "${OURS}/" "$SERVER" || { tail -n 20 "$LOG" && exit 1; }
START_MS=$((($(date +%s%N) - began) / 1000000))
sleep 3
IDLE_KB="$(awk '/^VmRSS/ { print $2 }' "/proc/${SERVER}/status")"

step 'Saving the same bytes for the two floors' 'check that the seeds hold the datasets named at the top of scripts/bench.sh'
ARGUMENTS=()
LOCATIONS=''
for i in "${!PATHS[@]}"; do
  file="${WORK}/files/${NAMES[$i]}"
  mkdir -p "${WORK}/files"
  type="$(curl -fsS -o "$file" -w '%{content_type}' "${OURS}${PATHS[$i]}")"
  ARGUMENTS+=("${PATHS[$i]}" "$type" "$file")
  LOCATIONS+="location = /${NAMES[$i]} { default_type '${type}'; }"$'\n'
done

step 'Starting the bare handler and nginx' 'run: make setup, and see that nginx-light is installed'
"${TARGET}/release/bare" "127.0.0.1:${BARE_PORT}" "${ARGUMENTS[@]}" &
PIDS+=("$!")
answers "${BARE}/" "$!" || exit 1
cat >"${WORK}/nginx.conf" <<CONF
daemon off;
worker_processes auto;
pid ${WORK}/nginx.pid;
error_log ${WORK}/nginx.log;
$([ "$(id -u)" -ne 0 ] || printf 'user root;')
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=64;
  client_body_temp_path ${WORK}/nginx-body;
  proxy_temp_path ${WORK}/nginx-proxy;
  fastcgi_temp_path ${WORK}/nginx-fastcgi;
  uwsgi_temp_path ${WORK}/nginx-uwsgi;
  scgi_temp_path ${WORK}/nginx-scgi;
  server {
    listen 127.0.0.1:${NGINX_PORT};
    root ${WORK}/files;
    ${LOCATIONS}
  }
}
CONF
PATH="${PATH}:/usr/sbin" nginx -e "${WORK}/nginx.log" -p "$WORK" -c "${WORK}/nginx.conf" &
PIDS+=("$!")
answers "${NGINX}/home" "$!" || { cat "${WORK}/nginx.log" && exit 1; }

cat >"${WORK}/report.lua" <<'LUA'
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %.1f %.2f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, bad))
end
LUA

measure() { # URL
  wrk -t "$THREADS" -c "$CONNECTIONS" -d "${SECONDS_EACH}s" -s "${WORK}/report.lua" "$1" | sed -n 's/^RESULT //p'
}

step "Measuring, ${SECONDS_EACH} s each, ${CONNECTIONS} connections" 'read the lines above'
ROWS="${WORK}/rows"
for i in "${!PATHS[@]}"; do
  size="$(stat -c %s "${WORK}/files/${NAMES[$i]}")"
  for who in catalogue bare-axum nginx; do
    case "$who" in
      catalogue) url="${OURS}${PATHS[$i]}" ;;
      bare-axum) url="${BARE}${PATHS[$i]}" ;;
      nginx) url="${NGINX}/${NAMES[$i]}" ;;
    esac
    printf '%s %s %s %s\n' "${NAMES[$i]}" "$size" "$who" "$(measure "$url")" >>"$ROWS"
  done
done
BUSY_KB="$(awk '/^VmRSS/ { print $2 }' "/proc/${SERVER}/status")"

printf '==> Results\n'
printf 'start to first 200:  %d ms\nidle memory:         %d MB\nmemory after load:   %d MB\n\n' \
  "$START_MS" $((IDLE_KB / 1024)) $((BUSY_KB / 1024))
# of-bare, of-nginx: the catalogue's requests a second over the floor's; 1.00 would be as fast.
awk '
  function ratio(mine, floor) { return floor > 0 ? sprintf("%.2f", mine / floor) : "-" }
  { key = $1 SUBSEP $3; size[$1] = $2; rate[key] = $4; p50[key] = $5; p95[key] = $6; p99[key] = $7; bad[key] = $8
    if (!($1 in seen)) { seen[$1] = 1; order[++count] = $1 } }
  END {
    line = "%-14s %9s  %-10s %10s %9s %9s %9s %7s %8s %9s\n"
    printf line, "what", "bytes", "by", "req/s", "p50 ms", "p95 ms", "p99 ms", "errors", "of-bare", "of-nginx"
    split("catalogue bare-axum nginx", by, " ")
    for (i = 1; i <= count; i++) for (j = 1; j <= 3; j++) {
      name = order[i]; key = name SUBSEP by[j]
      mine = rate[name SUBSEP "catalogue"]
      printf line, j == 1 ? name : "", j == 1 ? size[name] : "", by[j], rate[key], p50[key], p95[key], p99[key], bad[key],
        j == 1 ? ratio(mine, rate[name SUBSEP "bare-axum"]) : "", j == 1 ? ratio(mine, rate[name SUBSEP "nginx"]) : ""
    }
  }' "$ROWS"

# Any part of a table, beside its rivals; DATA=false leaves it out, and LARGE_ROWS says how large the largest is.
if [ "${DATA:-true}" = true ]; then
  DEMO=false BINARY="$BINARY" BUILT=true part scripts/bench-data.sh
fi

# A large catalogue, and the steps of the workflow; LARGE=false leaves them out.
if [ "${LARGE:-true}" = true ]; then
  part scripts/setup.sh test
  BINARY="$BINARY" DURABLE=true part scripts/with-services.sh scripts/bench-large.sh
fi
