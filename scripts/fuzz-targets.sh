#!/usr/bin/env bash
# Gives what reads anybody's bytes (CSV files, filters in addresses and in bodies, ranges, heads of uploads) mutations of the inputs
# in server/testkit/corpus, each for FUZZ_SECONDS. What a target fails for is kept there: mend it and commit both.
source "$(dirname "$0")/lib.sh"

export FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
part scripts/setup.sh test
step 'Building the targets' 'mend what the compiler names above'
cargo nextest run --locked --workspace --no-run
step "Fuzzing, ${FUZZ_SECONDS} seconds each" 'mend what reads the input that is named above; it is in server/testkit/corpus now'
cargo nextest run --locked --workspace --no-fail-fast -E 'test(/fuzzed_/)'
