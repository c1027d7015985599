# `make` lists what there is. The work is done by scripts/, which also run by themselves.
.PHONY: help run demo dev check test test-slow budget setup
SHELL := bash

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | \
	  while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

run: ## Set up, build in release mode, serve http://127.0.0.1:3000 from ./data
	@scripts/run serve

demo: ## The same with an organisation full of cases, in ./data-demo
	@scripts/run demo

dev: ## Serve in debug mode; a saved file rebuilds and reloads
	@scripts/run dev

check: ## The quick gate while working: format and both clippys
	@scripts/test format clippy_server clippy_browser

test: ## Set up and run everything that must hold
	@scripts/test

test-slow: ## Every test on both engines and every screen; kills, a full disk and a lost database, over and over
	@scripts/test slow

budget: ## Build in release mode, then measure size and speed against their limits
	@scripts/budget

setup: ## Only find or install what building and testing need
	@scripts/setup test
