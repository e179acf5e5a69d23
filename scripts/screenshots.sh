#!/usr/bin/env bash
# Pictures of every page: screenshots.sh [docs | Playwright's arguments].
# Without arguments every template in five looks, with index.html to see them side by side, in target/screenshots.
# LOOKS may name some of light, dark, tablet, phone, phone-dark, with commas between them.
# docs: walks the guides and renews the pictures in public/guide and docs/pictures.
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test
debug_program
export CATALOGUE_BIN="$PROGRAM"

cd end2end
if [ "${1:-}" = docs ]; then
  step 'Walking the guides and taking their pictures' 'read the first failure above; its trace is in end2end/results'
  PICTURES=renew npx --no-install playwright test journeys/guide.spec.ts
  exit 0
fi
step 'Taking pictures of every page (about 5 minutes)' 'read the first failure above'
npx --no-install playwright test --config pictures.config.ts "$@"
printf '==> Look at %s\n' "${ROOT}/target/screenshots/index.html"
