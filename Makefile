# The few commands there are. CI calls only these.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)

.PHONY: setup setup-dev setup-services run test test-python test-web check check-python check-web format clean bench bench-nodes

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

# PostgreSQL, Redis, Chromium and the proxies that the tests run against, from Debian or Ubuntu; elsewhere it says what to get.
setup-services:
	@.ci/services

run: setup
	$(BIN)/hubbub serve

test: test-python test-web
check: check-python check-web

# make bench QUICK=1 takes three minutes. It needs gcc and two cores; see docs/performance.md.
bench: setup
	$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick)

# PostgreSQL, Redis and two nodes; needs what setup-services gets.
bench-nodes: setup-dev
	$(BIN)/python benchmarks/nodes.py

test-python: setup-dev
	@$(call with,npm,$(MAKE) --no-print-directory node_modules/.installed,The tests that need axe-core or the checker of AsyncAPI were left out)
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check-python: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis node_modules

# The browser client runs as it is; only checking it takes Node. So without Node what needs it is left out, but never in CI.

test-web:
	@$(call with,npm,npm run --silent test,The tests of the browser client were left out)

check-web:
	@$(call with,npm,$(MAKE) --no-print-directory node_modules/.installed && npm run --silent types,The types of the browser client were not checked)

# with: a program, what to run when it is there, what to say when it is not.
define with
if command -v $(1) >/dev/null; then $(2); \
else echo "$(3), because there is no $(1) here. Get it with: apt-get install nodejs npm"; test -z "$$CI"; fi
endef

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# Python: with uv where there is one, else with venv and pip.

$(BIN)/python:
ifdef UV
	uv venv --quiet --seed $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(VENV)/.installed: pyproject.toml | $(BIN)/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python --editable .
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
endif
	@touch $@

# Dependency groups need pip 25.1 or later.
$(VENV)/.installed-dev: $(VENV)/.installed
ifdef UV
	uv pip install --quiet --python $(BIN)/python --group dev
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
endif
	@touch $@
