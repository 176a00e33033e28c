# `make` alone lists what can be made. Needs Python 3.11 or newer, and PyPI the first time.

PYTHON ?= python3
BIN := .venv/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help label test lint train lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

label: .venv/.installed ## Label examples/reports.csv: shows the labels and writes labels.csv
	@$(BIN)/cyberclass label examples/reports.csv -o labels.csv

test: .venv/.installed-dev ## Run the tests on all cores and show what they cover
	@$(BIN)/pytest -n logical --dist worksteal --cov --cov-report=term:skip-covered

lint: .venv/.installed-dev ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

train: .venv/.installed ## Train models/default on corpus/ again
	@$(BIN)/python train.py corpus --output models/default

lock: ## Write requirements.lock anew, with the newest releases that pyproject.toml allows
	@$(call need_python)
	@rm -rf .venv-lock
	@$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --editable '.[dev]'
	@echo "# What the checks run with; written by make lock." > .venv-lock/frozen
	@.venv-lock/bin/pip freeze --exclude-editable >> .venv-lock/frozen
	@mv .venv-lock/frozen requirements.lock
	@rm -rf .venv-lock

clean: ## Remove the environment, caches, and what `make label` wrote
	rm -rf .venv .venv-lock build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -f labels.csv labels.csv.rejects.csv
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is made once, and again when what it is made from has changed.
.venv/.installed: pyproject.toml requirements.lock
	@$(call make_venv)
	@echo "Installing cyberclass into .venv ..."
	@$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[report]'
	@touch $@

.venv/.installed-dev: pyproject.toml requirements.lock
	@$(call make_venv)
	@echo "Installing cyberclass and its checks into .venv ..."
	@$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch .venv/.installed $@

define need_python
$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "cyberclass needs Python 3.11 or newer, and $(PYTHON) is %d.%d: name another, as in make PYTHON=python3.12." % sys.version_info[:2])'
endef

define make_venv
$(need_python) && { test -x $(BIN)/python || $(PYTHON) -m venv .venv; }
endef
