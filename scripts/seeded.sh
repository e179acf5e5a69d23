# A server over the demonstration data on a free port, for the scripts that only look at it: source it after lib.sh and debug_program.
# Sets SITE_URL and FOLDER, and ends the server with the script. What is exported before, the server is told.
# shellcheck shell=bash disable=SC2034
FOLDER="$(mktemp -d)"
SERVER=''
tidy() {
  if [ -n "$SERVER" ]; then kill "$SERVER" 2>/dev/null && wait "$SERVER" 2>/dev/null; fi
  rm -rf "$FOLDER"
}

PORT="$(free_port)"
SITE_URL="http://127.0.0.1:${PORT}"
export BIND_ADDR="127.0.0.1:${PORT}" PUBLIC_URL="$SITE_URL" DATA_DIR="${FOLDER}/data" LOG_LEVEL=error
# Questions come as fast as they can; that limits hold is tested elsewhere.
export RATE_LIMIT_ENABLED=false

step 'Loading the demonstration data' 'look at the message above'
"$PROGRAM" seed >/dev/null
step 'Starting the program' "read ${FOLDER}/log"
"$PROGRAM" serve >"${FOLDER}/log" 2>&1 &
SERVER=$!
answers "${SITE_URL}/health" "$SERVER" || { cat "${FOLDER}/log" >&2; exit 1; }
