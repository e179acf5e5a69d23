#!/usr/bin/env bash
# Judges home, search, a dataset and a version by Lighthouse, as on a phone with a slow line: 95 of 100 or more in every category.
# LIGHTHOUSE_REPORTS names a folder that keeps the whole reports.
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test

debug_program

PAGES=(
  '/'
  '/search'
  '/catalogue/under-five-mortality'
  '/catalogue/cpih-selected-months/editions/time-series/versions/1'
)

source scripts/seeded.sh
step 'Judging pages by Lighthouse' 'mend what is named above under the page; the points of speed need a machine that is not busy'
node end2end/lighthouse/judge.mjs "$SITE_URL" "${PAGES[@]}" --closed '/search?q=prices'
