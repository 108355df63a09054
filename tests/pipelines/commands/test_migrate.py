import json
import shutil
import signal
import subprocess
import sys
from hashlib import sha256

import duckdb
import newsroom
import pyarrow.parquet as pq
import pytest
from lakes import (
    ACCOUNTS,
    article,
    commit,
    duplicate,
    hexadecimal,
    mention,
    rejected,
    rows_of,
)
from paths import GOLDEN

from newslake.api import Lake
from newslake.pipelines.cli import main
from newslake.pipelines.commands.forget import forget
from newslake.schemas.partitions import UNITS
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import live_files

GONE = "image_url"
"""A column that is missing in the invented older schema."""


@pytest.fixture
def lake(tmp_path):
    """A lake after a compact and a forget."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    one, two = article("one"), article("two")
    commit(lake, one, mention(one), rejected("bad"))
    commit(lake, two, duplicate("copy", of="one"), article("secret"), number=1)
    forget(lake, [hexadecimal("secret")])
    assert main(["compact", "--idle", "0", "--lake", str(lake.storage.root)]) == 0
    commit(lake, article("three"), number=2)
    return lake


def make_older(lake):
    """Remove a column from all articles of `lake`, and mark them as schema 0."""
    digests = {}
    for file in live_files(lake.log.entries()).values():
        if file.table == "articles":
            path = lake.storage.path(file.final)
            pq.write_table(pq.ParquetFile(path).read().drop_columns([GONE]), path)
            digests[file.digest] = sha256(path.read_bytes()).hexdigest()
    for path in lake.storage.path("_log").glob("*.json"):
        content = path.read_text()
        for old, new in digests.items():
            content = content.replace(old, new)
        path.write_text(content)
    marker = lake.storage.path("_lake.json")
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"schema": 0}))


def test_an_older_lake_is_migrated_with_the_same_rows(lake, tmp_path, capsys):
    before = rows_of(lake.storage.root)
    make_older(lake)
    assert main(["query", "--lake", str(lake.storage.root)]) == 1
    assert "copy it with `newslake migrate`" in capsys.readouterr().err
    assert main(["migrate", str(lake.storage.root), str(tmp_path / "new")]) == 0
    assert "rows of schema" in capsys.readouterr().err
    assert rows_of(tmp_path / "new") == before
    assert main(["verify", "--lake", str(tmp_path / "new")]) == 0


@pytest.fixture
def format_1(tmp_path):
    """A lake of format 1 after a backfill in chunks, compact, forget, and another backfill."""
    shutil.unpack_archive(GOLDEN / "lake-format-1.tar.gz", tmp_path / "old")
    return tmp_path / "old" / "lake"


@pytest.fixture(params=[1, 2, 3])
def old_lake(tmp_path, request):
    """A lake of an older version: see `format_1`; the others also have rows of `follow`.

    That of format 3 lacks the columns of schema 3, and one of its rejects is forgotten.
    """
    shutil.unpack_archive(GOLDEN / f"lake-format-{request.param}.tar.gz", tmp_path / "old")
    return tmp_path / "old" / "lake"


OLD_NAMES = {"already_ingested": "known", "skipped": "passed_over"}


def test_a_lake_of_format_1_is_migrated_with_the_same_counts(format_1, tmp_path):
    assert main(["migrate", str(format_1), str(tmp_path / "new")]) == 0
    today, before = (
        duckdb.sql(f"SELECT {', '.join(names)} FROM '{lake}/runs/**/*.parquet' ORDER BY started_at")
        for lake, names in ((tmp_path / "new", OLD_NAMES), (format_1, OLD_NAMES.values()))
    )
    assert today.fetchall() == before.fetchall() == [(0, 0), (11, 0)]


EVERY_TABLE = (*ACCOUNTS, "announcements", "fetches")
NEW_COLUMNS = (
    *("run_id", "settings", "published_precision", "rejected_id"),
    *("rejects.url", "rejects.warc_file", "rejects.warc_offset", "fetches.unread_entries"),
    *("rejects.document", "articles.agency", "articles.live", "mentions.mode"),
    "mentions.place_precision",
)
"""Columns that the old lakes lack, and `run_id`."""


@pytest.mark.parametrize("options", [[], *(["--partition", unit] for unit in UNITS)])
def test_a_lake_of_an_old_format_is_migrated_with_the_same_rows(
    old_lake, tmp_path, capsys, options
):
    new = tmp_path / "new"
    assert main(["verify", "--lake", str(old_lake)]) == 1
    assert "copy it with `newslake migrate`" in capsys.readouterr().err
    assert main(["migrate", str(old_lake), str(new), *options]) == 0
    assert LakeFolder(new).partition_unit == (options[-1] if options else "day")
    rows = rows_of(new, NEW_COLUMNS, EVERY_TABLE)
    assert rows == rows_of(old_lake, NEW_COLUMNS, EVERY_TABLE)
    assert all(rows[table] for table in ACCOUNTS)
    assert not [*new.rglob("*__HIVE_DEFAULT_PARTITION__*")]
    for command in (["verify"], ["compact", "--idle", "0"], ["reindex"], ["verify"]):
        assert main([*command, "--lake", str(new)]) == 0
    assert rows_of(new, NEW_COLUMNS, EVERY_TABLE) == rows


def test_a_state_before_the_migration_can_be_read(old_lake, tmp_path):
    new = tmp_path / "new"
    assert main(["migrate", str(old_lake), str(new), "--partition", "month"]) == 0
    log = open_lake(new).log
    swap = max(entry.seq for entry in log.entries() if entry.swaps)
    assert Lake(new, as_of=swap).sql("SELECT * FROM runs").num_rows == 1
    assert Lake(new).sql("SELECT * FROM runs").num_rows == 2


def test_a_current_lake_is_copied_to_longer_partitions_only(lake, tmp_path, capsys):
    by_day, by_month = lake.storage.root, tmp_path / "months"
    assert main(["migrate", str(by_day), str(by_month), "--partition", "month"]) == 0
    assert rows_of(by_month) == rows_of(by_day)
    assert main(["verify", "--lake", str(by_month)]) == 0
    capsys.readouterr()
    assert main(["migrate", str(by_month), str(tmp_path / "days"), "--partition", "day"]) == 2
    assert "its partitions cannot be divided by day" in capsys.readouterr().err
    assert not (tmp_path / "days").exists()


def test_a_migrated_lake_of_an_old_format_accepts_commits(old_lake, tmp_path, capsys, unit):
    lake = tmp_path / "new"
    assert main(["migrate", str(old_lake), str(lake), "--partition", unit]) == 0
    folder = newsroom.fill(tmp_path / "newsroom")
    [(cleared,)] = duckdb.sql(
        f"SELECT count(*) FROM '{lake}/rejects/**/*.parquet' WHERE detail = 'forgotten'"
    ).fetchall()
    for tried_again in (newsroom.COUNTS["rejects"] - cleared, 0):
        capsys.readouterr()
        assert main(["backfill", str(folder), "--lake", str(lake), "--json"]) == 0
        counts = json.loads(capsys.readouterr().out)
        assert counts["rejects"] == tried_again
        assert counts["already_ingested"] == 11 - tried_again
    assert main(["compact", "--idle", "0", "--lake", str(lake)]) == 0
    assert main(["verify", "--lake", str(lake)]) == 0


def test_forgotten_articles_stay_forgotten_and_the_lake_can_grow(lake, tmp_path):
    make_older(lake)
    main(["migrate", str(lake.storage.root), str(tmp_path / "new")])
    new = open_lake(tmp_path / "new")
    with new.committer() as committer:
        assert committer.conflicts.index.is_forgotten(hexadecimal("secret"), "")
    before = sum(len(rows) for rows in rows_of(new.storage.root).values())
    commit(new, article("four"), number=7, as_of=new.log.last())
    assert sum(len(rows) for rows in rows_of(new.storage.root).values()) == before + 1
    assert main(["compact", "--idle", "0", "--lake", str(new.storage.root)]) == 0
    assert main(["verify", "--lake", str(new.storage.root)]) == 0


@pytest.mark.parametrize("harm", [{}, {"counts": None}, {"counts": []}])
def test_a_damaged_entry_of_format_1_is_named(format_1, tmp_path, capsys, harm):
    entry = format_1 / "_log" / "00000001.json"
    fields = json.loads(entry.read_text())
    del fields["counts"]
    entry.write_text(json.dumps(fields | harm))
    assert main(["migrate", str(format_1), str(tmp_path / "new")]) == 1
    assert "00000001.json is damaged" in capsys.readouterr().err


KILLED = """
import os, signal, sys
from pathlib import Path
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.migration import migrate

def tick(done, of):
    if done == of // 2:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(LakeFolder(sys.argv[1]), Path(sys.argv[2]), tick)
"""


def test_an_interrupted_copy_is_started_again(lake, tmp_path):
    before = rows_of(lake.storage.root)
    make_older(lake)
    old, new = str(lake.storage.root), tmp_path / "new"
    killed = subprocess.run([sys.executable, "-c", KILLED, old, str(new)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "new.partial" / "articles").exists()
    assert not new.exists()
    assert main(["migrate", old, str(new)]) == 0
    assert not (tmp_path / "new.partial").exists()
    assert rows_of(new) == before


def test_a_current_lake_is_left_unchanged(lake, tmp_path, capsys):
    assert main(["migrate", str(lake.storage.root), str(tmp_path / "new")]) == 1
    assert "nothing to migrate" in capsys.readouterr().err


def test_an_existing_target_is_refused(lake, tmp_path, capsys):
    make_older(lake)
    assert main(["migrate", str(lake.storage.root), str(tmp_path)]) == 2
    assert "exists; name a folder that does not exist" in capsys.readouterr().err


def test_a_target_inside_the_lake_is_refused(lake, capsys):
    make_older(lake)
    assert main(["migrate", str(lake.storage.root), str(lake.storage.path("articles/new"))]) == 2
    assert "is inside the lake to copy" in capsys.readouterr().err
    assert lake.storage.list("articles") == sorted(
        {
            file.partition
            for file in live_files(lake.log.entries()).values()
            if file.table == "articles"
        }
    )


def test_foreign_files_at_the_target_are_not_removed(lake, tmp_path, capsys):
    make_older(lake)
    theirs = tmp_path / "new.partial" / "thesis.txt"
    theirs.parent.mkdir()
    theirs.write_text("mine")
    assert main(["migrate", str(lake.storage.root), str(tmp_path / "new")]) == 1
    assert "holds other files (thesis.txt)" in capsys.readouterr().err
    assert theirs.read_text() == "mine"


def test_an_unfinished_commit_is_reported(lake, tmp_path, capsys):
    make_older(lake)
    lake.storage.remove(f"_log/{lake.log.last():08}.done")
    assert main(["migrate", str(lake.storage.root), str(tmp_path / "new")]) == 1
    assert "a commit is unfinished" in capsys.readouterr().err
