"""Numbered transactions, the rows that a lake of them must hold, and a check of these rows.

Transaction n contains the stories 3n to 3n + 5, so each story is in two transactions. Some stories have
a rival: in every second transaction another document has the same text. Which document becomes the
article depends on the order of commits, but one of them must, and the other must be its copy.

Every second transaction has other settings. Some stories have a document that is rejected: with both
settings, so that it has two rows, or only with the settings of even transactions. An odd transaction
then stores it, whether it was rejected before or not.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import duckdb
import lakes
from ids import (
    ID_COLUMNS,
    has_rival,
    is_stored_when_tried_again,
    may_be_forgotten,
    number_of,
)

from newslake.schemas.partitions import NO_DATE
from newslake.schemas.records import RunContext
from newslake.schemas.rows import Article, Duplicate, Mention, Rejected, Revision
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import STORED, make_transaction
from newslake.transforms.write.write import stage

DAYS = [lakes.DAY, lakes.DAY + timedelta(days=1), lakes.DAY + timedelta(days=7), None]
MENTIONS = 2
MAX_TRIES = 30


def numbers_of(transaction):
    return range(3 * transaction, 3 * transaction + 6)


def name_of(number, transaction):
    rival = has_rival(number) and transaction % 2
    return f"{'r' if rival else 's'}{number}"


def article_of(number, transaction=0):
    text = f"The text of story {number}."
    return lakes.article(name_of(number, transaction), text, published_at=DAYS[number % len(DAYS)])


def mentions_of(article):
    return [
        replace(lakes.mention(article), mention_id=lakes.hexadecimal(f"m{letter}{article.title}"))
        for letter in "abcdef"[:MENTIONS]
    ]


def company_of(number):
    """Return the copy and the later version of a story, if it has any."""
    if has_rival(number):
        return []
    copy = [lakes.duplicate(f"c{number}", f"s{number}")] if number % 3 == 0 else []
    version = [lakes.revision(f"v{number}", f"s{number}", 1)] if number % 5 == 0 else []
    return copy + version


def settings_of(transaction):
    return f"settings {transaction % 2}"


def tried_by(number, transaction):
    """Return the rows of the document that is rejected with some settings, if the story has one."""
    if number % 4:
        return []
    if is_stored_when_tried_again(number) and transaction % 2:
        article = lakes.article(f"b{number}", published_at=DAYS[number % len(DAYS)])
        return [article, *mentions_of(article)]
    return [lakes.rejected(f"b{number}", settings_of(transaction))]


def documents_of(transaction):
    """Return the ids of the documents that `transaction` stores, in any order of commits."""
    numbers = numbers_of(transaction)
    rows = [row for n in numbers for row in [article_of(n, transaction), *company_of(n)]]
    tried = [row for n in numbers for row in tried_by(n, transaction) if isinstance(row, Article)]
    return {row.document_id for row in [*rows, *tried]}


def rejects_of(transaction):
    """Return the id and the settings of the rejects that `transaction` adds, in any order."""
    rows = [
        row
        for n in numbers_of(transaction)
        if not is_stored_when_tried_again(n)
        for row in tried_by(n, transaction)
    ]
    return {(row.document_id, row.settings) for row in rows}


def decide(transaction, index):
    """Return the rows of `transaction` against `index`, and the number of forgotten documents."""
    rows, forgotten = [], 0
    for number in numbers_of(transaction):
        rows.extend(tried_by(number, transaction))
        article = article_of(number, transaction)
        holder = index.first_with_text(article.text_hash)
        if index.is_forgotten(article.article_id, article.text_hash):
            forgotten += 1 + len(company_of(number))
        elif holder and holder.article_id != article.article_id:
            copy = lakes.duplicate(article.title, "x")
            rows.append(replace(copy, duplicate_of=holder.article_id))
        else:
            rows.extend([article, *company_of(number), *mentions_of(article)])
    return rows, forgotten


def _place(row):
    """Return the table and the partition of `row`."""
    if isinstance(row, Rejected):
        return "rejects", "run_date=2026-03-02"
    table = {Article: "articles", Duplicate: "duplicates", Revision: "revisions"}
    day = row.published_at.date() if row.published_at else NO_DATE
    return table.get(type(row), "mentions"), f"published_date={day}"


def stage_rows(lake, where, run_id, as_of, rows, forgotten=0, settings=""):
    """Stage `rows` in the staging directory `where` of a live run; return the transaction."""
    context = RunContext(
        str(lake.storage.root),
        str(lake.index_path),
        where,
        run_id,
        as_of,
        "2026-03-02",
        settings=settings,
    )
    groups = {}
    for row in rows:
        groups.setdefault(_place(row), []).append(row)
    files = [
        file
        for (table, partition), group in groups.items()
        for file in stage((partition, group), table, context)
    ]
    read = sum(type(row) is not Mention for row in rows) + forgotten
    return make_transaction(context, files, [("read", read), ("already_ingested", forgotten)])


def write(lake, transaction, run_id):
    """Commit the transaction of that number as a bounded run does; return it and the result."""
    for attempt in range(MAX_TRIES):
        where = layout.staging_name(run_id, transaction, attempt)
        with ExitStack() as stack:
            with lake.committer() as committer:
                stack.enter_context(staging(lake.storage, where))
                as_of = committer.last
                rows, forgotten = decide(transaction, committer.conflicts.index)
            settings = settings_of(transaction)
            staged = stage_rows(lake, where, run_id, as_of, rows, forgotten, settings)
            try:
                with lake.committer() as committer:
                    return staged, committer.commit(staged)
            except Stale:
                continue
    raise Stale(f"transaction {transaction} was refused {MAX_TRIES} times")


def forgettable(transactions):
    """Return the ids of the articles of the first `transactions` that may be forgotten."""
    numbers = filter(may_be_forgotten, range(3 * transactions + 3))
    return [lakes.hexadecimal(f"{letter}{number}") for number in numbers for letter in "sr"]


# --- checks of the rows


def damage(lake, transactions, undisturbed):
    """Count the errors of a lake with `transactions`, after `forget` of all that may be forgotten.

    Args:
        lake: The lake's folder.
        transactions: The number of transactions, from 0.
        undisturbed: A lake of the same transactions without kills.
    """
    there = {table: _rows(lake, table) for table in ID_COLUMNS}
    wanted = {
        id
        for transaction in range(transactions)
        for id in documents_of(transaction)
        if not _gone(id)
    }
    found = Counter(_documents(lake))
    rejects = {row[0] for row in there["rejects"]}
    wanted_rejects = {pair for n in range(transactions) for pair in rejects_of(n)}
    tried_again = {pair for pair in rejects if is_stored_when_tried_again(number_of(pair[0]))}
    articles = {id for (id,), _ in there["articles"]}
    mentioned = Counter(id for (id,) in _query(lake, "mentions", "article_id"))
    doubled = sum(len(rows) - len({row[0] for row in rows}) for rows in there.values())
    texts = [hash for (hash,) in _query(lake, "articles", "text_hash")]
    changed = 0
    for table in ID_COLUMNS:
        ours, theirs = (Counter(filter(_sure, _rows(x, table))) for x in (lake, undisturbed))
        changed += (ours - theirs).total() + (theirs - ours).total()
    return {
        "rows lost": len(wanted - found.keys()) + len(wanted_rejects - rejects),
        "rows doubled": doubled + (found.total() - len(found)) + len(texts) - len(set(texts)),
        "rows that should not be there": len(found.keys() - wanted)
        + len(rejects - wanted_rejects - tried_again),
        "rows other than undisturbed": changed,
        "mentions without article": sum(n for id, n in mentioned.items() if id not in articles),
        "articles whose mentions are missing": sum(mentioned[id] != MENTIONS for id in articles),
    }


def _gone(id):
    """Return True if `forget` removes the document: all of a story except what was rejected."""
    was_rejected = bytes.fromhex(id).decode().startswith("d-b")
    return may_be_forgotten(number_of(id)) and not was_rejected


def _sure(row):
    """Return True for rows that depend neither on the order of commits nor on `forget`."""
    (id, *settings), _ = row
    number = number_of(id)
    is_sure_reject = not settings or not is_stored_when_tried_again(number)
    return is_sure_reject and not may_be_forgotten(number) and not has_rival(number)


def _query(lake, table, columns):
    # one connection per query, so that each lists the files again
    files = f"read_parquet('{lake}/{table}/**/*.parquet', hive_partitioning = false)"
    with duckdb.connect() as database:
        return database.sql(f"SELECT {columns} FROM {files}").fetchall()


def _rows(lake, table):
    """Return the rows of `table`, each as its id columns and as a text without the run's id."""
    ids = ID_COLUMNS[table]
    rows = _query(lake, table, f"{', '.join(ids)}, * EXCLUDE (run_id)")
    return [(row[: len(ids)], repr(row)) for row in rows]


def _documents(lake):
    """Return the ids of the stored documents."""
    return [id for table in STORED for (id,) in _query(lake, table, "document_id")]
