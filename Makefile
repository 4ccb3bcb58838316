# From a clean checkout: `make run` starts Chartroom, `make test` runs the whole suite.
# Paths stay relative and programs run as modules: the checkout's path may hold spaces.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# a CI run starts from an empty database, at a desk from the last one; both leave it with the test cluster
DATABASE_OPTION := --reuse-db $(if $(CI),--create-db)

.PHONY: run test test-without-browser test-with-browser test-whole-stack bench lint install

run: install
	@$(VENV_PYTHON) -m config.local --stop-with-parent

# Without a choice of tests three lanes run at once, each on servers of its own: a browser waits most of its time.
# Two of them name their folders, since to collect every test takes half a minute; tests/architecture holds them to it.
test: install
ifdef PYTEST_ARGS
	@$(VENV_PYTHON) -m pytest $(DATABASE_OPTION) $(PYTEST_ARGS)
else
	@$(MAKE) --no-print-directory -j3 test-without-browser test-with-browser test-whole-stack
endif

test-without-browser:
	@$(VENV_PYTHON) -m pytest $(DATABASE_OPTION) -m 'not browser and not stack'

test-with-browser:
	@$(VENV_PYTHON) -m pytest $(DATABASE_OPTION) -m 'browser and not stack' tests/browser

test-whole-stack:
	@$(VENV_PYTHON) -m pytest $(DATABASE_OPTION) -m stack tests/browser tests/flows

bench: install
	@$(VENV_PYTHON) -m tests.bench

# the type checker reads the settings, which want a key
lint: export SECRET_KEY ?= only-for-the-type-checker
lint: install
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(VENV_PYTHON) -m mypy .
	@$(VENV_PYTHON) -m djlint --quiet --lint templates

install:
	@$(PYTHON) config/local/install.py
