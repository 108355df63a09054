# make run     install newslake, ingest seeds/ into lake/, run three example queries
# make test    install newslake and the test tools, run the tests
# make check   check lint, format, types and the direction of imports
# make faults  kill writers, a compactor and a `forget` for about five minutes while other processes read
# make campaign-streams  kill the processes of streams on Flink and Prism 30 times, in less than an hour; SEED=…
# make soak    follow 200 feeds on loopback for eight simulated days, in about 15 minutes, and count errors
# make fuzz    parse 100,000 damaged pages, objects, tables, feeds and archives; FOLDER=… adds more inputs
# make same-rows BASE=…  compare the rows of this version with those of commit BASE; DATA=… adds more inputs
# make browser install Chromium, Playwright, esbuild and axe-core, to test the page of `newslake report`
# make bench   install scikit-learn, to fit the weights of the decisions about events
# make events-deep install the weights of the deep event model, 404 MB
# make engines install ClickHouse (chdb) and Spark, 1 GB, to test that they read a lake
# make serve   install what `newslake serve` and `newslake mcp` need, and schemathesis, to test both
# make mutants change some modules in one place after the other, list what no test notices; ONLY=… picks modules
# make lock    resolve all dependencies again and pin them by hash
# make prism   build Beam's runner Prism, for --runner PrismRunner
# make flink   download Beam's Flink job server, for --runner FlinkRunner
# make promtool download Prometheus' promtool, to test the metrics of follow, the alerts and the dashboard
# make dataflow install Google Cloud's packages in an environment of their own, to test --runner DataflowRunner
# make docs    generate docs/tables.md, docs/options.md and two files of pipelines/ from the code
# make clean   delete .venv, build files and caches; lake/ stays

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LAKE := lake

.PHONY: run test check faults campaign-streams soak fuzz same-rows browser report-library bench events-deep engines promtool serve mutants lock docs clean

run: $(VENV)/.run-ready
	$(BIN)/newslake backfill seeds --lake $(LAKE)
	@for query in docs/queries/*.sql; do \
		echo; sed -n 's/^-- //p' $$query; \
		$(BIN)/newslake query --file $$query --lake $(LAKE) || exit 1; \
	done

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n auto --dist loadfile --durations=10 -m "not faults and not browser and not dataflow and not engines and not flink and not prism and not promtool and not serve"

check: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

faults: $(VENV)/.test-ready
	$(BIN)/python tests/faults/harness.py --kills 60 --seconds 300 --seed 1

soak: $(VENV)/.test-ready
	$(BIN)/python tests/soak/soak.py --feeds 200 --days 8

campaign-streams: $(VENV)/.test-ready prism flink
	$(BIN)/python tests/streams/campaign.py --flink-kills 20 --prism-kills 10 --seed $(or $(SEED),1)

fuzz: $(VENV)/.test-ready
	$(BIN)/python tests/fuzz/fuzz.py --cases 100000 $(FOLDER)

same-rows: $(VENV)/.run-ready
	@test -n "$(BASE)" || { echo "make same-rows: BASE=… is missing; it must be a commit" >&2; exit 2; }
	$(BIN)/python benchmarks/two_versions.py $(BASE) $(if $(DATA),--data $(DATA))

# Playwright drives Debian's Chromium. npm checks each package by its hash in package-lock.json and runs
# none of their install scripts.
REPORT := $(VENV)/share/newslake/report

browser: $(VENV)/.test-ready
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "make browser: Node.js and npm are required" >&2; exit 1; }
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/browser.txt
	mkdir -p $(REPORT)
	cp requirements/report/* $(REPORT)
	cd $(REPORT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

# Builds the library of the report's page again; commit the result.
report-library: browser
	node $(REPORT)/build.mjs pipelines/report/web

bench: $(VENV)/.test-ready
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt

# The packages name dependencies of their own (6 GB), which newslake does not use.
events-deep: $(VENV)/.run-ready
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/events-deep.txt

engines: $(VENV)/.test-ready
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/engines.txt

# The program promtool of this machine, or else that of Debian's package prometheus. The package is not
# installed, so that no service starts; apt checks its signature.
promtool: $(BIN)/promtool
$(BIN)/promtool: | $(VENV)/.test-ready
	command -v promtool && ln -sf "$$(command -v promtool)" $@ || { \
		rm -rf $(VENV)/debian && mkdir $(VENV)/debian && cd $(VENV)/debian \
		&& { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } \
		&& dpkg-deb -x prometheus_*.deb . && cp usr/bin/promtool ../bin/ && rm -r ../debian; } \
	|| { echo "make promtool: promtool was not found; install Prometheus (Debian's package prometheus)" >&2; exit 1; }

serve: $(VENV)/.test-ready
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/serve.txt

mutants: $(VENV)/.test-ready
	nice $(BIN)/python tests/mutants/mutants.py $(ONLY)

$(VENV)/.run-ready: requirements/build.txt requirements/run.txt setup.py
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) and "newslake needs Python 3.11; set it with make PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.test-ready: $(VENV)/.run-ready requirements/test.txt
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

# The lock files contain the version and hashes of every wheel for all platforms, and no index URL.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock:
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) setup.py --extra events --extra metrics -o requirements/run.txt
	$(COMPILE) setup.py --extra events --extra metrics --extra test -c requirements/run.txt -o requirements/test.txt
	$(COMPILE) requirements/dataflow.in -c requirements/test.txt -o requirements/dataflow.txt
	$(COMPILE) requirements/bench.in -c requirements/test.txt -o requirements/bench.txt
	$(COMPILE) requirements/browser.in -c requirements/test.txt -o requirements/browser.txt
	$(COMPILE) requirements/events-deep.in --no-deps -o requirements/events-deep.txt
	$(COMPILE) requirements/engines.in -c requirements/test.txt -o requirements/engines.txt
	$(COMPILE) setup.py requirements/serve.in --extra mcp --extra serve -c requirements/test.txt \
		-o requirements/serve.txt

docs: $(VENV)/.run-ready
	$(BIN)/newslake schema > docs/tables.md
	$(BIN)/python docs/options_page.py > docs/options.md
	$(BIN)/python docs/options_json.py > pipelines/options.json
	$(BIN)/python docs/view_columns.py > pipelines/sql/view_columns.json

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

include runners.mk
