#!/usr/bin/env bash
# Builds the release program and serves the demonstration: run.sh [seed]. With `seed`, loads the seeds and stops.
source "$(dirname "$0")/lib.sh"

export DATA_DIR="${DATA_DIR:-${ROOT}/data}"
export DEMO="${DEMO:-true}"
BINARY="${ROOT}/target/release/catalogue"

part scripts/setup.sh run
part scripts/assets.sh

step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above, then run: make run'
cargo build --locked --release -p server --bin catalogue
if ! cmp -s "${TARGET}/release/catalogue" "$BINARY"; then
  mkdir -p "${ROOT}/target/release"
  cp "${TARGET}/release/catalogue" "${BINARY}.new"
  mv -f "${BINARY}.new" "$BINARY"
fi

# The mark tells an unfinished load from a finished one; loading again does no harm.
MARK="${DATA_DIR}/.loading"
if [ "${1:-}" = seed ] || [ -e "$MARK" ] || [ -z "$(ls -A "$DATA_DIR" 2>/dev/null || true)" ]; then
  step "Loading the demonstration data into ${DATA_DIR}" 'look at the message above, then run: make run'
  mkdir -p "$DATA_DIR"
  touch "$MARK"
  "$BINARY" seed
  rm -f "$MARK"
fi
if [ "${1:-}" = seed ]; then exit 0; fi

printf '==> Serving at http://%s (another address: BIND_ADDR=127.0.0.1:22001 make run)\n' "${BIND_ADDR:-127.0.0.1:22000}"
# In place of this script, so that Ctrl-C and kill reach the server itself.
exec "$BINARY" serve
