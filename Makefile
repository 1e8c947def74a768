# Two commands matter: `make run` and `make test`. `make help` lists the others.
.DEFAULT_GOAL := help
.PHONY: help run setup test check fmt lock bench peers fuzz clean demo-class

PY := .venv/bin/python
CODE := course exercises grader bench tools
RUN_READY := .venv/run.stamp
DEV_READY := .venv/dev.stamp

help:  ## Lists the commands
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

run: $(RUN_READY)  ## Starts the whole site with demo data: PORT=8000 make run
	@exec $(PY) manage.py up

demo-class: $(RUN_READY)  ## Fills a course with 300 made-up students over six weeks; ARGS="--students 40"
	@$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py demo --verbosity 0 && $(PY) manage.py demo_class $(ARGS)

setup: $(DEV_READY)  ## Makes .venv with everything for run and test; starts nothing
	@echo "Everything is in .venv."

test: $(DEV_READY)  ## Installs what the tests need and runs them all, on SQLite and on PostgreSQL
	@exec $(PY) -m tools.suite $(ARGS)

check: $(DEV_READY)  ## Linters, types, templates, floors, migrations, production settings
	@exec $(PY) -m tools.check

fmt: $(DEV_READY)  ## Formats the Python code
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

bench: $(DEV_READY)  ## Measures speed as ratios; FULL=1 make bench takes a few minutes
	@exec $(PY) -m bench $(if $(FULL),--full)

peers: $(DEV_READY)  ## Installs the engines that bench compares ours with, for development only
	@sh bench/peers/install.sh

fuzz: $(DEV_READY)  ## Sends COUNT=100000 made-up answers through the grader; SEED is new every day
	@exec $(PY) -m tests.grader.fuzzing

LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header
lock: $(DEV_READY)  ## Writes requirements*.txt anew from requirements*.in
	@$(LOCK) requirements.in -o requirements.txt && $(LOCK) requirements-dev.in -o requirements-dev.txt

clean:  ## Removes .venv and every cache; keeps data/
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage* htmlcov static-root
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_READY): requirements.txt
	@sh tools/venv.sh -r requirements.txt && touch $@

$(DEV_READY): requirements.txt requirements-dev.txt
	@sh tools/venv.sh -r requirements.txt -r requirements-dev.txt && touch $(RUN_READY) $@
