# A small catalogue of its own, for the scripts that try the running program: source it after lib.sh.
# shellcheck shell=bash
FOLDER="$(mktemp -d)"
tidy() { rm -rf "$FOLDER"; }
export SERVICE_AUTH_TOKEN='a-service-token-for-trying-only' LOG_LEVEL="${LOG_LEVEL:-off}" RATE_LIMIT_ENABLED=false

# new_world DATABASE: fills a new database, names it and the program's address in the environment, and makes two tokens.
new_world() {
  local name port
  name="${1}-$(basename "$FOLDER" | tr -dc '[:alnum:]' | tr '[:upper:]' '[:lower:]')"
  port="$(free_port)"
  export DATA_DIR="${ROOM:-$FOLDER}/$1" BIND_ADDR="127.0.0.1:${port}" PUBLIC_URL="http://127.0.0.1:${port}"
  case "$1" in
    sqlite) export DATABASE_URL="sqlite://${DATA_DIR}/catalogue.sqlite" ;;
    *)
      psql -q "$TEST_POSTGRES_URL" -c "CREATE DATABASE \"${name}\""
      export DATABASE_URL="${TEST_POSTGRES_URL%/*}/${name}"
      ;;
  esac
  mkdir -p "$DATA_DIR"
  "$PROGRAM" seed --from seeds >"${FOLDER}/seed.log" 2>&1 || { tail -n 20 "${FOLDER}/seed.log" && exit 1; }
  EDITOR_TOKEN="$("$PROGRAM" token create trying-editor --role editor | grep -o 'cat_[0-9a-f]*')"
  APPROVER_TOKEN="$("$PROGRAM" token create trying-approver --role approver | grep -o 'cat_[0-9a-f]*')"
  export EDITOR_TOKEN APPROVER_TOKEN PROGRAM
}
