# Runners of Beam that are not written in Python. `make run` does not need them.

BEAM := 2.77.0

.PHONY: prism flink flink-up flink-down dataflow

# Builds Prism, Beam's runner in Go, from the Go module of the same Beam release. Go verifies the
# module against the public checksum database.
prism: $(BIN)/prism
$(BIN)/prism: | $(VENV)/.run-ready
	@command -v go >/dev/null || { echo "make prism: Go is required; 'go' was not found" >&2; exit 1; }
	GOBIN=$(abspath $(BIN)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$(BEAM)

# Downloads Beam's Flink job server, with Flink, to the place where `--runner FlinkRunner` looks for it.
FLINK := $(VENV)/share/newslake/flink

flink: $(FLINK)/job-server.jar
$(FLINK)/job-server.jar: requirements/flink/pom.xml requirements/flink/jars.sha256 | $(VENV)/.run-ready
	$(BIN)/python requirements/flink/install.py $(FLINK)

# A cluster on this machine, for `--flink_master=localhost:8081`: a job manager and two task managers.
flink-up: flink
	$(BIN)/python requirements/flink/cluster.py up $(FLINK)/cluster --jars $(FLINK)/lib
flink-down:
	$(BIN)/python requirements/flink/cluster.py down $(FLINK)/cluster

# Makes a second environment that adds the packages of Google Cloud to those of .venv: they would slow down
# each start of newslake. In it, Beam translates the DAG for Dataflow.
DATAFLOW := $(VENV)/share/newslake/dataflow

dataflow: $(DATAFLOW)/.ready
$(DATAFLOW)/.ready: requirements/dataflow.txt | $(VENV)/.test-ready
	$(BIN)/python -m venv --without-pip $(DATAFLOW)
	$(BIN)/python -c "import site; print('import site; site.addsitedir(%r)' % site.getsitepackages()[0])" \
		> "$$($(DATAFLOW)/bin/python -c 'import site; print(site.getsitepackages()[0])')/newslake.pth"
	$(DATAFLOW)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dataflow.txt
	touch $@
