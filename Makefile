# Two commands matter: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check soak clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/bevara demo --home demo-home

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Three processes on two cores: tests of servers that run once on a machine all go to one, and it mostly waits.
test: $(STAMP)
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

soak: $(STAMP)
	$(BIN)/python -m pytest -m soak --timeout=14400

clean:
	rm -rf $(VENV) demo-home demo-home.key .pytest_cache .mypy_cache .ruff_cache .hypothesis
