# make demo   build the example ecosystem in demo-out/
# make test   install all that the tests need, and run all of them
# make check  the inner loop: style, types and the quick tests

PYTHON ?= python3
BIN := .venv/bin
CPUS := $(shell nproc 2>/dev/null || echo 2)

.PHONY: demo test check bench wheel clean

demo: .venv/program
	rm -rf demo-out
	$(BIN)/graph demo demo-out

test: .venv/dev
	sh tests/install.sh
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(CPUS) --dist loadgroup -q

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(CPUS) --dist loadgroup -q -m "not neo4j and not browser and not slow"

bench: .venv/dev
	$(BIN)/python -m bench

wheel: .venv/dev
	$(BIN)/python -m build

clean:
	rm -rf .venv .cache build dist demo-out

.venv/program: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q -e .
	touch $@

.venv/dev: .venv/program
	$(BIN)/python -m pip install -q --group dev
	touch $@
