"""A new column is one edit in one file: a copy of the package with one more column does the rest."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from lakes import announcement, article, commit, rows_of
from paths import ROOT, TESTS
from waits import HANG_SECONDS

from newslake.transforms.dedupe.lake_index import open_lake

URL = "https://example.org/story"
STORY = article("story", url=URL, canonical_url=URL)

NEXT = "\n\n@record\nclass Fetch:"
"""The source after the columns of the table `announcements`."""

NEW = """\
    summary: Annotated[str | None, Column(50, "publisher", protected=TEXT),
        "The publisher's summary; null if none is stated."] = "A default summary."
"""
WITHOUT_DEFAULT = '    content_source: Annotated[str, Column(11, "Poll"'
"""The start of the last column of `announcements` that has no default."""

REQUIRED = """\
    summary: Annotated[str, Column(50, "publisher"), "The publisher's summary."]
"""

FETCHED = """\
    visitor: Annotated[str, Column(50, "Fetch", protected=PERSONAL, forgotten=""),
        "Who asked."] = "me"
"""

USE = """
import json, sys
from lakes import announcement, article, commit, rows_of
from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
lake = open_lake(sys.argv[1])
lake.create()
url = "https://example.org/story"
commit(lake, article("story", url=url, canonical_url=url), announcement(url, summary="Secret words"))
read = lambda: rows_of(lake.storage.root, tables=["announcements"])["announcements"]
before = read()
assert main(["forget", url, "--grace", "0", "--yes", "--lake", sys.argv[1]]) == 0
assert main(["verify", "--lake", sys.argv[1]]) == 0
print(json.dumps([before, read()], default=str))
"""


def copy(folder, declaration):
    """Copy the package, and add a column to the table `announcements`."""
    for name in ("schemas", "transforms", "pipelines"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "newslake", folder / "newslake", symlinks=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    rows = folder / "schemas" / "rows.py"
    source = rows.read_text(encoding="utf-8")
    assert source.count(NEXT) == 1
    rows.write_text(source.replace(NEXT, declaration + NEXT), encoding="utf-8")
    return folder


@pytest.fixture
def changed(tmp_path):
    return copy(tmp_path / "changed", NEW)


def python(folder, *words):
    paths = os.pathsep.join([str(folder), str(TESTS / "helpers")])
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    return done


def test_the_column_is_in_rows_documents_and_contract_and_is_forgotten(changed, tmp_path):
    done = python(changed, "-c", USE, tmp_path / "lake")
    assert done.returncode == 0, done.stderr
    [before], [after] = json.loads(done.stdout.splitlines()[-1])
    assert "Secret words" in before
    assert "Secret words" not in after

    tables = python(changed, "-m", "newslake", "schema").stdout
    assert (
        "| `summary` | string | yes | The publisher's summary; null if none is stated. |" in tables
    )
    contract = python(changed, "-c", "import contract; print(contract.described())").stdout
    assert "{'name': 'summary', 'type': 'string', 'nullable': True, 'id': 50}" in contract


@pytest.fixture
def lake(tmp_path):
    """A lake of this version, without the new column."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    commit(lake, STORY, announcement(URL))
    return lake.storage.root


AFTER_FETCH = "\n\n@record\nclass FeedCondition:"

FORGET_FETCHES = """
import sys
from lakes import article, commit, fetch, rows_of
from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
lake = open_lake(sys.argv[1])
lake.create()
url = "https://example.org/story"
story = article("story", url=url, canonical_url=url)
fetches = [
    fetch(url, document_id=story.document_id, visitor="Ann"),
    fetch(url, outcome="waiting", started_at=story.published_at.replace(hour=1), visitor="Bo"),
    fetch("https://example.org/other", visitor="Cy"),
]
commit(lake, story, *fetches)
assert main(["forget", url, "--grace", "0", "--yes", "--lake", sys.argv[1]]) == 0
print(sorted(row[-1] for row in rows_of(lake.storage.root, tables=["fetches"])["fetches"]))
"""


def test_forget_clears_all_fetches_of_a_url(tmp_path):
    folder = edited(tmp_path, "schemas/rows.py", AFTER_FETCH, FETCHED + AFTER_FETCH)
    done = python(folder, "-c", FORGET_FETCHES, tmp_path / "lake")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['', '', 'Cy']"


@pytest.mark.parametrize(
    "command", [["query", "--lake"], ["verify", "--lake"], ["compact", "--idle", "0", "--lake"]]
)
def test_a_lake_without_the_column_is_refused_before_anything_is_written(changed, lake, command):
    before = sorted((path, path.stat().st_mtime_ns) for path in lake.rglob("*"))
    done = python(changed, "-m", "newslake", *command, lake)
    assert done.returncode == 1
    assert "copy it with `newslake migrate`" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted((path, path.stat().st_mtime_ns) for path in lake.rglob("*")) == before


def test_migrate_gives_old_rows_the_default_of_the_column(changed, lake, tmp_path):
    before = rows_of(lake)
    done = python(changed, "-m", "newslake", "migrate", lake, tmp_path / "new")
    assert done.returncode == 0, done.stderr
    query = [
        "query",
        "SELECT summary FROM announcements",
        "--format",
        "json",
        "--lake",
        tmp_path / "new",
    ]
    done = python(changed, "-m", "newslake", *query)
    assert json.loads(done.stdout) == {"summary": "A default summary."}
    assert rows_of(tmp_path / "new") == before
    assert python(changed, "-m", "newslake", "verify", "--lake", tmp_path / "new").returncode == 0


def test_a_required_column_without_a_default_cannot_be_migrated(lake, tmp_path):
    folder = edited(tmp_path, "schemas/rows.py", WITHOUT_DEFAULT, REQUIRED + WITHOUT_DEFAULT)
    for command in (["query", "--lake", lake], ["migrate", lake, tmp_path / "new"]):
        done = python(folder, "-m", "newslake", *command)
        assert done.returncode == 1
        assert "announcements.summary is new and has no default" in done.stderr
        assert "which created it" in done.stderr
    assert not list(tmp_path.glob("new*"))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            "    revised: Annotated[bool",
            "    is_revised: Annotated[bool",
            "announcements.revised was removed",
        ),
        (
            "    revised: Annotated[bool",
            "    revised: Annotated[str",
            "announcements.revised was bool, is string",
        ),
        (
            "    agency: Annotated[str | None, Column(10",
            "    agency: Annotated[str, Column(10",
            "duplicates.agency could be null, is required",
        ),
    ],
)
def test_a_removed_retyped_or_required_column_is_named(lake, tmp_path, old, new, why):
    refused(edited(tmp_path, "schemas/rows.py", old, new), lake, tmp_path, why)


def test_another_partition_key_is_named(lake, tmp_path):
    old = 'unique=("announcement_id",), partition_key="run_date",'
    folder = edited(tmp_path, "schemas/tables.py", old, 'unique=("announcement_id",),')
    why = "announcements was partitioned by run_date, is partitioned by published_date"
    refused(folder, lake, tmp_path, why)


def edited(tmp_path, name, old, new):
    folder = copy(tmp_path / "changed", "")
    source = (folder / name).read_text(encoding="utf-8")
    assert source.count(old) == 1
    (folder / name).write_text(source.replace(old, new), encoding="utf-8")
    return folder


def refused(folder, lake, tmp_path, why):
    for command in (["query", "--lake", lake], ["migrate", lake, tmp_path / "new"]):
        done = python(folder, "-m", "newslake", *command)
        assert done.returncode == 1
        assert why in done.stderr
    assert not list(tmp_path.glob("new*"))
