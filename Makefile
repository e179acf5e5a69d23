# Everything a person or a machine does with this repository. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup run dev check test fuzz-targets soak faults rush upload-cuts bench bench-data bench-publication bench-search relevance e2e screenshots axe lighthouse assets seed advisories clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

setup: ## Install what is missing for running and testing
	@scripts/setup.sh test

run: ## Build, fill an empty data folder with the demonstration data and serve
	@scripts/run.sh

dev: ## Serve the development build and rebuild on every change
	@scripts/dev.sh

check: ## Format, lints on both targets, documentation, layers, licences: what CI holds
	@scripts/check.sh

test: ## Every test, the browser's included
	@scripts/test.sh

fuzz-targets: ## Give every reader of foreign bytes odd ones, each for a minute (FUZZ_SECONDS)
	@scripts/fuzz-targets.sh

soak: ## Kill the program 200 times around an instant, on both databases
	@scripts/soak.sh

faults: ## Take away database, disk, storage, a node and the program around instants
	@scripts/faults.sh

rush: ## Ask with 2,000 readers through an instant, on both databases
	@scripts/rush.sh

bench: ## Measure start, memory and speed beside a bare handler and nginx, and tables beside their rivals
	@scripts/bench.sh

bench-data: ## Measure any part of a table beside ROAPI, Datasette, DuckDB and nginx
	@scripts/bench-data.sh

upload-cuts: ## Send a large file that is cut again and again while the server is killed
	@scripts/upload-cuts.sh

relevance: ## Print how well people find what they mean, beside PostgreSQL and SQLite full text
	@scripts/relevance.sh $(ARGS)

bench-publication: ## Measure publication on the instant with fifty readers
	@scripts/bench-publication.sh

bench-search: ## Measure search with filters over HTTP at 50,000 datasets
	@scripts/bench-search.sh

e2e: ## The journeys in the browser alone; name files or options in ARGS
	@scripts/e2e.sh $(ARGS)

screenshots: ## Pictures of every page in target/screenshots; ARGS=docs renews those of the documents
	@scripts/screenshots.sh $(ARGS)

axe: ## Ask axe about every page in every width and choice of colours, of which CI asks some by turns (AXE_TURN)
	@AXE=all scripts/e2e.sh journeys/accessibility.spec.ts $(ARGS)

lighthouse: ## Judge home, search, dataset and version pages by Lighthouse
	@scripts/lighthouse.sh

assets: ## Build what browsers load into target/site and print its size
	@scripts/setup.sh run
	@scripts/assets.sh

seed: ## Load the demonstration data into the data folder; safe to repeat
	@scripts/run.sh seed

advisories: ## Ask whether known weaknesses touch the dependencies (needs the network)
	@scripts/check.sh advisories

clean: ## Remove everything built; the data folder stays
	@scripts/clean.sh
