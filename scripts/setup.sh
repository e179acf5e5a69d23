#!/usr/bin/env bash
# Installs what is missing: setup.sh [run|test|bench]. Does nothing, quickly, when all is there.
# run: what `make run` needs. test: also what `make check` and `make test` need. bench: also what `make bench` needs.
source "$(dirname "$0")/lib.sh"

PURPOSE="${1:-test}"
NEXTEST_VERSION='0.9.143'
DENY_VERSION='0.20.2'
MOTO_VERSION='5.2.5'
OPENAPI_VALIDATOR_VERSION='0.9.0'
SCHEMATHESIS_VERSION='4.32.5'
FRICTIONLESS_VERSION='5.21.0'
CSVW_VERSION='4.1.1'
FEEDPARSER_VERSION='6.0.14'
ICALENDAR_VERSION='7.3.2'

require() { # COMMAND WHAT MEND
  command -v "$1" >/dev/null 2>&1 || fail "Looking for $2" "$3"
}

apt_install() { # PACKAGE...
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    require sudo 'sudo, to install Debian packages' "as root, run: apt-get install $*"
    printf 'Using sudo to install Debian packages: %s\n' "$*"
    root=(sudo)
  fi
  step "Installing Debian packages: $*" "run apt-get update, then apt-get install $*, and try again"
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

npm_install() { # FOLDER WHAT
  local lock stamp
  lock="$(sha256sum <"${ROOT}/$1/package-lock.json")"
  stamp="${ROOT}/$1/node_modules/.lock-stamp"
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$lock" ]; then
    step "Installing $2" "check that npm can reach its registry, then run: cd $1 && npm ci"
    (cd "${ROOT}/$1" && npm ci --loglevel=error)
    printf '%s\n' "$lock" >"$stamp"
  fi
}

cargo_install() { # CRATE VERSION COMMAND MINUTES
  if ! command -v "$3" >/dev/null 2>&1; then
    step "Installing $1 $2 (about $4 the first time)" "check that cargo can reach its registry, then run: cargo install --locked $1@$2"
    CARGO_TARGET_DIR="${CACHE}/tools" CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --locked "$1@$2"
    rm -rf "${CACHE}/tools"
  fi
}

setup_run() {
  require cargo 'the Rust compiler' 'install rustup (see the README), open a new shell and try again'
  require cc 'a C compiler' 'install one, on Debian: apt-get install build-essential'
  require node 'Node.js' 'install Node.js 20 or newer with npm and try again'
  require npm 'npm' 'install npm, which usually comes with Node.js, and try again'
  if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    fail 'Looking for Node.js 20' 'install Node.js 20 or newer and try again'
  fi
  # Kafka's client speaks TLS with the system's OpenSSL.
  local packages=()
  command -v pkg-config >/dev/null 2>&1 || packages+=(pkg-config)
  pkg-config --exists openssl 2>/dev/null || packages+=(libssl-dev)
  if [ "${#packages[@]}" -gt 0 ]; then apt_install "${packages[@]}"; fi
  if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
    step 'Adding the WebAssembly target to Rust' 'run: rustup target add wasm32-unknown-unknown'
    rustup target add wasm32-unknown-unknown
  fi
  npm_install frontend 'the tools that shrink styles and the browser module'
}

setup_test() {
  local packages=()
  command -v initdb >/dev/null 2>&1 || packages+=(postgresql)
  [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium ] || packages+=(chromium)
  command -v python3 >/dev/null 2>&1 && python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
  if [ "${#packages[@]}" -gt 0 ]; then apt_install "${packages[@]}"; fi

  if [ ! -x "${CACHE}/venv/bin/moto_server" ]; then
    step 'Installing a foreign S3 server for the storage tests' "remove ${CACHE}/venv, check that pip can reach its index, and try again"
    mkdir -p "$CACHE"
    python3 -m venv "${CACHE}/venv"
    "${CACHE}/venv/bin/pip" install --quiet "moto[server]==${MOTO_VERSION}"
  fi
  if [ ! -e "${CACHE}/venv/api-tools-${OPENAPI_VALIDATOR_VERSION}-${SCHEMATHESIS_VERSION}" ]; then
    step 'Installing the tools that check the API against its description' "remove ${CACHE}/venv, check that pip can reach its index, and try again"
    "${CACHE}/venv/bin/pip" install --quiet "openapi-spec-validator==${OPENAPI_VALIDATOR_VERSION}" "schemathesis==${SCHEMATHESIS_VERSION}"
    touch "${CACHE}/venv/api-tools-${OPENAPI_VALIDATOR_VERSION}-${SCHEMATHESIS_VERSION}"
  fi
  if [ ! -e "${CACHE}/validators/ready-${FRICTIONLESS_VERSION}-${CSVW_VERSION}" ]; then
    step 'Installing the validators of metadata documents' "remove ${CACHE}/validators, check that pip can reach its index, and try again"
    # Apart from the other tools, whose libraries they want in other versions.
    python3 -m venv "${CACHE}/validators"
    "${CACHE}/validators/bin/pip" install --quiet "frictionless==${FRICTIONLESS_VERSION}" "csvw==${CSVW_VERSION}"
    touch "${CACHE}/validators/ready-${FRICTIONLESS_VERSION}-${CSVW_VERSION}"
  fi
  if [ ! -e "${CACHE}/validators/feeds-${FEEDPARSER_VERSION}-${ICALENDAR_VERSION}" ]; then
    step 'Installing the readers of feeds' "remove ${CACHE}/validators, check that pip can reach its index, and try again"
    "${CACHE}/validators/bin/pip" install --quiet "feedparser==${FEEDPARSER_VERSION}" "icalendar==${ICALENDAR_VERSION}"
    touch "${CACHE}/validators/feeds-${FEEDPARSER_VERSION}-${ICALENDAR_VERSION}"
  fi
  if ! rustfmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    step 'Adding rustfmt and clippy to Rust' 'run: rustup component add rustfmt clippy'
    rustup component add rustfmt clippy
  fi
  if ! command -v promtool >/dev/null 2>&1 && [ ! -x "${CACHE}/promtool" ] && command -v apt-get >/dev/null 2>&1; then
    step 'Fetching promtool, which checks the alerts' 'put promtool of Prometheus 2 on the PATH and try again'
    # Taken out of its package, so that no Prometheus is started here.
    local folder
    folder="$(mktemp -d)"
    (cd "$folder" && apt-get download prometheus && dpkg -x prometheus_*.deb . && install -D usr/bin/promtool "${CACHE}/promtool")
    rm -rf "$folder"
  fi
  cargo_install cargo-nextest "$NEXTEST_VERSION" cargo-nextest '4 minutes'
  cargo_install cargo-deny "$DENY_VERSION" cargo-deny '2 minutes'
  npm_install end2end 'the browser test runner'
  npm_install end2end/openapi 'the linter of the API description'
  npm_install end2end/lighthouse 'the judge of the public pages'
}

setup_bench() {
  local packages=()
  command -v wrk >/dev/null 2>&1 || packages+=(wrk)
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null 2>&1 || packages+=(nginx-light)
  command -v curl >/dev/null 2>&1 || packages+=(curl)
  if [ "${#packages[@]}" -gt 0 ]; then apt_install "${packages[@]}"; fi
}

case "$PURPOSE" in
  run) setup_run ;;
  test)
    setup_run
    setup_test
    ;;
  bench)
    setup_run
    setup_bench
    ;;
  *) fail "Setting up for '$PURPOSE'" 'use one of run, test, bench' ;;
esac
