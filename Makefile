# `make help` lists the targets. Everything that is needed is installed by them.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
HOST_PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup engine demo test test-fast test-slow check format golden docs bench clean flakes

help: ## List the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements/dev.lock pyproject.toml tools/setup.sh
	@HOST_PYTHON=$(HOST_PYTHON) tools/setup.sh $(VENV)

setup: $(VENV)/.ready ## Make the Python environment (locked, with hashes)

engine: setup ## Install FreeCAD's engine into ATOLYE_HOME, if it is not there
	@$(BIN)/atolye engine install

demo: engine ## Set up everything and make a model from examples/plate.tr.json
	@$(BIN)/atolye generate params examples/plate.tr.json --out out/demo --lang tr \
	  --format fcstd,step,stl,glb,png

test: engine ## Set up everything and run the tests
	@tools/test.sh

test-fast: setup ## Tests that need neither the engine nor a service
	@$(BIN)/pytest tests/unit

test-slow: engine ## Long suites: leaks over 200 jobs, faults, five reruns
	@$(BIN)/pytest -m slow

flakes: engine ## Run the unit and service tests five times in random order
	@for n in 1 2 3 4 5; do $(BIN)/pytest -q -n 2 -p randomly -m "not slow" tests/unit tests/service tests/contract || exit 1; done

check: setup ## Style, types, import rules, generated docs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup ## Format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

golden: engine ## Compare the goldens with what this engine makes (approve: tools/gen_golden.py --approve)
	@$(BIN)/python tools/gen_golden.py

docs: setup ## Write the generated reference pages
	@$(BIN)/python tools/gen_docs.py

bench: engine ## Measure against bare FreeCAD, CadQuery and build123d; writes bench/results/latest.json
	@$(BIN)/python -m bench

clean: ## Remove what the targets made here (not the engine)
	rm -rf $(VENV) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
