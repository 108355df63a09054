"""An I/O error at any step of the commit of a window loses and doubles no row."""

import errno
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from failing_storage import Failing
from lakes import (
    ACCOUNTS,
    DAY,
    SETTINGS,
    announcement,
    article,
    commit,
    duplicate,
    fetch,
    mention,
    rejected,
    revision,
    rows_of,
)

from newslake.pipelines.commands.verify import check_files, check_log
from newslake.pipelines.runners.contexts import stream_context
from newslake.schemas.identity import text_hash
from newslake.schemas.records import Candidate
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.deduplicate import candidate
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure, explained
from newslake.transforms.lake import layout
from newslake.transforms.lake.transaction import make_transaction
from newslake.transforms.write.commit_window import commit_window
from newslake.transforms.write.write import write_file

FIRST = article("first")
AGAIN = article("again", FIRST.text)
"""Was judged as an article before `FIRST` was committed."""
OTHER = article("other")
ROWS = {
    "articles": [AGAIN, OTHER],
    "duplicates": [duplicate("copy", "again")],
    "revisions": [revision("version", "other", 1)],
    "mentions": [mention(AGAIN), mention(OTHER)],
    "rejects": [rejected("bad")],
    "announcements": [announcement("https://example.org/again")],
    "fetches": [fetch("https://example.org/again")],
}
EXPECTED = {"articles": 2, "duplicates": 2, "revisions": 1, "mentions": 1, "rejects": 1}
COPY, VERSION = ROWS["duplicates"][0], ROWS["revisions"][0]
CANDIDATES = [
    candidate(AGAIN),
    candidate(OTHER),
    Candidate(COPY.document_id, "c" * 32, FIRST.text_hash, True, None, DAY, None, None),
    Candidate(
        VERSION.document_id,
        OTHER.article_id,
        text_hash(VERSION.text),
        has_url=True,
        site=None,
        published_at=DAY + timedelta(hours=1),
        seen_at=None,
        signature=None,
    ),
]
TABLES_OF_STREAM = (*ACCOUNTS, "announcements", "fetches")


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    lake = open_lake(tmp_path_factory.mktemp("origin") / "lake")
    lake.create()
    commit(lake, FIRST)
    return lake.storage.root


def staged(lake):
    """Stage the rows of a window that was judged before `FIRST` was committed."""
    context = replace(
        stream_context(lake, "test", SETTINGS),
        staging=layout.window_staging_name("test", "window"),
        run_id="window-test",
        run_date="2026-03-02",
        as_of=0,
    )
    files = [
        write_file(table, TABLES[table].partition(rows[0], context), rows, context)
        for table, rows in ROWS.items()
    ]
    return make_transaction(context, files, [("read", 5)])


def test_after_an_error_at_any_step_a_repetition_completes_the_commit(origin, tmp_path):
    undisturbed = open_lake(shutil.copytree(origin, tmp_path / "undisturbed"))
    commit_window(undisturbed, staged(undisturbed), CANDIDATES)
    expected = rows_of(undisturbed.storage.root, tables=TABLES_OF_STREAM)
    assert {table: len(expected[table]) for table in EXPECTED} == EXPECTED
    step = 0
    while True:
        root = shutil.copytree(origin, tmp_path / f"lake-{step}")
        storage, healthy = Failing(root, step, errno.EIO, step % 2), open_lake(root)
        transaction = staged(healthy)
        with suppress(Failure), explained(root):
            commit_window(open_lake(storage), transaction, CANDIDATES)
        if storage.count <= step:
            break
        for _ in range(2):
            commit_window(healthy, transaction, CANDIDATES)
        assert rows_of(root, tables=TABLES_OF_STREAM) == expected, step
        assert [*check_log(healthy), *check_files(healthy)] == [], step
        step += 3  # the error takes effect at every second of these steps
        shutil.rmtree(root)
    assert step > 50
