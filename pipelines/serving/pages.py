"""Reads pages of the lists in `newslake.pipelines.serving.listings`, and single articles and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newslake.pipelines.serving import cursors
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.listings import LISTINGS, MENTION, Listing
from newslake.pipelines.serving.parameters import PAGE, values_of
from newslake.pipelines.serving.query_request import Problem, QueryError
from newslake.schemas.partitions import NO_DATE, first_day
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.lake.marker import Marker
from newslake.transforms.lake.storage import Storage

MAX_PARTS = 100
"""Maximum number of copies, revisions or mentions that come with an article or an event."""


_OF_DAYS = "(published_date BETWEEN $partition AND $to OR published_date = $no_date)"


@dataclass(frozen=True)
class RowPage:
    """A page of a list."""

    entry: int
    """Number of the log entry whose state the page shows."""
    total: int
    """Number of rows of the whole list."""
    undated: int | None
    """Number of rows that the other filters select, but whose day is unknown. They are part of the
    list only if neither `from` nor `to` is given. None if rows of this list have no day."""
    rows: list[dict[str, Any]]
    next: str | None
    """The cursor of the next page; None after the last page."""

    @property
    def content(self) -> dict[str, Any]:
        """The page as a JSON object."""
        return {
            "log_entry": self.entry,
            "total": self.total,
            "undated": self.undated,
            "next": self.next,
            "rows": self.rows,
        }


def page(reader: LakeReader, name: str, given: Mapping[str, object]) -> RowPage:
    """Return a page of the list `name`; `given` are its parameters.

    Raises:
        QueryError: a parameter is wrong, or the query fails. The problem is `GONE` if the pages must
            be read from the first one again.
    """
    listing = LISTINGS[name]
    values = values_of(listing.parameters, given)
    limit = values.pop("limit", PAGE["limit"].schema["default"])
    cursor = values.pop("cursor", None)
    least = values.get("confidence", SHOWN_CONFIDENCE)
    parts = 2 if listing.time else 1
    entry, *after = cursors.decode(cursor, name, values, parts) if cursor else (None,)
    conditions: dict[bool, list[str]] = {False: ["true"], True: ["true"]}
    parameters: dict[str, Any] = {"limit": limit + 1}
    for filter, value in values.items():
        parameter = listing.filters[filter]
        for condition, of_condition in parameter.conditions(filter, value).items():
            conditions[parameter.of_groups].append(condition)
            parameters |= of_condition
    if is_dated := "from" in values or "to" in values:
        first = date.fromisoformat(values.get("from", "0001-01-01"))
        parameters |= {"from": first, "to": date.fromisoformat(values.get("to", "9999-12-30"))}
        if listing.time == "published_at":  # reads only the partitions of these days
            conditions[False].append(_OF_DAYS)
            unit = Marker.read(Storage(reader.lake)).unit
            parameters |= {"partition": first_day(first, unit), "no_date": NO_DATE}
    sql = _page_sql(listing, conditions, is_dated, bool(after))
    if after:
        parameters |= {"after_id": after[-1]} | ({"after_time": after[0]} if listing.time else {})
    try:
        result = reader.run(
            sql, parameters, entry if listing.pinned else None, min_confidence=least
        )
    except QueryError as error:
        if error.problem != Problem.GONE:
            raise
        message = f"{error}. Read the list from its first page again"
        raise QueryError(Problem.GONE, message) from error
    [[total, undated, keys, rows]] = result.rows
    by_id = {row[listing.id_column]: row for row in rows or []}
    shown = [by_id[key["id"]] for key in (keys or [])[:limit]]
    following = None
    if keys and len(keys) > limit:
        last = keys[limit - 1]
        key = [last["time"], last["id"]] if listing.time else [last["id"]]
        following = cursors.encode(name, values, [result.entry, *key])
    return RowPage(result.entry, total, undated if listing.time else None, shown, following)


def _page_sql(
    listing: Listing, conditions: Mapping[bool, list[str]], is_dated: bool, is_later_page: bool
) -> str:
    """Return SQL for one row: total, undated, the keys of the page and one more, and their rows.

    `conditions` are about groups (True) or rows (False).
    """
    where, having = (" AND ".join(conditions[of_groups]) for of_groups in (False, True))
    found = listing.found.format(where=where, having=having)
    in_days = (
        "time >= $from::TIMESTAMPTZ AND time < ($to::DATE + 1)::TIMESTAMPTZ" if is_dated else "true"
    )
    order, after = "id", "id > $after_id"
    if listing.time:
        order, after_time = "time DESC NULLS LAST, id", "$after_time::TIMESTAMPTZ"
        after = (
            f"CASE WHEN {after_time} IS NULL THEN time IS NULL AND id > $after_id "
            f"ELSE time IS NULL OR time < {after_time} OR time = {after_time} AND id > $after_id END"
        )
    if not is_later_page:
        after = "true"
    return f"""
        WITH found AS MATERIALIZED (
            SELECT {listing.id} AS id, {listing.time or "NULL::TIMESTAMPTZ"} AS time {found}
        ), page AS MATERIALIZED (
            SELECT * FROM found WHERE {in_days} AND ({after}) ORDER BY {order} LIMIT $limit
        )
        SELECT
            (SELECT count(*) FROM found WHERE {in_days}),
            (SELECT count(*) FROM found WHERE time IS NULL),
            (SELECT list(page ORDER BY {order}) FROM page),
            (SELECT list(one) FROM ({listing.rows}) AS one)
    """


def article(
    reader: LakeReader, id: str, start: int = 0, characters: int | None = None
) -> dict[str, Any]:
    """Return the article `id` with `text`, `copies` and `revisions`, and the log entry as `log_entry`.

    `text` begins at the offset `start` (in code points) and has at most `characters`; `text_length`
    is the length of the whole text.

    Raises:
        QueryError: there is no such article, or the query fails.
    """
    return _one(
        reader,
        f"the lake has no article {id!r}",
        f"""
        SELECT * EXCLUDE (text, signature, published_date),
            substring(text, $start + 1, $characters) AS text, $start AS text_start,
            length(text) AS text_length,
            (SELECT count(*) FROM duplicates WHERE duplicate_of = $id) AS copies_total,
            (SELECT list(copy) FROM (FROM copies($id) LIMIT {MAX_PARTS}) AS copy) AS copies,
            (SELECT count(*) FROM revisions WHERE article_id = $id) AS revisions_total,
            (SELECT list(one) FROM (
                SELECT * EXCLUDE (text, published_date) FROM revisions WHERE article_id = $id
                ORDER BY revision LIMIT {MAX_PARTS}
            ) AS one) AS revisions,
            (SELECT count(*) FROM mentions WHERE article_id = $id) AS mentions_total
        FROM articles WHERE article_id = $id
        """,
        {"id": id, "start": start, "characters": characters or 2**31},
    )


def event(reader: LakeReader, id: str, min_confidence: float = SHOWN_CONFIDENCE) -> dict[str, Any]:
    """Return the event `id` with its first mentions as `reports`, and the log entry as `log_entry`.

    Mentions with a lower confidence than `min_confidence` do not count.

    Raises:
        QueryError: there is no such event, or the query fails.
    """
    listing = LISTINGS["events"]
    return _one(
        reader,
        f"the lake has no event {id!r}",
        f"""
        WITH page AS (SELECT $id AS id)
        SELECT *, mentions AS mentions_total,
            (SELECT list(one ORDER BY published_at NULLS LAST, mention_id) FROM (
                FROM ({MENTION}) WHERE event_id = $id
                ORDER BY published_at NULLS LAST, mention_id LIMIT {MAX_PARTS}
            ) AS one) AS reports
        FROM ({listing.rows})
        """,
        {"id": id},
        min_confidence,
    )


def _one(
    reader: LakeReader,
    absent: str,
    sql: str,
    parameters: dict[str, Any],
    min_confidence: float = SHOWN_CONFIDENCE,
) -> dict[str, Any]:
    result = reader.run(sql, parameters, min_confidence=min_confidence)
    if not result.rows:
        raise QueryError(Problem.ABSENT, absent)
    return {"log_entry": result.entry, **result.records[0]}
