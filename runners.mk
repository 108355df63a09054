# Programs of Beam that run the DAG outside of Python. Nothing of this is needed for `make run`.

BEAM := 2.77.0

.PHONY: prism flink

# Prism, Beam's runner in Go, built from the Go module of the same release; Go checks it against
# the public checksum database.
prism: $(BIN)/prism
$(BIN)/prism: | $(VENV)/.run-ready
	@command -v go >/dev/null || { echo "make prism: needs Go; there is no 'go'" >&2; exit 1; }
	GOBIN=$(abspath $(BIN)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$(BEAM)

# Flink's job server, put where Beam looks for it. Maven refuses what does not match the
# repository's checksum; a SHA-256 can be pinned on top.
FLINK := 2.2
FLINK_SHA256 :=
FLINK_JAR := beam-runners-flink-$(FLINK)-job-server-$(BEAM).jar
BEAM_JARS := $(HOME)/.apache_beam/cache/jars

flink: $(BEAM_JARS)/$(FLINK_JAR)
$(BEAM_JARS)/$(FLINK_JAR):
	@command -v java >/dev/null || { echo "make flink: Flink needs Java 17; there is no 'java'" >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "make flink: needs Maven; there is no 'mvn'" >&2; exit 1; }
	@mkdir -p $(BEAM_JARS)
	@room=$$(mktemp -d $(BEAM_JARS)/fetch-XXXXXX) && trap 'rm -rf "$$room"' EXIT && \
	mvn --batch-mode --quiet --strict-checksums \
		org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dmdep.useBaseVersion=true \
		-Dartifact=org.apache.beam:beam-runners-flink-$(FLINK)-job-server:$(BEAM) \
		-DoutputDirectory="$$room" >"$$room/log" 2>&1 \
		|| { grep -m 1 ERROR "$$room/log" >&2; echo "make flink: Maven could not fetch $(FLINK_JAR)" >&2; exit 1; }; \
	test -z "$(FLINK_SHA256)" || echo "$(FLINK_SHA256)  $$room/$(FLINK_JAR)" | sha256sum --check --status \
		|| { echo "make flink: $(FLINK_JAR) is not the pinned file" >&2; exit 1; }; \
	mv "$$room/$(FLINK_JAR)" "$@"
