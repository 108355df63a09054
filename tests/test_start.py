"""Commands that only read start at once: they import no library that takes long to load."""

import shutil
import subprocess
import sys

import pytest
from lakes import announcement, commit
from paths import ROOT
from waits import HANG_SECONDS

import newslake
from newslake.transforms.dedupe.lake_index import open_lake

SLOW = {"apache_beam", "numpy", "pandas", "pyarrow", "spacy", "thinc", "trafilatura"}
"""Libraries that take longer to load than DuckDB, or that load such a library."""

START = """
import atexit, sys
atexit.register(lambda: print("imported:", *sorted(sys.modules), file=sys.stderr))
"""
RUN = "from newslake.pipelines.cli import main; sys.exit(main())"

COMMANDS = [
    "--help",
    "--version",
    "query --help",
    "report --help",
    "export --help",
    "schema --help",
    "feeds --help",
    "serve --help",
    "mcp --help",
    "feeds list --help",
    "query --all --lake LAKE",
    "query SELECT/1 --lake LAKE",
    "query FROM/events --format csv --lake LAKE",
    "query FROM/outcomes --format json --lake LAKE",
    "query FROM/articles --as-of 1 --format parquet -o NEW --lake LAKE",
    "export --lake LAKE",
    "export --format csv --names news-please --as-of 2 --lake LAKE",
    "schema",
    "schema mentions --json",
    "schema --sql --lake LAKE",
    "feeds list FEEDS",
    "feeds list FEEDS --lake LAKE --json",
    "feeds export FEEDS",
    "completion bash",
]
"""Command lines; `/` stands for a space in an argument."""


@pytest.fixture(scope="module")
def places(tmp_path_factory, made_lake):
    folder = tmp_path_factory.mktemp("start")
    feeds = folder / "feeds.opml"
    feeds.write_text('<opml><body><outline xmlUrl="https://example.org/feed"/></body></opml>')
    lake = open_lake(shutil.copytree(made_lake.storage.root, folder / "lake"))
    commit(lake, announcement("https://example.org/1"), number=9)
    return {"LAKE": lake.storage.root, "FEEDS": feeds, "NEW": folder / "new.parquet"}


def imported_by(code, *words):
    """Run `code`; return what it printed, and the top-level modules that it imported."""
    command = [sys.executable, "-c", START + code, *map(str, words)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stderr
    printed, _, modules = done.stderr.partition("imported: ")
    assert printed == ""
    return done.stdout, {name.split(".")[0] for name in modules.split()}


def test_settings_import_nothing_slow(places, tmp_path):
    (tmp_path / "newslake.toml").write_text(f'lake = "{places["LAKE"]}"\n')
    _, modules = imported_by(RUN, "query", "--config", tmp_path / "newslake.toml", "SELECT 1")
    assert "tomllib" in modules
    assert modules.isdisjoint(SLOW)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_only_reads_imports_nothing_slow(places, line):
    words = [places.get(word, word.replace("/", " ")) for word in line.split()]
    printed, modules = imported_by(RUN, *words)
    assert "newslake" in modules
    assert modules.isdisjoint(SLOW)
    assert printed or "NEW" in line


def test_the_python_package_imports_nothing_slow_and_prints_nothing():
    code = "import newslake; newslake.Lake, newslake.connect, newslake.__version__"
    printed, modules = imported_by(code)
    assert modules.isdisjoint(SLOW)
    assert printed == ""


def test_a_query_does_not_declare_the_records_of_the_stages():
    code = (
        "import newslake.pipelines.commands.query; print('newslake.schemas.records' in sys.modules)"
    )
    printed, _ = imported_by(code)
    assert printed == "False\n"


def test_only_the_columns_on_silence_need_numpy(places):
    words = ["query", "FROM coverage", "--format", "json", "--lake", places["LAKE"]]
    printed, modules = imported_by(RUN, *words)
    assert '"silent_since": null' in printed
    assert modules & SLOW == {"numpy"}


@pytest.mark.parametrize(
    "line",
    [
        "doctor --lake LAKE",
        "forget https://example.org/one --dry-run --lake LAKE",
        "compact --idle 0 --lake LAKE",
    ],
)
def test_a_command_without_a_pipeline_needs_the_files_of_the_lake_but_no_beam(places, line):
    _, modules = imported_by(RUN, *(places.get(word, word) for word in line.split()))
    assert modules & SLOW == {"numpy", "pyarrow"}


def test_the_version_is_that_of_the_package():
    printed, _ = imported_by(RUN, "--version")
    assert printed == f"newslake {newslake.__version__}\n"
