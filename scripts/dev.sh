#!/usr/bin/env bash
# Serves the development build, and builds and starts again on every change.
source "$(dirname "$0")/lib.sh"

export DATA_DIR="${DATA_DIR:-${ROOT}/data}"
export DEMO="${DEMO:-true}"
export CATALOGUE_BIN="${TARGET}/debug/catalogue"

part scripts/setup.sh run
step 'Watching for changes; Ctrl-C stops' 'look at the message above, then run: make dev'
node scripts/dev.mjs
