# Runners of Beam that are not written in Python. `make run` does not need them.

BEAM := 2.77.0

.PHONY: prism flink flink-up flink-down

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
	$(BIN)/python requirements/flink/cluster.py up $(FLINK)
flink-down:
	$(BIN)/python requirements/flink/cluster.py down $(FLINK)
