"""The lists of rows that the HTTP API and the MCP server return, one page after the other.

A page starts after the last row of the previous page, by the time and the id of that row. A commit
between two pages therefore neither repeats nor skips a row. The time of an event can change when a
mention is added, so the pages of events are read as of the log entry of the first page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from newslake.pipelines.serving.parameters import (
    DAYS,
    PAGE,
    Parameter,
    event_filters,
    ids,
    text,
)
from newslake.pipelines.sql import read_sql

_ARTICLE = "* EXCLUDE (text, signature, extra, published_date)"
_EVENT_ID = "coalesce(event_key, mention_id)"
_WORDS = Parameter(
    "Words that the headline or the text contains; upper and lower case are equal.",
    {"type": "string", "maxLength": 200},
    "(contains(lower(title), $words) OR contains(lower(text), $words))",
    by_word=True,
)
_SOURCE = text("Publisher, as in the column `source`.", "source = $source")
_LANGUAGE = text("Language of the article, ISO 639-1.", "language = $language")
_COUNTRY = text(
    "Country of the place or of a party of the event, ISO 3166-1 alpha-3.",
    "list_contains(list_append([one.country FOR one IN list_concat(actors, recipients)], "
    "place.country), upper($country))",
)

MENTION = f"""
SELECT mentions.* EXCLUDE (text_hash, cameo_root, run_id, published_date), {_EVENT_ID} AS event_id,
    source, language, url, title
FROM mentions JOIN (SELECT article_id, source, language, url, title FROM articles) USING (article_id)
"""
"""SQL of the mentions, with the article's publisher, URL and headline."""

_EVENTS = read_sql("events").partition("CREATE VIEW events AS")[2]


@dataclass(frozen=True)
class Listing:
    """A list of rows.

    Attributes:
        about: Sentence for users.
        filters: The parameters that select rows.
        found: SQL of the rows, `FROM …`, with the places {where} and {having} of the filters.
        id: SQL of the id in `found`.
        time: SQL of the time in `found` by which the rows are sorted, the latest first; empty if they
            are sorted by id.
        rows: SQL of the columns of the rows on the page, with the column `id_column`.
        id_column: Name of the id in `rows`.
        pinned: True if all pages are read as of the log entry of the first page.
    """

    about: str
    filters: Mapping[str, Parameter]
    found: str
    id: str
    time: str
    rows: str
    id_column: str
    pinned: bool = False

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters of a page."""
        return {**self.filters, **PAGE}


LISTINGS = {
    "articles": Listing(
        "Articles without their texts, the latest publication first, undated ones last.",
        {**DAYS, "source": _SOURCE, "language": _LANGUAGE, "words": _WORDS},
        found="FROM articles WHERE {where}",
        id="article_id",
        time="published_at",
        rows=f"SELECT {_ARTICLE} FROM articles WHERE article_id IN (SELECT id FROM page)",
        id_column="article_id",
    ),
    "events": Listing(
        "Deduplicated events, the last that was first seen first. `from` and `to` are about "
        "`first_seen`, the time of the first report.",
        {
            **DAYS,
            **event_filters(of_groups=True),
            "country": Parameter(
                _COUNTRY.about, _COUNTRY.schema, f"bool_or({_COUNTRY.sql})", of_groups=True
            ),
            "source": text("A publisher that reports it.", "bool_or(source = $source)", True),
            "sources": Parameter(
                "Minimum number of independent publishers.",
                {"type": "integer", "minimum": 1, "maximum": 1000},
                "count(DISTINCT source) >= $sources",
                of_groups=True,
            ),
        },
        found=f"FROM main.mentions AS m JOIN articles USING (article_id) WHERE {{where}} "
        f"GROUP BY {_EVENT_ID} HAVING {{having}}",
        id=_EVENT_ID,
        time="min(coalesce(m.published_at, seen_at))",
        rows="WITH mentions AS (FROM main.mentions "
        f"WHERE {_EVENT_ID} IN (SELECT id FROM page)) SELECT * FROM ({_EVENTS})",
        id_column="event_id",
        pinned=True,
    ),
    "mentions": Listing(
        "Sentences that report an event, with the offsets of the evidence in the article's text.",
        {
            **DAYS,
            **event_filters(of_groups=False),
            "country": _COUNTRY,
            "source": _SOURCE,
            "language": _LANGUAGE,
            "article_id": ids("Id of the article.", "article_id = $article_id"),
            "event_id": ids("Id of the event.", f"{_EVENT_ID} = $event_id"),
        },
        found="FROM mentions JOIN (SELECT article_id, source, language FROM articles) "
        "USING (article_id) WHERE {where}",
        id="mention_id",
        time="published_at",
        rows=f"{MENTION} WHERE mention_id IN (SELECT id FROM page)",
        id_column="mention_id",
    ),
    "sources": Listing(
        "Publishers, by name, with the numbers of their articles and copies.",
        {},
        found="FROM articles WHERE {where} GROUP BY source",
        id="source",
        time="",
        rows="SELECT source, count(*) AS articles, count(*) FILTER (published_at IS NULL) AS undated, "
        "min(published_at) AS first_published_at, max(published_at) AS last_published_at, "
        "list_sort(list(DISTINCT language)) AS languages, any_value(copies.documents) AS copies "
        "FROM articles LEFT JOIN (SELECT source, count(*) AS documents FROM duplicates GROUP BY source)"
        " AS copies USING (source) WHERE source IN (SELECT id FROM page) GROUP BY source",
        id_column="source",
    ),
    "coverage": Listing(
        "Statistics of each feed that has announced an entry, by its URL.",
        {},
        found="FROM coverage WHERE {where}",
        id="feed",
        time="",
        rows="SELECT * FROM coverage WHERE feed IN (SELECT id FROM page)",
        id_column="feed",
    ),
}
"""The lists, by name."""
