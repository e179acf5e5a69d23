#!/usr/bin/env bash
# What CI holds besides the tests: check.sh [advisories].
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test
mkdir -p "$SITE"

if [ "${1:-}" = advisories ]; then
  step 'Asking for known weaknesses in the dependencies' 'update what is named above with: cargo update -p NAME'
  cargo deny check --hide-inclusion-graph advisories
  exit 0
fi

WASM_CRATES=(-p app -p domain -p rpc -p frontend)

step 'Checking the format' 'run: cargo fmt --all'
cargo fmt --all --check

step 'Linting the native side (about 6 minutes the first time)' 'mend what clippy names above'
cargo clippy --locked --workspace --all-targets -- -D warnings

step 'Linting the browser side' 'mend what clippy names above'
cargo clippy --locked "${WASM_CRATES[@]}" --lib --target wasm32-unknown-unknown -- -D warnings

step 'Building the documentation' 'mend what rustdoc names above'
RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps

step 'Holding the layers: who may know whom' 'take back the dependency that is named above, or move the code'
cargo nextest run --locked --workspace --test layers

step 'Checking licences and sources of the dependencies' 'read what is named above, then change Cargo.toml or deny.toml'
cargo fetch --locked
cargo deny --offline --log-level error check --hide-inclusion-graph licenses bans sources

step 'Checking the description of the API' 'mend what is named above in server/src/api, or give a reason in end2end/openapi/redocly.yaml'
mkdir -p "${TARGET}/openapi"
# The whole workspace is named so that its one set of features serves this build and the tests alike.
cargo build --locked --quiet --workspace --all-targets
"${TARGET}/debug/catalogue" openapi >"${TARGET}/openapi/openapi.json"
"${CACHE}/venv/bin/openapi-spec-validator" "${TARGET}/openapi/openapi.json"
(cd end2end/openapi && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx --no-install redocly lint --config redocly.yaml "${TARGET}/openapi/openapi.json")

step 'Checking the alerts' 'mend what promtool names above in deploy/prometheus'
(cd deploy/prometheus && "$(command -v promtool || printf '%s' "${CACHE}/promtool")" test rules alerts_test.yml)

step 'Checking the types of the browser tests' 'mend what the TypeScript compiler names above'
(cd end2end && npm run --silent types)

printf '==> All checks pass\n'
