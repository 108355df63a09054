"""A rejected document is tried again with other settings, and only then."""

import gzip
import json
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import page as archived_page
from lakes import rows_of
from wording import block

from newslake.pipelines.cli import main
from newslake.schemas.reasons import REJECTS_VERSION


def page(title, words, head=""):
    text = f"<p>{block(words)}.</p><p>{block(words * 2)}.</p>"
    head = f"<title>{title}</title>{head}"
    return f"<html><head>{head}</head><body><article>{text}</article></body></html>"


BY_DEFAULT = f'{{"version": {REJECTS_VERSION}}}'


@pytest.fixture
def folder(tmp_path):
    """A page of 1.2 MB, a page with an opt-out, a page without text, and an empty file."""
    pages = {
        "long.html": page("Ferry strike ends", "a", f"<!--{'x' * 1_200_000}-->"),
        "reserved.html": page("Railway opens", "b", '<meta name="tdm-reservation" content="1">'),
        "blank.html": "<html><body><article></article></body></html>",
        "empty.txt": "",
    }
    for name, html in pages.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(html)
    return tmp_path / "in"


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


@pytest.fixture
def backfill(folder, lake, capsys):
    """Run the command; return the counts after checking the balance and the lake."""

    def backfill(*options):
        words = ["backfill", str(folder), "--lake", str(lake), "--no-events", *options]
        capsys.readouterr()
        assert main([*words, "--json"]) == 0
        counts = json.loads(capsys.readouterr().out)
        assert counts["balanced"]
        assert main(["verify", "--lake", str(lake)]) == 0
        capsys.readouterr()
        return {name: counts[name] for name in ("read", "articles", "rejects", "already_ingested")}

    return backfill


@pytest.fixture
def query(lake, capsys):
    def query(sql):
        capsys.readouterr()
        assert main(["query", sql, "--lake", str(lake), "--format", "json"]) == 0
        return [tuple(json.loads(line).values()) for line in capsys.readouterr().out.splitlines()]

    return query


def counts(read, articles, rejects, already_ingested):
    return {
        "read": read,
        "articles": articles,
        "rejects": rejects,
        "already_ingested": already_ingested,
    }


def test_a_document_that_was_too_large_is_stored_with_a_larger_limit(backfill, query):
    assert backfill("--max-html-mb", "1") == counts(4, 1, 3, 0)
    assert backfill("--max-html-mb", "5") == counts(4, 1, 2, 1)
    [(title,)] = query("SELECT title FROM articles WHERE title LIKE 'Ferry%'")
    assert title == "Ferry strike ends"
    rejects = query("SELECT locator, reason, settings FROM rejects ORDER BY ALL")
    older = f'{{"max_html_mb": 1, "version": {REJECTS_VERSION}}}'
    assert rejects == [
        ("file:blank.html", "no_text", older),
        ("file:blank.html", "no_text", BY_DEFAULT),
        ("file:empty.txt", "empty", older),
        ("file:empty.txt", "empty", BY_DEFAULT),
        ("file:long.html", "too_large", older),
    ]


def test_the_same_settings_again_add_no_row(backfill, lake):
    backfill("--max-html-mb", "1")
    before, entries = rows_of(lake), len(list(lake.glob("_log/*.json")))
    again = [
        "--max-html-mb",
        "1",
        "--workers",
        "2",
        "--chunk-documents",
        "1",
    ]
    assert backfill(*again) == counts(4, 0, 0, 4)
    assert rows_of(lake) == before
    assert len(list(lake.glob("_log/*.json"))) == entries + 1  # the row of the run


def test_earlier_settings_add_no_row_after_other_settings(backfill, lake):
    backfill("--max-html-mb", "1")
    backfill()
    before = rows_of(lake)
    assert backfill("--max-html-mb", "1") == counts(4, 0, 0, 4)
    assert rows_of(lake) == before


def test_a_stored_document_is_not_rejected_later(backfill, lake):
    backfill()
    before = rows_of(lake)["articles"]
    assert backfill("--max-html-mb", "1", "--respect-optouts") == counts(4, 0, 2, 2)
    assert rows_of(lake)["articles"] == before


def test_an_opt_out_that_was_respected_can_be_recorded_only(backfill, query):
    assert backfill("--respect-optouts") == counts(4, 1, 3, 0)
    assert backfill() == counts(4, 1, 2, 1)
    assert query("SELECT optouts FROM articles WHERE title LIKE 'Railway%'") == [
        (["tdm-reservation"],)
    ]


def test_a_newer_version_of_the_rules_tries_rejects_again(backfill, query, monkeypatch):
    backfill()
    monkeypatch.setattr("newslake.pipelines.options.REJECTS_VERSION", REJECTS_VERSION + 1)
    assert backfill() == counts(4, 0, 2, 2)
    assert backfill() == counts(4, 0, 0, 4)
    assert query("SELECT count(*) FROM rejects WHERE reason = 'empty'") == [(2,)]


def test_open_rejects_are_the_last_rejects_of_what_is_not_stored(backfill, query):
    backfill("--max-html-mb", "1")
    backfill("--max-html-mb", "2", "--respect-optouts")
    settings = f'{{"max_html_mb": 2, "respect_optouts": true, "version": {REJECTS_VERSION}}}'
    assert query("SELECT locator, reason, settings FROM open_rejects ORDER BY ALL") == [
        ("file:blank.html", "no_text", settings),
        ("file:empty.txt", "empty", settings),
    ]
    assert query("SELECT count(*) FROM rejects") == [(5,)]


def test_the_overview_counts_open_rejects(backfill, lake, capsys):
    backfill("--max-html-mb", "1")
    backfill()
    assert main(["query", "--lake", str(lake), "--format", "json"]) == 0
    rows = dict(json.loads(line).values() for line in capsys.readouterr().out.splitlines())
    assert (rows["articles"], rows["open_rejects"]) == (2, 2)


def test_an_index_that_is_built_again_knows_the_settings(backfill, lake):
    backfill("--max-html-mb", "1")
    (lake / "_index" / "index.sqlite").unlink()
    assert backfill("--max-html-mb", "1") == counts(4, 0, 0, 4)
    (lake / "_index" / "index.sqlite").unlink()
    assert backfill() == counts(4, 1, 2, 1)


def test_compaction_keeps_all_rejects(backfill, lake, query):
    backfill("--max-html-mb", "1")
    backfill()
    before = rows_of(lake)["rejects"]
    assert main(["compact", "--idle", "0", "--lake", str(lake)]) == 0
    assert rows_of(lake)["rejects"] == before
    assert backfill() == counts(4, 0, 0, 4)


def test_a_forgotten_reject_is_not_tried_again(backfill, lake, query, capsys):
    backfill("--max-html-mb", "1")
    [(id,)] = query("SELECT document_id FROM rejects WHERE reason = 'too_large'")
    assert main(["forget", id, "--yes", "--grace", "0", "--lake", str(lake)]) == 0
    capsys.readouterr()
    assert query("SELECT count(*) FROM open_rejects WHERE reason = 'too_large'") == [(0,)]
    for _ in range(2):
        assert backfill("--max-html-mb", "5")["articles"] == 0
        (lake / "_index" / "index.sqlite").unlink()


def test_forget_finds_the_article_and_the_reject_of_a_document(backfill, lake, query, capsys):
    backfill("--max-html-mb", "1")
    backfill()
    [(id,)] = query("SELECT document_id FROM articles JOIN rejects USING (document_id)")
    assert main(["forget", id, "--yes", "--grace", "0", "--lake", str(lake), "--json"]) == 0
    forgotten = json.loads(capsys.readouterr().out)["forgotten"]
    assert forgotten == {"articles": 1, "rejects": 1}
    assert backfill("--max-html-mb", "7") == counts(4, 0, 2, 2)


def parquet(row):
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), file)
    return file.getvalue()


PADDING = "x" * 2**20
ITEM = {"title": "Harbour opens", "text": f"{block('c')}. {block('cc')}.", "pad": PADDING}
LONG_PAGE = page("Harbour opens", "c", f"<!--{PADDING}-->").encode()
TOO_LARGE = {
    "a.html": LONG_PAGE,
    "a.html.gz": gzip.compress(LONG_PAGE),
    "a.md": "\n\n".join([ITEM["text"], f"<!--{PADDING}-->"]).encode(),
    "a.json": json.dumps(ITEM).encode(),
    "b.json": json.dumps([ITEM]).encode(),
    "a.jsonl.gz": gzip.compress(json.dumps(ITEM).encode()),
    "a.csv": "\n".join(",".join(map(json.dumps, row)) for row in (ITEM, ITEM.values())).encode(),
    "a.warc": archived_page(body=LONG_PAGE),
    "a.parquet": parquet(ITEM),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_document_that_was_too_large_to_be_read_is_stored_once(
    name, lake, query, capsys, tmp_path
):
    file = tmp_path / "in" / name
    file.parent.mkdir()
    file.write_bytes(TOO_LARGE[name])
    found = []
    for options in (["--max-document-mb", "1"], [], ["--max-document-mb", "1"]):
        words = ["backfill", str(file.parent), "--lake", str(lake), "--no-events", "--json"]
        assert main([*words, *options]) == 0
        counts = json.loads(capsys.readouterr().out)
        found.append([counts[name] for name in ("rejects", "articles", "already_ingested")])
        assert main(["verify", "--lake", str(lake)]) == 0
        assert query("SELECT count(*) FROM open_rejects") == [(1 if len(found) == 1 else 0,)]
    assert found == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_forget_clears_the_reject_of_a_document_that_was_too_large(lake, query, capsys, tmp_path):
    (tmp_path / "a.html.gz").write_bytes(TOO_LARGE["a.html.gz"])
    for options in (["--max-document-mb", "1"], []):
        words = ["backfill", str(tmp_path / "a.html.gz"), "--lake", str(lake), "--no-events"]
        assert main([*words, *options]) == 0
    assert query("SELECT count(payload) FROM rejects") == [(1,)]
    [(id,)] = query("SELECT article_id FROM articles")
    assert main(["forget", id, "--yes", "--grace", "0", "--lake", str(lake)]) == 0
    capsys.readouterr()
    assert query("SELECT payload, detail FROM rejects") == [(None, "forgotten")]
    assert main([*words, "--max-document-mb", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["already_ingested"] == 1


def test_each_run_has_a_greater_id_than_the_runs_before(backfill, lake, query):
    backfill()
    backfill()
    assert query("SELECT run_id = max(run_id) OVER () FROM runs ORDER BY started_at") == [
        (False,),
        (True,),
    ]
