"""The whole DAG over WARC files, run by `newslake backfill`."""

import gzip
import json
import zlib

import pytest
from archives import HTML, packed, page, record
from lakes import rows_of
from newsroom import PAGE as STORY
from wording import block

from newslake.api import Lake, connect
from newslake.pipelines.cli import main


@pytest.fixture
def backfill(capsys):
    """Run the command and return what it prints with --json."""

    def backfill(*words):
        assert main(["backfill", *map(str, words), "--json", "--no-events"]) == 0
        return json.loads(capsys.readouterr().out)

    return backfill


def story(number, **known):
    """Return the record of a page whose text differs from all other pages."""
    text = f"<p>{block(f'a{number}')}.</p><p>{block(f'b{number}')}.</p>"
    body = STORY[: STORY.index("<p>")] + text + STORY[STORY.rindex("</p>") + 4 :]
    return page(number, body.replace("/news/", f"/news/{number}-").encode(), **known)


INFO = record(b"software: test\r\n", b"warcinfo")
ARCHIVE = packed(
    INFO,
    story(1),
    story(2, http_fields=HTML + b"X-Robots-Tag: noai\r\n"),
    story(3, length=7),
    page(4, b"<html><body></body></html>"),
    page(5, status=b"404 Not Found"),
    story(6),
)


def test_every_page_has_one_outcome_and_articles_name_their_record(tmp_path, backfill):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crawl.warc.gz").write_bytes(ARCHIVE)
    lake = tmp_path / "lake"
    summary = backfill(tmp_path / "in", "--lake", lake)
    assert (summary["read"], summary["articles"], summary["skipped"]) == (5, 3, 1)
    assert summary["rejects_by_reason"] == {"bad_record": 1, "no_text": 1}
    rows = Lake(lake).articles().to_pylist()
    assert {row["warc_file"] for row in rows} == {"crawl.warc.gz"}
    assert min(row["warc_offset"] for row in rows) == len(packed(INFO))
    assert sorted(row["optouts"] for row in rows) == [[], [], ["noai"]]
    assert {row["seen_at"].isoformat() for row in rows} == {"2024-03-01T12:00:00+00:00"}
    assert main(["verify", "--lake", str(lake)]) == 0


def test_rejects_name_the_url_and_the_record_of_the_archive(tmp_path, backfill):
    (tmp_path / "in" / "2026").mkdir(parents=True)
    (tmp_path / "in" / "2026" / "crawl.warc.gz").write_bytes(ARCHIVE)
    lake = tmp_path / "lake"
    backfill(tmp_path / "in", "--lake", lake)
    found = connect(lake).execute("SELECT reason, url, warc_file, warc_offset FROM rejects")
    records = gzip_offsets(ARCHIVE)
    assert sorted(found.fetchall()) == [
        ("bad_record", "https://example.org/3", "2026/crawl.warc.gz", records[3]),
        ("no_text", "https://example.org/4", "2026/crawl.warc.gz", records[4]),
    ]


def gzip_offsets(archive):
    """Return the offset of each member."""
    offsets, rest = [], archive
    while rest:
        offsets.append(len(archive) - len(rest))
        member = zlib.decompressobj(31)
        member.decompress(rest)
        rest = member.unused_data
    return offsets


def test_a_run_counts_the_files_with_bytes_after_their_gzip_members(tmp_path, backfill, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crawl.warc.gz").write_bytes(ARCHIVE + b"garbage")
    (tmp_path / "in" / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Truce"}') + b"garbage")
    (tmp_path / "in" / "b.txt.gz").write_bytes(gzip.compress(b"Talks go on.") + b"\0\0")
    words = tmp_path / "in", "--lake", tmp_path / "lake"
    summary = backfill(*words)
    assert (summary["articles"], summary["files_with_trailing_bytes"]) == (5, 2)
    assert summary["rejects_by_reason"] == {"bad_record": 1, "no_text": 1}
    runs = connect(tmp_path / "lake").execute("SELECT files_with_trailing_bytes FROM runs")
    assert runs.fetchall() == [(2,)]
    assert main(["backfill", *map(str, words), "--no-events"]) == 0
    printed = " ".join(capsys.readouterr().err.split())
    assert "note: 2 gzip files have other bytes after their last gzip member" in printed


@pytest.mark.parametrize("documents", [1, 3])
def test_chunks_of_an_archive_give_the_same_rows(tmp_path, backfill, documents):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crawl.warc.gz").write_bytes(ARCHIVE)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    backfill(tmp_path / "in", "--lake", whole)
    backfill(tmp_path / "in", "--lake", parts, "--chunk-documents", documents)
    assert rows_of(whole, without=["run_id"]) == rows_of(parts, without=["run_id"])


def test_the_same_archive_again_is_already_ingested(tmp_path, backfill):
    (tmp_path / "crawl.warc.gz").write_bytes(ARCHIVE)
    words = tmp_path / "crawl.warc.gz", "--lake", tmp_path / "lake"
    backfill(*words)
    again = backfill(*words)
    assert (again["read"], again["already_ingested"], again["articles"]) == (5, 5, 0)


def test_records_of_one_id_and_two_addresses_are_two_documents(tmp_path, backfill):
    other = story(1).replace(b"https://example.org/1\r\n", b"https://example.net/9\r\n")
    (tmp_path / "crawl.warc").write_bytes(story(1) + other + story(1))
    summary = backfill(tmp_path / "crawl.warc", "--lake", tmp_path / "lake")
    assert (summary["read"], summary["articles"], summary["duplicates"]) == (3, 1, 1)
    assert summary["already_ingested"] == 1


def test_passwords_in_addresses_do_not_reach_the_lake(tmp_path, backfill):
    secret = b"https://ann:opensesame@example.org/"
    good, broken = (
        story(number, **known).replace(b"https://example.org/", secret)
        for number, known in ((1, {}), (2, {"length": 7}))
    )
    (tmp_path / "crawl.warc").write_bytes(good + broken)
    lake = tmp_path / "lake"
    assert backfill(tmp_path / "crawl.warc", "--lake", lake)["rejects"] == 1
    rows = rows_of(lake, without=["run_id"])
    assert len(rows["articles"]) == len(rows["rejects"]) == 1
    assert "opensesame" not in repr(rows)
