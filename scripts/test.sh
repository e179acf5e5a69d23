#!/usr/bin/env bash
# Every test: rules, services, both databases, both storages, the program, its description and the browser's journeys.
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test
part scripts/assets.sh

step 'Building the tests (about 10 minutes the first time)' 'mend what the compiler names above'
cargo nextest run --locked --workspace --no-run

# Hidden things of another world each day. CI asks for one by the same variable or for none, so that no run of it depends on the clock.
if [ "${CI:-false}" != true ]; then export TWO_WORLDS_FURTHER="${TWO_WORLDS_FURTHER:-$(date -u +%Y%m%d)}"; fi

step 'Running the tests' 'read the first failure above; run it alone with: cargo nextest run NAME'
scripts/with-services.sh cargo nextest run --locked --workspace --no-fail-fast

# The packages whose documentation holds an example that runs: to ask one without any takes a minute and more.
with_examples() {
  find app frontend migrations server -name '*.rs' -exec awk '
    FNR == 1 { inside = 0 }
    /^ *\/\/[\/!] *```/ { if (!inside && !/```text/) print FILENAME; inside = !inside }' {} + | while read -r file; do
    folder="$(dirname "$file")"
    until [ -f "${folder}/Cargo.toml" ]; do folder="$(dirname "$folder")"; done
    awk -F '"' '/^name = / { print "--package=" $2; exit }' "${folder}/Cargo.toml"
  done | sort -u
}
mapfile -t EXAMPLES < <(with_examples)
if [ "${#EXAMPLES[@]}" -gt 0 ]; then
  step 'Running the examples in the documentation' 'mend the example that is named above'
  cargo test --locked --doc --quiet "${EXAMPLES[@]}"
fi

# Other inputs at every run, beside those that the tests above meet each time.
FUZZ_SECONDS=5 part scripts/fuzz-targets.sh
# Bounded: a little under three minutes, as scripts/schemathesis.toml and fuzz.sh keep it.
part scripts/fuzz.sh
part scripts/e2e.sh
part scripts/lighthouse.sh
RUNS=10 part scripts/soak.sh
# About three minutes of it; a full disk below SQLite, large tables and ten thousand bundles are left to `make faults`. What the machine
# does not allow to be tried is passed over with a line, unless FAULTS_STRICT says that it fails.
BUNDLES=300 PATIENCE=0 \
  ONLY='broken limited stopped terminated full down slow lost backlog nodes' part scripts/faults.sh
printf '==> All tests pass\n'
