#!/usr/bin/env bash
# A rush of readers through an instant: CLIENTS (2000) connections that ask once a second each for SECONDS_LONG (30). Nothing may be
# early or refused, and nothing old may be given out a second later. BOUNDED=true tries the development build and judges no speed.
source "$(dirname "$0")/lib.sh"

if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  DURABLE=true part scripts/with-services.sh scripts/rush.sh
  exit
fi

part scripts/setup.sh test
SPEEDS=true
if [ "${BOUNDED:-false}" = true ]; then
  SPEEDS=false
  debug_program
else
  release_program
fi
source scripts/world.sh

SERVER=''
tidy() {
  if [ -n "$SERVER" ]; then kill "$SERVER" 2>/dev/null && wait "$SERVER" 2>/dev/null || true; fi
  rm -rf "$FOLDER"
}
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true

for database in ${DATABASES:-sqlite postgresql}; do
  step "${CLIENTS:-2000} readers through an instant, on ${database}" 'read the table above'
  new_world "$database"
  "$PROGRAM" serve >>"${FOLDER}/serve.log" 2>&1 &
  SERVER=$!
  answers "${PUBLIC_URL}/health" "$SERVER" || { tail -n 20 "${FOLDER}/serve.log" && exit 1; }
  node scripts/rush.mjs "$PUBLIC_URL" "$EDITOR_TOKEN" "$APPROVER_TOKEN" "${CLIENTS:-2000}" "${SECONDS_LONG:-30}" "$SPEEDS"
  kill "$SERVER" && wait "$SERVER" 2>/dev/null || true
  SERVER=''
done
