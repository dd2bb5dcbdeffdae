# The venv is the project's own, and what Python compiles of it is kept: else each command of dbt begins
# with two seconds of compiling.
unexport PYTHONDONTWRITEBYTECODE
# Every recipe runs in /bin/sh and takes its environment from .envrc, as a user's shell does.
ENV := . ./.envrc &&
VENV := .venv/installed
# In a checkout that was copied or moved, the programs of the venv still run the other one.
OWN_PYTHON := $(shell grep -qF " $$(pwd -P)/.venv" .venv/pyvenv.cfg 2>/dev/null && echo .venv/bin/python)

PIP_INSTALL := .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check \
	--constraint constraints.txt
# In a fraction of pip's time, with the system's certificates as pip. It copies what it has kept in
# its cache, since the embedded server's files may be given to another user.
UV_INSTALL := .venv/bin/uv pip install --quiet --python .venv/bin/python --system-certs \
	--link-mode copy --constraint constraints.txt

# Whether pip is told of another index than PyPI: uv does not read what pip is told.
OTHER_INDEX := .venv/bin/python -m pip config list | grep -q '\.index-url='

.DEFAULT_GOAL := help
.PHONY: help demo demo-tables load daily weekly docs site test prove test-programs lint bench bench-load bench-readme lock
.NOTPARALLEL:
ifeq ($(OWN_PYTHON),)
.PHONY: $(VENV)
endif

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV) ## Simulated races to finished tables, without credentials
	@$(ENV) studbook db reset
	@$(ENV) studbook db up
	@$(ENV) studbook simulator --seasons 1 --races-per-day 8 --port 0 -- \
		$(MAKE) --no-print-directory demo-tables
	@echo "Now: source .envrc, then for instance dbt run -s ra_mst_dams+"
	@$(ENV) studbook site

demo-tables:
	@$(ENV) studbook load reference
	@$(ENV) studbook load racecards --from "$$(python -c \
		'from datetime import timedelta; from loaders.loading.run import today_in_london; \
		print(today_in_london() - timedelta(days=45))')"
	@$(ENV) studbook load results
	@$(ENV) studbook load horses --max-horses 200
	@echo "dbt builds the tables and tests them; that takes a minute or two."
	@$(ENV) dbt --quiet build --exclude-resource-type unit_test
	@$(ENV) dbt --quiet run-operation summary

load: $(VENV) ## Load the Racing API: FROM=2025-01-01 TO=2025-01-31 RESOURCE=results
	@$(ENV) studbook load $(RESOURCE) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO))

daily: $(VENV) ## What is to run every day: load, build, test; TEST=1 tries it on a day of races
	@$(ENV) studbook daily $(if $(TEST),--test)

weekly: $(VENV) ## And every week: late corrections, every test, upkeep; TEST=1 as above
	@$(ENV) studbook weekly $(if $(TEST),--test)

docs: $(VENV) ## Every table and column on one page, from the database in use
	@$(ENV) studbook db up >/dev/null
	@$(ENV) dbt --quiet docs generate --static
	@$(ENV) echo "Open $${DBT_TARGET_PATH:-$(CURDIR)/dbt_project/target}/static_index.html in a browser."

site: $(VENV) ## The pages that people open: races, leaders, courses, inventory, health
	@$(ENV) studbook site

# CI has two processors; a third process works while tests of the others wait for a clock.
test: lint test-programs ## Everything that CI runs: lint and all tests
	@$(ENV) pytest -n 3 --dist loadscope

prove: $(VENV) ## Prove that no row knows its future: DAYS=20 days of a season of RACES=8 a day
	@$(ENV) STUDBOOK_DAYS=$(or $(DAYS),20) STUDBOOK_RACES=$(or $(RACES),8) \
		pytest --quiet --capture=no tests/integration/test_no_row_knows_its_future.py

# A browser, two shells, a pooler and a file system: tests that need one skip without it, and say so.
# CI is to skip none.
test-programs:
	@if [ "$$CI" = true ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		! { command -v chromium && command -v zsh && command -v direnv && \
			command -v pgbouncer && command -v bindfs; } >/dev/null; \
	then \
		echo "Installing the browser, the shells and what else some tests use."; \
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
			--no-install-recommends chromium zsh direnv pgbouncer bindfs; } >/dev/null 2>&1 || \
		echo "They cannot be installed here; those tests skip."; \
	fi

lint: $(VENV) ## Check style and types of the Python, who imports whom, the SQL, and the models' conventions
	@$(ENV) ruff check .
	@$(ENV) ruff format --check .
	@$(ENV) lint-imports --no-cache --no-logo
	@$(ENV) mypy
	@$(ENV) sqlfluff lint --templater placeholder --disable-progress-bar loaders
	@$(ENV) studbook db up >/dev/null
	@$(ENV) python -m tests.lint_sql lint --processes 2 --disable-progress-bar \
		dbt_project/models dbt_project/tests
	@$(ENV) dbt --quiet parse
	@$(ENV) python -m tests.conventions

bench-load: $(VENV) ## Measure the loader: its pace, its memory, its speed without limits
	@$(ENV) python -m tests.bench.bench_load $(if $(SCALE),--scale $(SCALE))

bench: $(VENV) ## Time a warehouse of real size; SCALES=0.1 is a quick look, SCALES=0.1,1 shows growth
	@$(ENV) python -m tests.bench $(if $(or $(SCALES),$(SCALE)),--scales $(or $(SCALES),$(SCALE)))

bench-readme: $(VENV) ## Put the table that make bench wrote last into the README
	@$(ENV) python -m tests.bench.readme

# PYTHON=... names another interpreter. A python3 that is a shim without a version behind it, or one
# of Debian's without ensurepip, does not count as one.
$(VENV): pyproject.toml constraints.txt
	@found=; \
	for python in $(OWN_PYTHON) $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
		if $$python -c 'import sys, ensurepip, venv; \
			sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
		then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Studbook needs Python 3.11, 3.12 or 3.13 with its venv module: install python3.13" \
			"(on Debian and Ubuntu also python3-venv), or name one with make PYTHON=/path/to/it." >&2; \
		exit 1; \
	fi; \
	echo "Installing into .venv with $$($$found --version); that takes up to a minute, once."; \
	{ [ "$$found" = .venv/bin/python ] || $$found -m venv --clear .venv; } && \
	{ { $(PIP_INSTALL) uv && ! $(OTHER_INDEX) && $(UV_INSTALL) --editable '.[dev]'; } || { \
		echo "Without uv, which cannot be had here, failed or does not know pip's index," \
			"pip installs: a minute or two more."; \
		$(PIP_INSTALL) --editable '.[dev]'; \
	}; } && \
	touch $@

# What CI installed is what every fresh machine gets, on each Python and system.
lock: $(VENV) ## Write the newest versions that fit pyproject.toml into constraints.txt
	@$(PIP_INSTALL) uv
	@.venv/bin/uv pip compile --quiet --universal --upgrade --all-extras --no-annotate \
		--custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml
