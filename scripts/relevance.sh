#!/usr/bin/env bash
# How well people find what they mean: hit@10, MRR and nDCG@10 of the questions in seeds/relevance.tsv, beside the full text of
# PostgreSQL and SQLite over the same fields. With `missed`, also what was not found well.
source "$(dirname "$0")/lib.sh"

part scripts/setup.sh test
step 'Building the measure of relevance' 'mend what the compiler names above'
cargo build --locked --workspace --bin relevance
step 'Asking every question' 'read the lines above'
scripts/with-services.sh "${TARGET}/debug/relevance" seeds "$@"
