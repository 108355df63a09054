"""Makes rows and small transactions for tests of the lake."""

from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from newslake.pipelines.cli import main
from newslake.pipelines.options import reject_settings
from newslake.schemas.arrow import arrow_schema
from newslake.schemas.identity import announcement_id, text_hash
from newslake.schemas.records import RunContext
from newslake.schemas.rows import (
    Announcement,
    Article,
    Duplicate,
    FeedCondition,
    Fetch,
    Mention,
    Rejected,
    Revision,
)
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.transaction import make_transaction
from newslake.transforms.write.write import stage

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = reject_settings([])
"""The settings of a run without options."""


def hexadecimal(name):
    return name.encode().hex().ljust(32, "0")[:32]


def article(name, text=None, published_at=DAY, **fields):
    text = text or f"The text of {name}."
    given = {
        "article_id": hexadecimal(name),
        "document_id": hexadecimal(f"d-{name}"),
        "url": f"https://example.org/{name}",
        "canonical_url": f"https://example.org/{name}",
        "source": "example.org",
        "text": text,
        "text_hash": text_hash(text),
        "title": name,
        "published_at": published_at,
        "word_count": len(text.split()),
    }
    return Article(**{**given, **fields})


def duplicate(name, of):
    return Duplicate(
        document_id=hexadecimal(f"d-{name}"),
        duplicate_of=hexadecimal(of),
        kind="exact",
        similarity=1.0,
        url=None,
        source="example.org",
        title=name,
        published_at=DAY,
        seen_at=None,
    )


def revision(name, of, number, text=None):
    text = text or f"The text of {name}."
    return Revision(
        document_id=hexadecimal(f"d-{name}"),
        article_id=hexadecimal(of),
        revision=number,
        seen_at=None,
        title=name,
        text=text,
        text_hash=text_hash(text),
        published_at=DAY,
    )


def mention(article, type="ASSAULT", **fields):
    given = {
        "mention_id": hexadecimal(f"m-{article.title}"),
        "article_id": article.article_id,
        "text_hash": article.text_hash,
        "event_key": None,
        "type": type,
        "quad": 4,
        "cameo_root": "19",
        "status": "asserted",
        "trigger": article.text[:3],
        "trigger_start": 0,
        "trigger_end": 3,
        "actors": [],
        "recipients": [],
        "evidence": article.text,
        "evidence_start": 0,
        "evidence_end": len(article.text),
        "confidence": 0.5,
        "extractor_version": "test",
        "published_at": article.published_at,
    }
    return Mention(**{**given, **fields})


def rejected(name, settings=SETTINGS):
    return Rejected(
        document_id=hexadecimal(f"d-{name}"),
        stage="Extract",
        reason="no_text",
        detail="",
        locator=f"file:{name}.txt",
        payload=b"",
        payload_digest=hexadecimal(name),
        settings=settings,
    )


def announcement(url, feed="https://example.org/feed", seen_at=DAY, version="0", **fields):
    given = {
        "announcement_id": announcement_id(feed, url, version),
        "feed": feed,
        "entry_id": url,
        "url": url,
        "canonical_url": url,
        "title": None,
        "published_at": None,
        "seen_at": seen_at,
        "version": version,
        "revised": False,
        "content_source": "page",
    }
    return Announcement(**{**given, **fields})


def fetch(url, outcome="document", started_at=DAY, **fields):
    given = {
        "url": url,
        "canonical_url": url,
        "started_at": started_at,
        "seconds": 1.0,
        "outcome": outcome,
    }
    return Fetch(**{**given, **fields})


_alive = {}
"""The `alive` locks of live runs, by staging directory."""

_TABLE_OF = {
    Article: "articles",
    Duplicate: "duplicates",
    Revision: "revisions",
    Mention: "mentions",
    Rejected: "rejects",
    Announcement: "announcements",
    Fetch: "fetches",
    FeedCondition: "feeds",
}


def run_context(lake, run_id, number=0, as_of=0, settings=SETTINGS):
    return RunContext(
        lake=str(lake.storage.root),
        index=str(lake.index_path),
        staging=layout.staging_name(run_id, number),
        run_id=run_id,
        as_of=as_of,
        run_date="2026-03-02",
        partition_unit=lake.partition_unit,
        settings=settings,
    )


def transaction_of(lake, rows, run_id="run", number=0, as_of=0, settings=SETTINGS):
    """Stage `rows`, records of any tables, in a new staging directory; return the transaction."""
    context = run_context(lake, run_id, number, as_of, settings)
    lake.storage.make_folder(context.staging)
    _alive[context.staging] = lake.storage.hold(f"{context.staging}/{layout.ALIVE}")
    groups = {}
    for row in rows:
        table = _TABLE_OF[type(row)]
        groups.setdefault((table, TABLES[table].partition(row, context)), []).append(row)
    files = [
        file
        for (table, partition), group in groups.items()
        for file in stage((partition, group), table, context)
    ]
    read = sum(type(row) not in {Mention, Announcement, Fetch, FeedCondition} for row in rows)
    return make_transaction(context, files, [("read", read)])


def let_die(lake, transaction):
    """Release the `alive` lock of the run that staged `transaction`, as if the run had ended."""
    lake.storage.release(_alive.pop(transaction.context.staging))


def let_all_die(lake):
    """Release the `alive` locks of all runs, as if the process had ended."""
    while _alive:
        lake.storage.release(_alive.popitem()[1])


def commit(lake, *rows, **where):
    """Stage and commit `rows`; return the result."""
    transaction = transaction_of(lake, rows, **where)
    with lake.committer() as committer:
        result = committer.commit(transaction)
    let_die(lake, transaction)
    return result


def with_staging(transaction, staging):
    """Return `transaction` with another staging directory."""
    return replace(transaction, context=replace(transaction.context, staging=staging))


FOLDER = "articles/published_date=2026-03-01"
"""The partition with the articles of `DAY`."""


def names(lake, folder=FOLDER):
    """Return the names of the files in a directory of the lake."""
    return lake.storage.list(folder)


def whole(lake):
    """Return True if `newslake verify` finds no problem."""
    return main(["verify", "--lake", str(lake.storage.root)]) == 0


ACCOUNTS = ("articles", "duplicates", "revisions", "mentions", "rejects")
"""Tables whose rows belong to a document."""


def rows_of(path, without=("run_id",), tables=ACCOUNTS, where="true"):
    """Return the rows of `tables` for which `where` is true, sorted.

    `without` has the columns to leave out, as `column` or `table.column`.
    """
    found = {}
    for table in tables:
        glob = f"{path}/{table}/**/*.parquet"
        names = [
            name
            for name in arrow_schema(table).names
            if not {name, f"{table}.{name}"}.intersection(without)
        ]
        found[table] = duckdb.sql(
            f"SELECT {', '.join(names)} "
            f"FROM read_parquet('{glob}', hive_partitioning = false) WHERE {where} ORDER BY ALL"
        ).fetchall()
    return found
