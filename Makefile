# What a newcomer and CI both call. `make` alone lists the commands.

PORT ?= 8000
CORPUS ?=
BIN := .venv/bin
UV := 0.13.9
TEMPLATE := $(CURDIR)/{{cookiecutter.project_slug}}

# Caches beside the template's files would be copied into the services made from this folder.
export PYTHONDONTWRITEBYTECODE := 1
export RUFF_CACHE_DIR := $(CURDIR)/.ruff_cache
# Another project's active environment is none of our business.
unexport VIRTUAL_ENV

# The hook tells a refused answer in a sentence; cookiecutter's traceback below it would say nothing more.
ASK := import logging, cookiecutter.cli as c; logging.getLogger("cookiecutter.hooks").setLevel("CRITICAL"); c.main()

.PHONY: help setup new demo test lint bench docs corpus

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## make .venv with every tool that the other commands use

.venv/.ready: pyproject.toml
	@test -x $(BIN)/python || python3 -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	$(BIN)/uv sync --quiet
	@touch $@

new: setup ## ask the questions, generate a service into OUT (default ..)
	@$(BIN)/python -P -c '$(ASK)' . --output-dir "$(or $(OUT),..)"

demo: setup ## generate the default service into OUT (default: build, anew), verify it, serve it on 127.0.0.1:PORT
	@$(if $(OUT),,rm -rf build/my-service)
	@mkdir -p "$(or $(OUT),build)"
	$(BIN)/cookiecutter . --no-input --output-dir "$(or $(OUT),build)"
	@test -x "$(or $(OUT),build)/my-service/.venv/bin/gunicorn" || { echo "not installed, see above: is there a network?"; exit 1; }
	@echo
	@echo "Serving on http://127.0.0.1:$(PORT) until Ctrl-C"
	@cd "$(or $(OUT),build)/my-service" && BIND=127.0.0.1:$(PORT) exec .venv/bin/gunicorn

test: lint ## everything that CI runs
	$(BIN)/pytest -n 2

lint: setup ## ruff, mypy, zizmor
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy hooks tests benchmarks
	cd '$(TEMPLATE)' && $(CURDIR)/$(BIN)/mypy --config-file '$(CURDIR)/pyproject.toml' --cache-dir '$(CURDIR)/.mypy_cache' -p verify
	$(BIN)/zizmor --offline --quiet .github '$(TEMPLATE)/.github'

bench: setup ## measure, side by side, what the README claims
	@for script in $(filter-out corpus,$(basename $(notdir $(wildcard benchmarks/*.py)))); do echo "== $$script"; $(BIN)/python -m "benchmarks.$$script" || exit 1; done

docs: setup ## write docs/checks.md from the checks' docstrings
	$(BIN)/python docs/generate.py

corpus: setup ## score the verifier, bandit and ruff on a folder of labelled cases: CORPUS=path
	@test -n "$(CORPUS)" || { echo "which cases? for example: make corpus CORPUS=../corpus"; exit 2; }
	$(BIN)/python benchmarks/corpus.py "$(CORPUS)"
