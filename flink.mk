# make flink   put Beam's Flink job server where Beam looks for it, so that nothing is downloaded in a run

FLINK := 2.2
FLINK_BEAM := 2.77.0
# SHA-256 of the jar. Without it the target refuses: nothing unchecked gets into the cache.
FLINK_SHA256 :=
FLINK_NAME := beam-runners-flink-$(FLINK)-job-server
FLINK_JAR := $(HOME)/.apache_beam/cache/jars/$(FLINK_NAME)-$(FLINK_BEAM).jar
MAVEN_DEPENDENCY := org.apache.maven.plugins:maven-dependency-plugin:3.6.1

.PHONY: flink
flink:
	@test -n "$(FLINK_SHA256)" || { echo "make flink: no SHA-256 is pinned for $(FLINK_NAME)-$(FLINK_BEAM).jar; set FLINK_SHA256 in flink.mk" >&2; exit 1; }
	@command -v java >/dev/null || { echo "make flink: needs Java 17 to run Flink; there is no 'java'" >&2; exit 1; }
	@if echo "$(FLINK_SHA256)  $(FLINK_JAR)" | sha256sum --check --status 2>/dev/null; then \
		echo "make flink: $(FLINK_JAR) is there"; exit 0; \
	fi; \
	command -v mvn >/dev/null || { echo "make flink: needs Maven to fetch the job server; there is no 'mvn'" >&2; exit 1; }; \
	mkdir -p "$(dir $(FLINK_JAR))" && room=$$(mktemp -d "$(dir $(FLINK_JAR))fetch-XXXXXX") || exit 1; \
	trap 'rm -rf "$$room"' EXIT; \
	mvn --batch-mode --quiet $(MAVEN_DEPENDENCY):copy -Dmdep.useBaseVersion=true \
		-Dartifact=org.apache.beam:$(FLINK_NAME):$(FLINK_BEAM) -DoutputDirectory="$$room" \
		|| { echo "make flink: Maven could not fetch $(FLINK_NAME) $(FLINK_BEAM)" >&2; exit 1; }; \
	echo "$(FLINK_SHA256)  $$room/$(FLINK_NAME)-$(FLINK_BEAM).jar" | sha256sum --check --status \
		|| { echo "make flink: what Maven fetched is not the pinned file; it was thrown away" >&2; exit 1; }; \
	mv "$$room/$(FLINK_NAME)-$(FLINK_BEAM).jar" "$(FLINK_JAR)" && echo "make flink: $(FLINK_JAR) is ready"
