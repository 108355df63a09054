"""Each command in each bad state of disk and machine: it works, or it names file, cause and remedy."""

import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lakes import commit, rejected, rows_of
from outcomes import SERVERS
from states import DAMAGE, FILES, MACHINE

from newslake.pipelines.cli import COMMANDS, main
from newslake.pipelines.sql import views
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import first

FEED = "https://127.0.0.1/feed"

LINES = {
    "backfill": "backfill DOCUMENT --no-events --lake LAKE",
    "follow": "follow LIST --once --lake LAKE",
    "replay": "replay --no-events --lake LAKE",
    "feeds": "feeds list LIST --lake LAKE",
    "query": "query FROM/articles --format csv --lake LAKE",
    "query the overview": "query --lake LAKE",
    "query an old state": "query FROM/articles --as-of 6 --format parquet -o NEW --lake LAKE",
    "export": "export --lake LAKE",
    "report": "report -o PAGE --lake LAKE",
    "compact": "compact --idle 0 --lake LAKE",
    "reprocess": "reprocess --events --lake LAKE",
    "forget": "forget https://example.org/two --yes --grace 0 --lake LAKE",
    "migrate": "migrate LAKE NEW --partition month",
    "reindex": "reindex --lake LAKE",
    "verify": "verify --lake LAKE",
    "verify and repair": "verify --repair --lake LAKE",
    "doctor": "doctor --lake LAKE",
    "schema": "schema --sql --lake LAKE",
    "explain": "explain Norway",
    "config": "config",
    "completion": "completion bash",
}
"""Command lines; `/` stands for a space in an argument of `query`."""

WRITERS = {"backfill", "follow", "replay", "compact", "reprocess", "forget", "reindex", "verify"}
READERS = {"query", "query the overview", "query an old state", "export", "report"}
OF_LOG = {*WRITERS, "report", "query an old state", "migrate"}
OF_ROWS = {*READERS, *WRITERS, "migrate"} - {"backfill", "follow"}
EVERY = {*LINES} - {"feeds", "explain", "config", "completion"}

FAIL = {
    "the marker": dict.fromkeys(("missing", "empty", "garbage", "folder"), EVERY),
    "an entry": dict.fromkeys(("missing", "empty", "garbage", "folder"), OF_LOG),
    "the last entry": {"missing": OF_LOG},
    "the index": {"folder": WRITERS},
    "the feeds' state": {"folder": {"follow", "feeds"}},
    "a Parquet file": {
        "missing": {
            "query an old state",
            "report",
            "compact",
            "reprocess",
            "migrate",
            "verify",
            "reindex",
        },
        **dict.fromkeys(("empty", "garbage"), OF_ROWS),
        "folder": {
            "query an old state",
            "report",
            "compact",
            "reprocess",
            "migrate",
            "verify",
            "reindex",
        },
    },
}
"""The commands that cannot work with such a file. All others may work, or fail with a sentence."""

FAIL_ON_MACHINE = {
    "EIO": {*WRITERS, *EVERY},
    "ENOSPC": {*WRITERS, *EVERY} - {"verify"},
    "read-only": {*WRITERS, *EVERY} - {"verify"},
    "EMFILE": {*WRITERS, *READERS},
    "no locks": {*WRITERS, "migrate"},
    "no threads": {"backfill", *WRITERS},
    "too little memory": EVERY,
}

CASES = [
    pytest.param(what, harm, id=f"{what} {harm.__name__}")
    for what in FILES
    for harm in DAMAGE
    if harm.__name__ in FAIL[what] or what != "the last entry"
]

REMEDY = re.compile(
    r"; (restore it|delete it|check the disk|free some|choose a path|raise the limit|end other|"
    r"put the lake|run the same|move it|`newslake verify|`newslake feeds check)|\n {8}newslake verify"
)


@pytest.fixture(scope="module")
def origin(made_lake, tmp_path_factory):
    """The lake `made_lake` with one more commit, a reject, and with the state of a feed."""
    copy = shutil.copytree(made_lake.storage.root, tmp_path_factory.mktemp("origin") / "lake")
    lake = open_lake(copy)
    commit(lake, rejected("bad"), number=5)
    with FeedStates(lake.storage.path(NAME)) as states:
        now = datetime.now(UTC)
        states.save([first(FEED, now + timedelta(days=1))])
    return lake.storage.root


@pytest.fixture
def lake(origin, tmp_path):
    return shutil.copytree(origin, tmp_path / "lake")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(views, "FIRST_PAUSE", 0.0)


@pytest.fixture
def run(lake, tmp_path, capsys):
    """Return a function that runs a command line of `LINES`; it returns exit code and messages."""
    document, feeds = tmp_path / "document.txt", tmp_path / "feeds.txt"
    document.write_text("A title\n\n" + "A text that is long enough. " * 20)
    feeds.write_text(FEED)
    places = {
        "LAKE": lake,
        "NEW": tmp_path / "new",
        "PAGE": tmp_path / "page.html",
        "DOCUMENT": document,
        "LIST": feeds,
    }

    def run(name):
        words = LINES[name].split()
        words = [str(places.get(word, word)) for word in words]
        if name.startswith("query"):
            words = [word.replace("FROM/", "FROM ") for word in words]
        code = main(words)
        captured = capsys.readouterr()
        problems = captured.out if name in {"verify", "verify and repair", "doctor"} else ""
        return code, problems + captured.err

    return run


def test_the_table_has_every_command():
    assert {name.split()[0] for name in LINES} == {*COMMANDS} - SERVERS


def check(code, said, must_fail):
    """Check that a command worked, or failed with a sentence that names a remedy."""
    assert "this is a bug" not in said
    assert "Traceback" not in said
    assert "^^^" not in said
    assert code in ({1} if must_fail else {0, 1}), said
    if code == 1 and "nothing in the lake matches" not in said:
        assert REMEDY.search(said), said


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(("what", "harm"), CASES)
def test_a_damaged_file_is_named_with_cause_and_remedy(lake, run, what, harm, name):
    [path] = lake.glob(FILES[what])
    harm(path)
    code, said = run(name)
    must_fail = name in FAIL[what].get(harm.__name__, ())
    check(code, said, must_fail)
    if must_fail:
        assert str(path.relative_to(lake)) in said


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("state", MACHINE)
def test_a_used_up_machine_is_named_with_remedy_and_harms_nothing(lake, run, state, name):
    before = rows_of(lake)
    with MACHINE[state]():
        code, said = run(name)
    check(code, said, name in FAIL_ON_MACHINE[state])
    if code == 1:
        assert rows_of(lake) == before
        code, said = run(name)
        assert code == 0, said
    assert run("verify")[0] == 0


def test_a_full_disk_behind_standard_output_is_named(lake, monkeypatch, capsys):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["export", "--lake", str(lake)]) == 1
    assert "standard output: No space left on device; free some space" in capsys.readouterr().err


@pytest.mark.parametrize("size", [10, 8_000, 8_191, 8_192, 8_193, 9_000, 16_384, 20_000, 200_000])
def test_a_full_disk_is_named_however_much_is_printed(lake, monkeypatch, capsys, size):
    """Python's buffer holds 8,192 bytes. It drops more than that after the first error."""
    sql = f"SELECT repeat('x', {size - len('x')}) AS x"
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["query", sql, "--format", "csv", "--lake", str(lake)]) == 1
    assert "standard output: No space left on device; free some space" in capsys.readouterr().err


def test_a_day_that_does_not_exist_is_wrong_use(lake, capsys):
    words = ["export", "--published", "2026-13-01", "2026-13-02", "--lake", str(lake)]
    assert main(words) == 2
    assert "'2026-13-01' is not a day such as 2026-03-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "exit_code"), [("missing.parquet", 2), ("document.txt", 2), ("lake/**/*.parquet", 1)]
)
def test_a_query_of_a_wrong_file_is_wrong_use_but_damage_is_not(
    lake, run, tmp_path, capsys, file, exit_code
):
    [path] = lake.glob(FILES["a Parquet file"])
    path.write_bytes(b"garbage")
    sql = f"SELECT count(*) FROM read_parquet('{tmp_path}/{file}')"
    assert main(["query", sql, "--lake", str(lake)]) == exit_code
