#!/usr/bin/env bash
# Removes everything built and installed inside the repository; the data folder stays.
source "$(dirname "$0")/lib.sh"

step 'Removing what was built' 'stop programs that still use target/, then run: make clean'
cargo clean
rm -rf "${ROOT}/target" frontend/node_modules end2end/node_modules end2end/lighthouse/node_modules end2end/openapi/node_modules end2end/results end2end/report
