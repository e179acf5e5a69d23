#!/usr/bin/env bash
# Sends a file of 2 GB with 50 cuts and kills the program twice in between: it has to come out whole, in less than 200 MB of
# memory. BYTES, CUTS, KILLS, SEED and DATABASES may be set.
source "$(dirname "$0")/lib.sh"

if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  DURABLE=true part scripts/with-services.sh scripts/upload-cuts.sh
  exit
fi

part scripts/setup.sh test
release_program
source scripts/world.sh

BYTES="${BYTES:-2000000000}"
CUTS="${CUTS:-50}"
KILLS="${KILLS:-2}"
SEED="${SEED:-$RANDOM}"

for database in ${DATABASES:-sqlite postgresql}; do
  step "Sending ${BYTES} bytes with ${CUTS} cuts, on ${database}" "read the line above; the same cuts come with SEED=${SEED}"
  new_world "$database"
  node scripts/upload-cuts.mjs "$PROGRAM" "$PUBLIC_URL" "$EDITOR_TOKEN" "$BYTES" "$CUTS" "$KILLS" "$SEED"
done
