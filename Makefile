# make demo | make test | make bench: each creates what it needs in .venv, from uv.lock.
PY ?= python3
BIN = .venv/bin
AS_OF = 2026-11-24

.PHONY: demo test bench lint clean

.venv/core: pyproject.toml uv.lock
	test -x $(BIN)/uv || { $(PY) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check uv; }
	$(BIN)/uv sync --quiet --frozen --inexact
	touch $@

.venv/dev: pyproject.toml uv.lock
	test -x $(BIN)/uv || { $(PY) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check uv; }
	$(BIN)/uv sync --quiet --frozen --inexact --extra dev
	touch $@ .venv/core

demo: .venv/core
	$(BIN)/painloom assess examples/mara -o build/mara --as-of $(AS_OF)

lint: .venv/dev
	$(BIN)/ruff format --check --quiet src tests tools
	$(BIN)/ruff check --quiet src tests tools
	$(BIN)/mypy --no-error-summary

test: .venv/dev lint
	$(BIN)/painloom knowledge check
	$(BIN)/python tools/browser.py
	$(BIN)/pytest -n auto --dist loadfile -rs

bench: .venv/dev
	$(BIN)/python tools/bench.py

clean:
	rm -rf .venv build
