"""Reads the rows of a report from a lake: some numbers for each article, copy, edit and mention.

The numbers are positions in lists, such as the sources, the languages and the parties. Therefore
the page can count exactly under each filter, without the texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from newslake.pipelines.report.packing import steps
from newslake.pipelines.report.samples import sampled_articles, sampled_mentions
from newslake.pipelines.report.texts import article_texts, edit_texts, mention_texts
from newslake.pipelines.sql.views import run_query
from newslake.schemas.ontology import EVENT_TYPES, STATUSES
from newslake.transforms.events.data.data_files import countries, regions

DELAYS = (0, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 72 * 3600)
"""Limits of the classes of delays, in seconds. Class 0 is unknown, class 1 is below 0."""

HOURS = 72
"""Copies after more hours than these are one class."""

CONFIDENCE_STEPS = 100
"""`confidence` is rounded down to this part of 1."""

COARSE_STEPS = 5
"""The same in a coarse report."""

MAX_ROWS = 1_000_000
"""A report with more articles and mentions is coarse: see `COARSE`."""

COARSE = (
    "This report has more than {most:,} articles and mentions. So that it stays small, confidence is rounded "
    "down to a fifth, parties are countries, only the most frequent parties and places are named, and "
    "delays, agencies, sources of dates and disagreements are left out. Choose fewer days to see them."
)

MOST_SIDES, MOST_PLACES = 6, 11
"""The same in a coarse report: sides and places from these numbers on are not distinguished."""

MAX_TEXTS, COARSE_TEXTS = 6_000, 3_000
"""Maximum number of articles, and of mentions, that are chosen for their text."""

MAX_EVENT_KEYS = 2_000
"""Number of events with the largest number of mentions whose id the page knows, for its SQL."""


@dataclass(frozen=True)
class Selection:
    """The rows that a report shows."""

    first: date | None = None
    """First day of publication; None means no limit. With a limit, undated articles are left out."""
    last: date | None = None
    sources: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    """ISO 639-1 codes."""
    with_text: bool = True
    """False leaves out titles, sentences, URLs and names of parties."""
    zone: str = "UTC"
    """IANA time zone whose days are counted."""


@dataclass(frozen=True)
class Rows:
    """What the page shows: the arguments of `newslake.pipelines.report.packing.pack`."""

    head: dict[str, Any]
    columns: dict[str, np.ndarray]


def read_rows(lake: Path, selection: Selection, as_of: int | None = None) -> Rows:
    """Return the rows of `lake` in the state at the log entry `as_of`; None is the current state.

    Raises:
        LakeError: the state at `as_of` is not available.
    """
    return run_query(lake, lambda connection: count(connection, selection), as_of, sql=USED_SQL)


def _sql(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")


USED_SQL = "".join(map(_sql, ("rows", "lost", "feeds")))


def count(connection: duckdb.DuckDBPyConnection, selection: Selection) -> Rows:
    """Return the rows of the lake whose tables, and the view `coverage`, `connection` has."""
    for name, kind, value in (
        ("zone", "VARCHAR", selection.zone),
        ("first", "DATE", selection.first),
        ("last", "DATE", selection.last),
        ("sources", "VARCHAR[]", selection.sources),
        ("languages", "VARCHAR[]", selection.languages),
        ("text", "BOOLEAN", selection.with_text),
        ("types", "VARCHAR[]", [*EVENT_TYPES]),
        ("statuses", "VARCHAR[]", [*STATUSES]),
        ("most", "INTEGER", MAX_ROWS),
        ("most_sides", "INTEGER", MOST_SIDES),
        ("most_places", "INTEGER", MOST_PLACES),
    ):
        connection.execute(f"SET VARIABLE {name} = ?::{kind}", [value])
    connection.execute(_sql("rows"))
    [(coarse,)] = connection.execute("SELECT getvariable('coarse')").fetchall()
    first_day = connection.execute("SELECT min(day) FROM chosen").fetchall()[0][0]
    confidence_steps = COARSE_STEPS if coarse else CONFIDENCE_STEPS
    columns = _articles(connection, first_day) | _copies(connection)
    columns |= _mentions(connection, confidence_steps)
    edits, edited = _edits(connection)
    size = COARSE_TEXTS if coarse else MAX_TEXTS
    mentions = sampled_mentions(columns, size)
    articles = np.union1d(
        sampled_articles(columns, edited, size), columns["mentionArticle"][mentions]
    )
    head = {
        "firstDay": first_day and first_day.isoformat(),
        **_lists(connection),
        "types": [[name, kind.quad, kind.covers] for name, kind in EVENT_TYPES.items()],
        "statuses": [*STATUSES.items()],
        "delays": DELAYS,
        "hours": HOURS,
        "confidenceSteps": confidence_steps,
        "coarse": COARSE.format(most=MAX_ROWS) if coarse else "",
        "rejects": _records(connection, _sql("lost")),
        "feeds": _records(connection, _sql("feeds")),
        "articleTexts": article_texts(connection, articles, selection.with_text),
        "mentionTexts": mention_texts(connection, mentions, selection.with_text),
        "editTexts": edit_texts(connection, selection.with_text),
    }
    columns |= edits
    if coarse:
        columns |= {
            name: np.zeros_like(columns[name])
            for name in ("agency", "delay", "dateSource", "copyAgency")
        }
    for name in ("day", "copyArticle", "editArticle", "mentionArticle"):
        columns[name] = steps(columns[name])
    return Rows(head, columns)


def _lists(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the lists whose positions the columns contain."""
    names = {
        "sources": "sources",
        "languages": "languages",
        "dateSources": "date_sources",
        "agencies": "agencies",
        "kinds": "kinds",
        "dates": "dates",
        "killed": "killed",
        "injured": "injured",
    }
    lists: dict[str, Any] = {
        name: [
            value
            for (value,) in connection.execute(f"SELECT value FROM {table} ORDER BY i").fetchall()
        ]
        for name, table in names.items()
    }
    parties = "SELECT party.name, party.country, party.sector FROM parties ORDER BY i"
    lists["parties"] = connection.execute(parties).fetchall()
    members = "SELECT list(parties.i ORDER BY parties.i) FROM (SELECT i, unnest(side) AS party FROM shown_sides) s JOIN parties USING (party) GROUP BY s.i ORDER BY s.i"
    lists["sides"] = [[], *(side for (side,) in connection.execute(members).fetchall())]
    keys = f"SELECT event_key FROM shared_events ORDER BY i LIMIT {MAX_EVENT_KEYS}"
    lists["eventKeys"] = [key for (key,) in connection.execute(keys).fetchall()]
    whole = {land.names[0] for land in countries().values()}
    areas = {region.names[0] for region in regions()}
    places = "SELECT place.name, place.country, place.latitude, place.longitude FROM shown_places ORDER BY i"
    lists["places"] = [
        [*place, "country" if place[0] in whole else "region" if place[0] in areas else "town"]
        for place in connection.execute(places).fetchall()
    ]
    lists["countries"] = {code: land.names[0] for code, land in countries().items()}
    return lists


def _records(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> Mapping[str, np.ndarray]:
    return connection.execute(sql).fetchnumpy()


def _articles(
    connection: duckdb.DuckDBPyConnection, first_day: date | None
) -> dict[str, np.ndarray]:
    start = f"DATE '{first_day}'" if first_day else "NULL::DATE"
    rows = _fetch(
        connection,
        f"""
        SELECT coalesce(day - {start} + 1, 0) AS day, s.i AS source, l.i AS language, d.i AS date_source,
            g.i AS agency, coalesce(delay, 'nan'::DOUBLE) AS delay
        FROM chosen c JOIN sources s ON c.source = s.value JOIN languages l ON c.language = l.value
        JOIN date_sources d ON c.date_source = d.value JOIN agencies g ON c.agency = g.value
        ORDER BY n
        """,
    )
    delay = np.searchsorted(DELAYS, rows["delay"], side="right") + 1
    return {
        "day": rows["day"],
        "source": rows["source"],
        "language": rows["language"],
        "dateSource": rows["date_source"],
        "agency": rows["agency"],
        "delay": np.where(np.isnan(rows["delay"]), 0, delay),
    }


def _copies(connection: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    rows = _fetch(
        connection,
        """
        SELECT n, s.i AS source, k.i AS kind, g.i AS agency, coalesce(delay, 'nan'::DOUBLE) AS delay
        FROM copied c JOIN sources s ON c.source = s.value JOIN kinds k ON c.kind = k.value
        JOIN agencies g ON c.agency = g.value
        ORDER BY n, source, kind, agency, delay
        """,
    )
    hours = np.clip(np.floor(np.nan_to_num(rows["delay"]) / 3600), -1, HOURS) + 2
    return {
        "copyArticle": rows["n"],
        "copySource": rows["source"],
        "copyKind": rows["kind"],
        "copyAgency": rows["agency"],
        "copyHours": np.where(np.isnan(rows["delay"]), 0, hours),
    }


def _edits(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the columns, and the numbers of the edited articles, the one with the newest edit first."""
    rows = _fetch(
        connection,
        "SELECT n, new_title::INT + 2 * new_number::INT AS flags, "
        "least(words_added + words_removed, 65535) AS words FROM edited ORDER BY n, revision, document_id",
    )
    edited = "SELECT n FROM edited GROUP BY n ORDER BY max(seen_at) DESC NULLS LAST, n"
    columns = {"editArticle": rows["n"], "editFlags": rows["flags"], "editWords": rows["words"]}
    return columns, _fetch(connection, edited)["n"]


def _mentions(
    connection: duckdb.DuckDBPyConnection, confidence_steps: int
) -> dict[str, np.ndarray]:
    rows = _fetch(connection, "SELECT * EXCLUDE (mention_id) FROM numbered ORDER BY position")
    limits = np.arange(1, confidence_steps + 1) / confidence_steps
    return {
        "mentionArticle": rows["n"],
        "confidence": np.searchsorted(limits, rows["confidence"], side="right"),
        "killedClaim": rows["killed"],
        "injuredClaim": rows["injured"],
        **{
            name: rows[name] for name in ("type", "status", "who", "whom", "place", "event", "date")
        },
    }
