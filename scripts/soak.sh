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
source scripts/world.sh

RUNS="${RUNS:-200}"
SEED="${SEED:-$RANDOM}"

for database in ${DATABASES:-sqlite postgresql}; do
  step "Killing the program ${RUNS} times around an instant, on ${database}" "read the figures above; the same kills come with SEED=${SEED}"
  new_world "$database"
  node scripts/soak.mjs "$PROGRAM" "$PUBLIC_URL" "$EDITOR_TOKEN" "$APPROVER_TOKEN" "$SERVICE_AUTH_TOKEN" "$RUNS" "$SEED"
done
