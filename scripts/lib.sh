# Shared by the scripts beside it: source it first. Plain text only, one heading a step, one line on how to mend a failure.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${HOME}/.cache/dataset-catalogue"
TARGET="${CARGO_TARGET_DIR:-${ROOT}/target}"
case "$TARGET" in /*) ;; *) TARGET="${ROOT}/${TARGET}" ;; esac
SITE="${ROOT}/target/site"
export CARGO_TARGET_DIR="$TARGET"
cd "$ROOT"

STEP=''
MEND=''

# step HEADING MEND: say what begins, and remember how to mend it should it fail.
step() {
  STEP="$1"
  MEND="$2"
  printf '==> %s\n' "$STEP"
}

# part COMMAND...: run another of these scripts, which speaks for itself when it fails.
part() {
  STEP=''
  "$@"
}

# fail WHAT MEND: stop with one line.
fail() {
  STEP="$1"
  MEND="$2"
  exit 1
}

# A script that leaves something behind defines tidy(), which runs at its end, however it ends.
tidy() { :; }

on_exit() {
  local code=$?
  tidy || true
  if [ "$code" -ne 0 ] && [ -n "$STEP" ]; then
    printf 'Failed: %s. To mend it: %s\n' "${STEP%% (*}" "$MEND" >&2
  fi
  exit "$code"
}
trap on_exit EXIT

# A shell that was open while rustup was installed does not know of it yet.
command -v cargo >/dev/null 2>&1 || export PATH="${HOME}/.cargo/bin:${PATH}"

# The server programs of PostgreSQL are not on the PATH in Debian.
for folder in /usr/lib/postgresql/*/bin; do
  if [ -d "$folder" ] && ! command -v initdb >/dev/null 2>&1; then
    export PATH="${PATH}:${folder}"
  fi
done

# free_port: a port of 127.0.0.1 that nobody listens on.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# release_program: the program as it is served in PROGRAM, built unless CATALOGUE_BIN names one.
release_program() {
  PROGRAM="${CATALOGUE_BIN:-${TARGET}/release/catalogue}"
  if [ -z "${CATALOGUE_BIN:-}" ]; then
    part scripts/assets.sh
    step 'Building the catalogue (about 15 minutes the first time)' 'mend what the compiler names above'
    cargo build --locked --release -p server --bin catalogue
  fi
}

# debug_program: the development program in PROGRAM, built unless CATALOGUE_BIN names one.
debug_program() {
  PROGRAM="${CATALOGUE_BIN:-${TARGET}/debug/catalogue}"
  if [ -z "${CATALOGUE_BIN:-}" ]; then
    part scripts/assets.sh
    step 'Building the program' 'mend what the compiler names above'
    cargo build --locked --workspace --all-targets
  fi
}

# answers URL PID: wait for the first 200; fail when the program ends or a minute passes.
answers() {
  local deadline=$((SECONDS + 60))
  until curl -fsS -o /dev/null "$1" 2>/dev/null; do
    kill -0 "$2" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.005
  done
}
