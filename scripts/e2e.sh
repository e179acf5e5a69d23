#!/usr/bin/env bash
# The journeys in a browser, over the development program: e2e.sh [Playwright's arguments].
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test
part scripts/assets.sh

# The whole workspace is named so that its one set of features serves this build and the tests alike.
step 'Building the program that the browser visits' 'mend what the compiler names above'
cargo build --locked --workspace --all-targets

step 'Running the journeys in the browser' 'read the first failure above; its trace is in end2end/results'
cd end2end
CATALOGUE_BIN="${CATALOGUE_BIN:-${TARGET}/debug/catalogue}" npx --no-install playwright test "$@"
