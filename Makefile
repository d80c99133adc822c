# Needs Python 3.11 or newer and nothing else; `make lock` also needs uv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
# Many tests start programs: without cached byte code each start costs three times as much.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 3
# The share of the nightly explorations that is run: 0.1 is a tenth of them.
NIGHT ?= 1
EXPORT := --quiet --frozen --format requirements-txt --no-emit-project --no-header --all-extras
FIND_PYTHON = for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$p"; exit; fi; done

.PHONY: help demo test check fix web tools types lock bench weaken nightly cover docs clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: web ## Start Handrail with a demo company
	@$(BIN)/python -m examples.shop

test: check ## Set everything up, check the code and run the tests
	@echo "== tests ($(WORKERS) workers)"
	@$(PYTEST) -n $(WORKERS) --dist worksteal

check: $(VENV)/.dev web ## Check style, types, imports and claims without running the tests
	@echo "== style"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Some files are not formatted: run 'make fix'."; exit 1; }
	@echo "== types"
	@$(BIN)/mypy
	@echo "== imports"
	@$(BIN)/lint-imports --no-logo
	@echo "== claims"
	@$(BIN)/python -m tests.architecture.claims
	@echo "== web"
	@$(BIN)/python -m tools.web check

web: $(VENV)/.runtime ## Build what the browser gets
	@$(BIN)/python -m tools.web node 2>/dev/null || $(PIP) install -qq --require-hashes -r requirements/node.txt
	@$(BIN)/python -m tools.web build

tools: $(VENV)/.dev web
	@$(BIN)/python -m tools.web tools

types: $(VENV)/.dev web ## Write the browser's types anew from the description of the API
	@$(BIN)/python -m tools.web types

fix: $(VENV)/.dev ## Format the code and repair what can be repaired by itself
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format

lock: ## Resolve every pin anew and write requirements/
	@uv lock --quiet --upgrade
	@uv export $(EXPORT) --no-dev --group demo --output-file requirements/runtime.txt
	@uv export $(filter-out --all-extras,$(EXPORT)) --only-group build --output-file requirements/build.txt
	@uv export $(filter-out --all-extras,$(EXPORT)) --only-group node --output-file requirements/node.txt
	@uv export $(EXPORT) --group dev --output-file requirements/dev.txt

bench: $(VENV)/.dev web ## Measure, as ratios to the bare driver in the same run
	@$(BIN)/python -m bench

weaken: tools ## Weaken the code in one place after another; each time a test must fail
	@$(BIN)/python -m tests.weaken

nightly: tools ## Run the long explorations and kill tests
	@HANDRAIL_NIGHTLY=$(NIGHT) $(PYTEST) -m nightly -n $(WORKERS) --timeout 3600

cover: tools ## Run the tests with branch coverage and print what they miss
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

docs: $(VENV)/.dev ## Write the generated pages and check the claims
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.lives
	@$(BIN)/python -m tests.architecture.claims

clean: ## Remove everything that was made
	@rm -rf $(VENV) web/node_modules src/handrail/server/static .build dist htmlcov .hypothesis .schemathesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage*
	@find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or newer with venv and pip was found. Install one (on Debian also python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python"; \
		exit 1; \
	fi; \
	echo "== setting up $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "== installing the requirements"
	@$(PIP) install -qq --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "== installing the tools"
	@$(PIP) install -qq --require-hashes -r requirements/dev.txt
	@touch $@
