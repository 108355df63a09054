# Runners of Beam that are not written in Python. `make run` does not need them.

BEAM := 2.77.0

.PHONY: prism flink

# Builds Prism, Beam's runner in Go, from the Go module of the same Beam release. Go verifies the
# module against the public checksum database.
prism: $(BIN)/prism
$(BIN)/prism: | $(VENV)/.run-ready
	@command -v go >/dev/null || { echo "make prism: Go is required; 'go' was not found" >&2; exit 1; }
	GOBIN=$(abspath $(BIN)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$(BEAM)

# Downloads Beam's Flink job server to the folder where Beam looks for it. Maven verifies the
# repository's checksum; FLINK_SHA256 can also pin the SHA-256 of the file.
FLINK := 2.2
FLINK_SHA256 :=
FLINK_JAR := beam-runners-flink-$(FLINK)-job-server-$(BEAM).jar
BEAM_JARS := $(HOME)/.apache_beam/cache/jars

flink: $(BEAM_JARS)/$(FLINK_JAR)
$(BEAM_JARS)/$(FLINK_JAR):
	@command -v java >/dev/null || { echo "make flink: Java 17 is required; 'java' was not found" >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "make flink: Maven is required; 'mvn' was not found" >&2; exit 1; }
	@mkdir -p $(BEAM_JARS)
	@tmp=$$(mktemp -d $(BEAM_JARS)/fetch-XXXXXX) && trap 'rm -rf "$$tmp"' EXIT && \
	mvn --batch-mode --quiet --strict-checksums \
		org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dmdep.useBaseVersion=true \
		-Dartifact=org.apache.beam:beam-runners-flink-$(FLINK)-job-server:$(BEAM) \
		-DoutputDirectory="$$tmp" >"$$tmp/log" 2>&1 \
		|| { grep -m 1 ERROR "$$tmp/log" >&2; echo "make flink: Maven could not download $(FLINK_JAR)" >&2; exit 1; }; \
	test -z "$(FLINK_SHA256)" || echo "$(FLINK_SHA256)  $$tmp/$(FLINK_JAR)" | sha256sum --check --status \
		|| { echo "make flink: the SHA-256 of $(FLINK_JAR) is not FLINK_SHA256" >&2; exit 1; }; \
	mv "$$tmp/$(FLINK_JAR)" "$@"
