# Everything runs in .venv, which the first target that needs it makes.
#
#   make demo    the main job on an example database; needs Python alone
#   make test    the whole suite
#   make check   what CI runs: format, lint, types, layer contracts, tests
#   make bench   the speed table of docs/performance.md
#   make docs    docs/cli.md from the commands

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
PYTEST_ARGS ?=

.PHONY: demo test check lint bench docs clean

demo: $(VENV)/.user
	@PATH="$(CURDIR)/$(BIN):$$PATH" examples/01_jumponion.sh
	@printf '(after: source %s/activate)\n' "$(BIN)"

test: $(VENV)/.developer
	$(BIN)/python -m pytest -n auto --maxprocesses 4 $(PYTEST_ARGS)

check: lint test

lint: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developer
	$(BIN)/python -m benchmarks

docs: $(VENV)/.developer
	$(BIN)/python -m cachedeps.cli.reference docs/cli.md

clean:
	rm -rf $(VENV) build *.egg-info

# One stamp file per kind of installation: a second run costs nothing.
$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.user: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.user
