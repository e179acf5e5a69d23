#!/usr/bin/env bash
# Asks a running program everything that its description allows, and much that it does not: fuzz.sh [schemathesis' arguments].
# Every check is on; what is expected beyond the tool's own notions stands, with reasons, in scripts/schemathesis.toml.
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test

debug_program

export DEMO=true DEMO_PASSWORD='a-password-for-fuzzing-only' SERVICE_AUTH_TOKEN='a-service-token-for-fuzzing-only'
source scripts/seeded.sh

step 'Running the quick starts of the developers’ page' 'mend app/src/pages/site/developers/starts.rs'
"${CACHE}/venv/bin/python" scripts/quickstarts.py "$SITE_URL"

step 'Validating the documents beside every published table' 'mend server/src/api/documents'
"${CACHE}/validators/bin/python" scripts/documents.py "$SITE_URL"

step 'Reading every feed as people’s readers do' 'mend server/src/feeds.rs, app/domain/src/feed.rs or server/src/calendar.rs'
"${CACHE}/validators/bin/python" scripts/feeds.py "$SITE_URL"

step 'Signing in as an editor' "look at ${SITE_URL}/account/sign-in"
curl -fsS -o /dev/null -c "${FOLDER}/cookies" -H "Origin: ${SITE_URL}" --data-urlencode 'email=editor@example.org' \
  --data-urlencode "password=${DEMO_PASSWORD}" "${SITE_URL}/rpc/account/sign-in"
SESSION="$(awk '$6 == "catalogue_session" { print $7 }' "${FOLDER}/cookies")"
[ -n "$SESSION" ] || exit 1

# The resumable uploads speak a protocol of headers and bytes that the tool does not write: server/tests/site/uploads asks them.
# A setting holds for the whole office, and maintenance would refuse all that is asked after it: server/tests/site/office.rs does.
ask() { # WHO [ARGUMENT...]
  local who="$1"
  shift
  step "Asking as ${who}" 'run the curl line of the failure above against a server of your own, and mend the API'
  (cd "$FOLDER" && "${CACHE}/venv/bin/st" --no-color --config-file "${ROOT}/scripts/schemathesis.toml" run "${SITE_URL}/v1/openapi.json" \
    --exclude-path-regex "^/v1/(files/uploads|settings/)" "$@" "${ARGUMENTS[@]}")
}

ARGUMENTS=("$@")
# What is private answers nobody in particular with 401, whatever is sent: server/tests/site/every_route.rs asks all of it.
ask anonymous --include-by '/x-public == true'
ask 'an editor' --header "Cookie: catalogue_session=${SESSION}" --header "Origin: ${SITE_URL}"
ask 'a service token' --header "Authorization: Bearer ${SERVICE_AUTH_TOKEN}"
