"""No option is accepted and ignored.

For each option and argument of each command, `LINES` has two command lines that differ in this option
only. Their outcomes differ in the exit code, the output, the requests, the files or the rows.
"""

import pytest
from clocks import FakeClock, leaping
from hostile import server_in_a_thread
from outcomes import FEED, Runner, options_of_parsers, serve
from visits import holding

from newslake.pipelines import progress, replay
from newslake.pipelines.commands import feed_requests
from newslake.pipelines.follower import follower
from newslake.transforms.fetch import guard

IN = "backfill in --lake new --no-events"
LONG = "backfill long.txt large.html --lake new --no-events"
CROWDED = "backfill crowded.html --lake new --no-events"
SLOW = "backfill slow.html --lake new --no-events --max-attributes 80000"
EVENTS = "backfill in/page.html --lake new"
PAGE = "follow SITE/page.xml --lake new --once --allow-private --no-events"
ALWAYS = "follow SITE/page.xml --lake new --allow-private --no-events"
MANY = "follow SITE/many.xml --lake new --once --allow-private --no-events"
FOLLOW_EVENTS = "follow SITE/page.xml --lake new --once --allow-private"
QUERY = "query 'SELECT title FROM articles ORDER BY title' --lake lake"
EXPORT = "export --lake lake"
REPORT = "report -o report.html --lake lake"
CLOUDS = {f"127.0.0.{number}": "a cloud" for number in (2, 3, 4, 5, 6)}
"""Addresses that count as metadata services; the rules of a site are kept for the next run."""
REPLAY = "replay --lake refused --no-events"
REPLAY_PAGE = "replay --lake unfetched --run 1 --allow-private --no-events"
REPLAY_PAGES = "replay --lake unfetched --run 4 --allow-private --no-events"
REPLAY_CLOUD = "replay --lake unfetched --host 127.0.0.5 --no-events"
DOCTOR = "doctor --lake unfetched"
FORGET = "forget in --lake lake --yes --grace 0"
ADD = "feeds add new.opml SITE/page.xml --allow-private"
CHECK = "feeds check SITE/page.xml"


def plus(line, more):
    """Return `line`, and `line` with one option more."""
    return line, f"{line} {more}"


LINES = {
    "backfill PATH": (IN, "backfill days.jsonl --lake new --no-events"),
    "backfill --lake": (IN, "backfill in --lake other --no-events"),
    "backfill --workers": plus(f"{IN} --runner DataflowRunner", "--workers 2"),
    "backfill --runner": plus(IN, "--runner DaskRunner"),
    "backfill --max-reject-share": plus(IN, "--max-reject-share 0.1"),
    "backfill --partition": plus(IN, "--partition year"),
    "backfill --json": plus(IN, "--json"),
    "backfill --chunk-documents": plus(IN, "--chunk-documents 1"),
    "backfill --chunk-mb": plus(LONG, "--chunk-mb 1"),
    "backfill --max-document-mb": plus(LONG, "--max-document-mb 1"),
    "backfill --max-html-mb": plus(LONG, "--max-html-mb 1"),
    "backfill --max-depth": plus("backfill deep.html --lake new --no-events", "--max-depth 20"),
    "backfill --max-tags": plus(IN, "--max-tags 3"),
    "backfill --max-attributes": plus(CROWDED, "--max-attributes 2000"),
    "backfill --max-seconds": plus(SLOW, "--max-seconds 1"),
    "backfill --max-memory-mb": plus(LONG, "--max-memory-mb 1"),
    "backfill --respect-optouts": plus(
        "backfill reserved.html --lake new --no-events", "--respect-optouts"
    ),
    "backfill --events": plus(EVENTS, "--no-events"),
    "backfill --min-confidence": plus(EVENTS, "--min-confidence 1"),
    "backfill --event-model": plus(EVENTS, "--event-model large"),
    "follow FEEDS": (PAGE, MANY),
    "follow --lake": (PAGE, PAGE.replace("new", "other")),
    "follow --once": (f"{ALWAYS} --for 3h", PAGE),
    "follow --strict": plus(PAGE.replace("--lake", "SITE/none.xml --lake"), "--strict"),
    "follow --every": plus(f"{ALWAYS} --for 3h", "--every 2h"),
    "follow --flush": plus(f"{ALWAYS} --for 3h", "--flush 3h"),
    "follow --for": (f"{ALWAYS} --for 3h", f"{ALWAYS} --for 1h"),
    "follow --runner": plus(PAGE, "--runner DaskRunner"),
    "follow --metrics": plus(PAGE, "--metrics 0"),
    "follow --workers": plus(f"{ALWAYS} --runner PrismRunner --prism_location=none", "--workers 2"),
    "follow --stream": plus(f"{ALWAYS} --runner PrismRunner --prism_location=none", "--stream a/b"),
    "follow --partition": plus(PAGE, "--partition year"),
    "follow --json": plus(PAGE, "--json"),
    "follow --contact": plus(PAGE, "--contact you@example.org"),
    "follow --allow-private": (PAGE, PAGE.replace("--allow-private", "")),
    "follow --allow-metadata": plus(
        "follow http://127.0.0.2/feed --lake new --once", "--allow-metadata"
    ),
    "follow --pages-per-site": plus(MANY, "--pages-per-site 1"),
    "follow --warc": plus(PAGE, "--warc archive"),
    "follow --max-html-mb": plus(PAGE.replace("page", "large"), "--max-html-mb 1"),
    "follow --max-depth": plus(PAGE.replace("page", "deep"), "--max-depth 20"),
    "follow --max-tags": plus(PAGE, "--max-tags 3"),
    "follow --max-attributes": plus(PAGE.replace("page", "crowded"), "--max-attributes 2000"),
    "follow --max-seconds": plus(
        f"{PAGE.replace('page', 'slow')} --max-attributes 80000", "--max-seconds 1"
    ),
    "follow --max-memory-mb": plus(PAGE.replace("page", "large"), "--max-memory-mb 1"),
    "follow --respect-optouts": plus(PAGE.replace("page", "reserved"), "--respect-optouts"),
    "follow --events": (FOLLOW_EVENTS, PAGE),
    "follow --min-confidence": plus(FOLLOW_EVENTS, "--min-confidence 1"),
    "follow --event-model": plus(FOLLOW_EVENTS, "--event-model large"),
    "replay --lake": (REPLAY, REPLAY.replace("refused", "nowhere")),
    "replay --reason": plus(REPLAY, "--reason empty"),
    "replay --stage": plus(REPLAY, "--stage Read"),
    "replay --run": plus(REPLAY, "--run none"),
    "replay --host": plus(REPLAY, "--host example.org"),
    "replay --dry-run": plus(REPLAY, "--dry-run"),
    "replay --json": plus(REPLAY, "--json"),
    "replay --contact": plus(REPLAY_PAGE, "--contact you@example.org"),
    "replay --allow-private": (REPLAY_PAGE, REPLAY_PAGE.replace("--allow-private", "")),
    "replay --allow-metadata": plus(REPLAY_CLOUD, "--allow-metadata"),
    "replay --pages-per-site": plus(REPLAY_PAGES, "--pages-per-site 1"),
    "replay --warc": plus(REPLAY_PAGE, "--warc archive"),
    "replay --max-document-mb": plus(REPLAY, "--max-document-mb 1"),
    "replay --max-html-mb": plus(REPLAY, "--max-html-mb 1"),
    "replay --max-depth": plus(REPLAY, "--max-depth 20"),
    "replay --max-tags": plus(REPLAY, "--max-tags 3"),
    "replay --max-attributes": plus(REPLAY, "--max-attributes 2000"),
    "replay --max-seconds": plus(f"{REPLAY} --max-attributes 80000", "--max-seconds 1"),
    "replay --max-memory-mb": plus(REPLAY, "--max-memory-mb 1"),
    "replay --respect-optouts": plus(REPLAY, "--respect-optouts"),
    "replay --events": (REPLAY.removesuffix(" --no-events"), REPLAY),
    "replay --min-confidence": plus(REPLAY.removesuffix(" --no-events"), "--min-confidence 1"),
    "replay --event-model": plus(REPLAY.removesuffix(" --no-events"), "--event-model large"),
    "feeds add FEEDS": (ADD, ADD.replace("new.opml", "feeds.opml")),
    "feeds add URL": (ADD, ADD.replace("page", "many")),
    "feeds add --folder": plus(ADD, "--folder News"),
    "feeds add --lake": plus(ADD, "--lake lake"),
    "feeds add --contact": plus(ADD, "--contact https://example.org/"),
    "feeds add --allow-private": (ADD, ADD.replace("--allow-private", "")),
    "feeds add --allow-metadata": plus(
        "feeds add new.opml http://127.0.0.3/feed", "--allow-metadata"
    ),
    "feeds remove FEEDS": (f"feeds remove feeds.txt {FEED}", f"feeds remove feeds.opml {FEED}"),
    "feeds remove URL": (f"feeds remove feeds.txt {FEED}", f"feeds remove feeds.txt {FEED}/2"),
    "feeds pause FEEDS": (f"feeds pause feeds.txt {FEED}", f"feeds pause feeds.opml {FEED}"),
    "feeds pause URL": (f"feeds pause feeds.txt {FEED}", f"feeds pause feeds.txt {FEED}/2"),
    "feeds resume FEEDS": (f"feeds resume feeds.txt {FEED}", f"feeds resume none.txt {FEED}"),
    "feeds resume URL": (f"feeds resume feeds.txt {FEED}", f"feeds resume feeds.txt {FEED}/9"),
    "feeds list FEEDS": ("feeds list feeds.txt", "feeds list feeds.opml"),
    "feeds list --lake": plus("feeds list feeds.txt", "--lake lake"),
    "feeds list --json": plus("feeds list feeds.txt", "--json"),
    "feeds list --wide": plus("feeds list feeds.txt --json", "--wide"),
    "feeds list --tz": plus("feeds list feeds.txt", "--tz Asia/Tokyo"),
    "feeds check FEEDS": ("feeds check saved.xml", "feeds check nowhere.xml"),
    "feeds check --contact": plus(f"{CHECK} --allow-private", "--contact you@example.org"),
    "feeds check --allow-private": plus(CHECK, "--allow-private"),
    "feeds check --allow-metadata": plus("feeds check http://127.0.0.4/feed", "--allow-metadata"),
    "feeds check --json": plus("feeds check saved.xml", "--json"),
    "feeds check --wide": plus("feeds check saved.xml --json", "--wide"),
    "feeds check --tz": plus("feeds check saved.xml", "--tz Asia/Tokyo"),
    "feeds import FEEDS": ("feeds import a.txt feeds.txt", "feeds import feeds.txt feeds.txt"),
    "feeds import LIST": ("feeds import a.txt feeds.txt", "feeds import a.txt feeds.opml"),
    "feeds export FEEDS": ("feeds export feeds.txt", "feeds export feeds.opml"),
    "feeds export --format": plus("feeds export feeds.txt", "--format text"),
    "explain SENTENCE": ("explain 'Norway praised Peru.'", "explain 'Norway bombed Peru.'"),
    "explain --article": ("explain a --lake lake", "explain --article a --lake lake"),
    "explain --lake": plus("explain --article a", "--lake lake"),
    "explain --event-model": plus("explain 'Norway praised Peru.'", "--event-model large"),
    "explain --json": plus("explain 'Norway praised Peru.'", "--json"),
    "query --lake": (QUERY, QUERY.replace("--lake lake", "--lake nowhere")),
    "query SQL": ("query 'SELECT 1' --lake lake", "query 'SELECT 2' --lake lake"),
    "query --file": plus("query --lake lake", "--file one.sql"),
    "query --as-of": plus(QUERY, "--as-of 1"),
    "query --all": plus("query 'SELECT count(*) FROM mentions' --lake lake", "--all"),
    "query --format": plus(QUERY, "--format csv"),
    "query --output": plus(f"{QUERY} --format csv", "--output titles.csv"),
    "query --limit": plus(QUERY, "--limit 1"),
    "query --tz": plus(
        "query \"SELECT TIMESTAMPTZ '2026-03-01'\" --lake lake", "--tz America/Lima"
    ),
    "query --wide": plus(f"{QUERY} --format csv", "--wide"),
    "export --lake": (EXPORT, "export --lake nowhere"),
    "export --table": plus(EXPORT, "--table rejects"),
    "export --all": plus(EXPORT, "--all"),
    "export --format": plus(EXPORT, "--format csv"),
    "export --names": plus(EXPORT, "--names news-please"),
    "export --published": plus(EXPORT, "--published 2026-03-01 2026-03-01"),
    "export --as-of": plus(EXPORT, "--as-of 1"),
    "export --tz": plus(EXPORT, "--tz America/Lima"),
    "export --output": plus(EXPORT, "--output articles.jsonl"),
    "report --lake": (REPORT, "report -o report.html --lake nowhere"),
    "report --output": (REPORT, "report -o other.html --lake lake"),
    "report --from": plus(REPORT, "--from 2026-03-09"),
    "report --to": plus(REPORT, "--to 2026-03-01"),
    "report --source": plus(REPORT, "--source nobody.example"),
    "report --language": plus(REPORT, "--language xx"),
    "report --no-text": plus(REPORT, "--no-text"),
    "report --tz": plus(f"{REPORT} --json", "--tz Asia/Tokyo"),
    "report --json": plus(REPORT, "--json"),
    "compact --lake": ("compact --lake lake", "compact --lake nowhere"),
    "compact --table": plus("compact --lake lake --idle 0", "--table mentions"),
    "compact --idle": plus("compact --lake lake", "--idle 0"),
    "compact --json": plus("compact --lake lake", "--json"),
    "reprocess --lake": ("reprocess --events --lake lake", "reprocess --events --lake nowhere"),
    "reprocess --events": ("reprocess --lake lake", "reprocess --lake lake --events"),
    "reprocess --published": plus(
        "reprocess --events --lake lake --min-confidence 1", "--published 2025-01-01 2025-12-31"
    ),
    "reprocess --min-confidence": plus("reprocess --events --lake lake", "--min-confidence 1"),
    "reprocess --event-model": plus("reprocess --events --lake lake", "--event-model large"),
    "reprocess --json": plus("reprocess --events --lake lake", "--json"),
    "forget --lake": ("forget nobody --lake lake", "forget nobody --lake nowhere"),
    "forget WHAT": ("forget nobody --lake lake --grace 0", FORGET),
    "forget --grace": (FORGET, FORGET.replace("--grace 0", "--grace 1.01")),
    "forget --dry-run": (FORGET, "forget in --lake lake --dry-run"),
    "forget --yes": (FORGET.replace("--yes", ""), FORGET),
    "forget --json": plus(FORGET, "--json"),
    "migrate OLD": (
        "migrate lake new --partition year",
        "migrate nowhere new --partition year",
    ),
    "migrate NEW": ("migrate lake new --partition year", "migrate lake other --partition year"),
    "migrate --partition": plus("migrate lake new", "--partition year"),
    "reindex --lake": ("reindex --lake lake", "reindex --lake nowhere"),
    "reindex --json": plus("reindex --lake lake", "--json"),
    "verify --lake": ("verify --lake lake", "verify --lake nowhere"),
    "verify --json": plus("verify --lake lake", "--json"),
    "verify --repair": plus("verify --lake lake --json", "--repair"),
    "doctor --lake": plus("doctor", "--lake lake"),
    "doctor --tz": plus("doctor", "--tz Asia/Tokyo"),
    "doctor --flink": plus("doctor", "--flink"),
    "doctor --online": plus(DOCTOR, "--online --allow-private"),
    "doctor --json": plus("doctor", "--json"),
    "doctor --contact": plus(f"{DOCTOR} --online --allow-private", "--contact you@example.org"),
    "doctor --allow-private": plus(f"{DOCTOR} --online", "--allow-private"),
    "doctor --allow-metadata": plus(f"{DOCTOR} --online", "--allow-metadata"),
    "schema TABLE": ("schema mentions", "schema runs"),
    "schema --sql": ("schema", "schema --sql --lake lake"),
    "schema --lake": plus("schema --sql", "--lake lake"),
    "schema --json": plus("schema mentions", "--json"),
    "config --json": plus("config", "--json"),
    "completion SHELL": ("completion bash", "completion fish"),
}
"""Two command lines for each option and argument. Without a line here, a new option fails the test."""

FIRST_LINES = {name.rpartition(" ")[0]: lines[0] for name, lines in reversed(LINES.items())}
"""A command line for each command and each action of `feeds`."""


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    leaping.cache_clear()
    folder, clock = tmp_path_factory.mktemp("options"), FakeClock()
    with (
        server_in_a_thread(clock) as server,
        holding(leaping()),
        pytest.MonkeyPatch.context() as patch,
    ):
        serve(server)
        for module in (follower, replay):
            patch.setattr(module, "Clock", leaping)
        patch.setattr(feed_requests, "Clock", lambda: clock)
        patch.setattr(guard, "metadata", CLOUDS.get)
        patch.setattr(progress, "PAUSE", float("inf"))
        yield Runner(folder, server)


def test_each_option_of_each_command_has_two_command_lines():
    assert sorted(LINES) == sorted(options_of_parsers())


@pytest.mark.parametrize("name", LINES)
def test_an_option_changes_what_the_command_does(runner, name):
    without, given = map(runner.outcome, LINES[name])
    assert without != given


@pytest.mark.parametrize("command", FIRST_LINES)
def test_the_same_command_line_has_the_same_outcome(runner, command):
    """Otherwise, two different outcomes would prove nothing."""
    line = FIRST_LINES[command]
    assert runner.run(line) == runner.outcome(line)
