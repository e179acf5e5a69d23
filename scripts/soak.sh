#!/usr/bin/env bash
# Kills the program with no warning at random moments around the instants of publications: nothing may be early, half, published
# twice or lost, and what was missed is public within two seconds. RUNS (200), SEED and DATABASES may be set.
source "$(dirname "$0")/lib.sh"

if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  DURABLE=true part scripts/with-services.sh scripts/soak.sh
  exit
fi

part scripts/setup.sh test
debug_program

RUNS="${RUNS:-200}"
SEED="${SEED:-$RANDOM}"
FOLDER="$(mktemp -d)"
tidy() { rm -rf "$FOLDER"; }
export SERVICE_AUTH_TOKEN='a-service-token-for-soaking-only' LOG_LEVEL=off RATE_LIMIT_ENABLED=false

soak() { # NAME DATABASE-URL
  step "Killing the program ${RUNS} times around an instant, on $1" "read the figures above; the same kills come with SEED=${SEED}"
  local port editor approver
  port="$(free_port)"
  export DATABASE_URL="$2" DATA_DIR="${FOLDER}/$1" BIND_ADDR="127.0.0.1:${port}" PUBLIC_URL="http://127.0.0.1:${port}"
  mkdir -p "$DATA_DIR"
  "$PROGRAM" seed --from seeds >"${FOLDER}/seed.log" 2>&1 || { tail -n 20 "${FOLDER}/seed.log" && exit 1; }
  editor="$("$PROGRAM" token create soak-editor --role editor | grep -o 'cat_[0-9a-f]*')"
  approver="$("$PROGRAM" token create soak-approver --role approver | grep -o 'cat_[0-9a-f]*')"
  node scripts/soak.mjs "$PROGRAM" "$PUBLIC_URL" "$editor" "$approver" "$SERVICE_AUTH_TOKEN" "$RUNS" "$SEED"
}

for database in ${DATABASES:-sqlite postgresql}; do
  case "$database" in
    sqlite) soak sqlite "sqlite://${FOLDER}/sqlite/catalogue.sqlite" ;;
    *)
      psql -q "$TEST_POSTGRES_URL" -c 'CREATE DATABASE soak'
      soak "$database" "${TEST_POSTGRES_URL%/*}/soak"
      ;;
  esac
done
