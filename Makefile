# Two commands to begin with: `make run` and `make test`. They need Python 3.11, 3.12 or 3.13 and nothing else.

PYTHON ?= python3
TOOLS := .venv/bin/python

.PHONY: help python tools test-tools run demo pages logs stop clean lint types check test test-platforms live-xero live-quickbooks live-freeagent e2e test-browser sam-local test-sam-local conformance compatibility soak bench-tools bench scale audit openapi lock

help:
	@echo "make run    install, start the embedded AWS, deploy, run the demo; the stack stays up"
	@echo "make demo   run the demo again on the stack that is up"
	@echo "make pages  links into what merchants and support see on the stack that is up"
	@echo "make logs   what the functions logged"
	@echo "make stop   end the stack; its state stays for the next make run"
	@echo "make sam-local       lets sam local reach the stack from containers, until ctrl-C; needs Docker"
	@echo "make test-sam-local  every function in a container, with its sample event; needs an engine or root"
	@echo "make check  lint, types, imports, unit tests: under 30 seconds"
	@echo "make test   everything, end to end on a stack of its own"
	@echo "make conformance    the published clients against a stack of its own; part of make test"
	@echo "make compatibility  the same, and writes docs/compatibility.md anew"
	@echo "make test-browser  what people see, in a real browser, with counts; part of make test"
	@echo "make test-platforms  Xero, QuickBooks and FreeAgent, simulated, with counts; PLATFORM=xero: that one"
	@echo "make live-xero, live-quickbooks, live-freeagent  a sandbox company of yours: docs/platforms"
	@echo "make soak   two thousand long stories of pushes, syncs and faults: up to 30 minutes"
	@echo "make bench  every figure of docs/performance.md anew; PARTS=\"projection ingest\": those alone"
	@echo "make scale  every figure of docs/scale.md anew, with a real run on a stack of its own"
	@echo "make audit  bandit, checkov and pip-audit; audit.toml explains what they find and we accept"
	@echo "make clean  remove all that was installed, built and stored"
	@echo "DAYBOOK_PORT=4600 make run, PYTHON=python3.12 make run: another port, another Python"

python:
	@command -v $(PYTHON) >/dev/null || { echo "daybook: Python 3.11, 3.12 or 3.13 is needed: make run PYTHON=..."; exit 1; }

tools: python
	@$(PYTHON) -m local.setup run

test-tools: python
	@$(PYTHON) -m local.setup test

run: tools
	@$(TOOLS) -m local.run

demo: tools
	@$(TOOLS) -m local.demo

pages: tools
	@$(TOOLS) -m local.pages

logs: tools
	@$(TOOLS) -m local.logs

stop: python
	@$(PYTHON) -m local.stop

clean: python
	@$(PYTHON) -m local.clean

lint: test-tools
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@PYTHONPATH=functions:layers/daybook .venv/bin/lint-imports --no-cache

types: test-tools
	@$(TOOLS) -m mypy

check: lint types
	@$(TOOLS) -m pytest -n auto tests/unit

test: check
	@SAM_CLI_TELEMETRY=0 .venv/bin/sam validate --lint --region eu-west-1
	@$(TOOLS) -m pytest -n auto tests/lint tests/integration tests/simulation
	@DAYBOOK_PLATFORMS=short $(TOOLS) -m pytest -n auto tests/platforms
	@$(MAKE) --no-print-directory e2e

# All faults and all orders; `make test` takes a quick look at the same.
test-platforms: test-tools
	@$(TOOLS) -m pytest -n auto tests/platforms

live-xero live-quickbooks live-freeagent: tools
	@PYTHONPATH=functions:layers/daybook $(TOOLS) -m local.live $(@:live-%=%)

# Two processes, each with a stack of its own; the longest files first, always in the same order.
e2e: test-tools
	@$(TOOLS) -m pytest -p no:randomly -n 2 --dist loadfile --no-loadscope-reorder tests/e2e tests/browser

# Installs Debian's Chromium where it is missing and that can be done; screenshots are in .artefacts/screens.
test-browser: test-tools
	@$(TOOLS) -m local.browser
	@$(TOOLS) -m pytest tests/browser tests/e2e/test_flow_security.py

sam-local: tools
	@$(TOOLS) -m local.sam_local

# Ends with 77 and says why where there is no container engine and none can be started.
test-sam-local: test-tools
	@$(TOOLS) -m pytest tests/sam_local

conformance: test-tools
	@$(TOOLS) -m pytest tests/e2e/test_published_clients.py

compatibility: test-tools
	@DAYBOOK_WRITE_TABLE=1 $(TOOLS) -m pytest tests/e2e/test_published_clients.py

soak: test-tools
	@PYTHONPATH=functions:layers/daybook $(TOOLS) -m tests.simulation.soak

bench-tools: python
	@$(PYTHON) -m local.setup bench

# Side by side with pandas and DuckDB, which have an environment of their own.
bench: bench-tools
	@PYTHONPATH=.:functions:layers/daybook .venv-bench/bin/python -m benchmarks performance $(PARTS)

scale: bench-tools
	@PYTHONPATH=.:functions:layers/daybook .venv-bench/bin/python -m benchmarks scale $(PARTS)

audit: python
	@$(PYTHON) -m local.audit

# Writes functions/description/openapi.json and docs.html from the code; a test fails while they are stale.
openapi: test-tools
	@PYTHONPATH=functions:layers/daybook $(TOOLS) -m local.openapi

# Pins every package, its dependencies and their hashes again. Needs uv (pip install uv).
ANY_PYTHON := ; python_full_version < '3.14' and (sys_platform == 'darwin' or sys_platform == 'linux')
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url
lock:
	$(COMPILE) requirements/run.in -o requirements/run.txt
	$(COMPILE) -c requirements/run.txt requirements/layer.in -o layers/dependencies/requirements.txt
	$(COMPILE) -c requirements/run.txt requirements/test.in -o requirements/test.txt
	$(COMPILE) requirements/ministack.in -o requirements/ministack.txt
	$(COMPILE) requirements/clients.in -o requirements/clients.txt
	$(COMPILE) requirements/audit.in -o requirements/audit.txt
	$(COMPILE) requirements/sam-local.in -o requirements/sam-local.txt
	$(COMPILE) requirements/sdk-build.in -o requirements/sdk-build.txt
	$(COMPILE) requirements/sdks.in -o requirements/sdks.txt
	$(COMPILE) -c requirements/test.txt requirements/bench.in -o requirements/bench.txt
	sed -i.bak "s/ $(ANY_PYTHON)//" requirements/*.txt layers/dependencies/requirements.txt
	rm -f requirements/*.bak layers/dependencies/*.bak
