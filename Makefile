# Two commands do all the set-up: `make demo` and `make test`. PYTHON names the interpreter to build the environment from.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench fuzz clean

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@touch $(STAMP)

demo: $(STAMP)  ## read the example dispatches: who said what in October 1962
	@$(BIN)/onrecord read examples/thirteen-days

test: $(STAMP)  ## style, types and tests
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

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
