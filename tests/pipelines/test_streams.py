"""The DAG as a stream: one commit per window, with the balance of this window."""

import pytest
from lakes import rows_of, whole
from streams import Given, commits, document, run_stream

from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.transaction import accounted_for


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def story(number, url=None):
    text = f"Story number {number} is told here in full, so that it can be read."
    return document(url or f"https://example.org/{number}", text)


def test_each_window_is_a_commit_and_an_empty_window_is_none(lake):
    run_stream(lake, Given(1, [story(1), story(2)]), Given(25, [story(3)]), Given(35, [story(4)]))
    entries = commits(lake)
    assert [entry.counts["articles"] for entry in entries] == [2, 1, 1]
    assert [entry.run_id for entry in entries] == [
        "20260301T000000.000000Z-test",
        "20260301T000020.000000Z-test",
        "20260301T000030.000000Z-test",
    ]
    assert all(entry.counts["read"] == accounted_for(entry.counts) for entry in entries)
    assert len(rows_of(lake.storage.root)["articles"]) == 4
    assert whole(lake)


def test_a_document_at_the_edge_belongs_to_the_later_window(lake):
    run_stream(lake, Given(9.999, [story(1)]), Given(10, [story(2)]), Given(20, [story(3)]))
    assert [entry.counts["articles"] for entry in commits(lake)] == [1, 1, 1]


def test_a_document_of_an_earlier_window_is_already_ingested(lake):
    run_stream(lake, Given(1, [story(1)]), Given(11, [story(1), story(2)]))
    first, second = commits(lake)
    assert (first.counts["articles"], second.counts["articles"]) == (1, 1)
    assert second.counts["already_ingested"] == 1
