# Two commands do all the set-up: `make demo` and `make test`. PYTHON names the interpreter to build the environment from.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo chromium test lint bench fuzz clean

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@$(BIN)/python -m compileall -q src/onrecord  # as pip does itself for what is not editable
	@touch $(STAMP)

demo: $(STAMP)  ## read the example dispatches: who said what in October 1962; on a terminal, open the reading room on them
	@$(BIN)/onrecord read examples/thirteen-days
	@$(BIN)/onrecord demo

# The tests of the reading room drive a real Chromium. Where it is missing and may be installed it is; elsewhere they say that they are skipped.
chromium:
	@command -v chromium >/dev/null || [ -n "$$CHROMIUM" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1; } || true

test: $(STAMP) chromium  ## style, types and tests
	@$(BIN)/ruff check --quiet src tests benchmarks training
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest

lint: $(STAMP)  ## style and types only
	@$(BIN)/ruff check src tests benchmarks training
	@$(BIN)/ruff format --check src tests benchmarks training
	@$(BIN)/mypy

bench: $(STAMP)  ## the slow measurements: speed, memory, start-up, quality
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.quality
	@$(BIN)/python -m benchmarks.acts
	@$(BIN)/python -m benchmarks.speakers gold
	@$(BIN)/python -m benchmarks.speakers share
	@$(BIN)/python -m benchmarks.entities
	@$(BIN)/python -m benchmarks.registry --texts 60
	@$(BIN)/python -m benchmarks.dates --speed
	@$(BIN)/python -m benchmarks.ingest
	@$(BIN)/python -m benchmarks.search
	@$(BIN)/python -m benchmarks.positions
	@$(BIN)/python -m benchmarks.web
	@$(BIN)/python -m benchmarks.export
	@$(BIN)/python -m benchmarks.scale
	@$(BIN)/python -m benchmarks.sources --articles 5

INPUTS ?= 100000
SECONDS_EACH ?= 60

fuzz: $(STAMP)  ## damaged files of every format through the readers, then each reader under a coverage-guided fuzzer
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@$(BIN)/python fuzz/sources.py --inputs $(INPUTS)
	@$(BIN)/python fuzz/coverage.py all --seconds $(SECONDS_EACH)

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
