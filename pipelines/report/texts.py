"""The texts in a report: titles, sentences and URLs of the articles and mentions that are sampled."""

from typing import Any

import duckdb
import numpy as np

MAX_TITLE = 300
"""Characters of a title, a sentence and a list of changes; the rest is cut off."""
MAX_EVIDENCE = 700
MAX_CHANGES = 400
MAX_URL = 2_000
"""A longer URL is left out."""


def article_texts(
    connection: duckdb.DuckDBPyConnection, numbers: np.ndarray, with_text: bool
) -> list[list[Any]]:
    """Return number, id, time, precision, title and URL of the articles with these numbers, by number."""
    rows = connection.execute(
        f"""
        SELECT n, article_id, left(timezone(getvariable('zone'), c.published_at)::VARCHAR, 16), published_precision,
            title[:{MAX_TITLE} + 1], if(length(url) <= {MAX_URL}, url, NULL)
        FROM (SELECT unnest($1::BIGINT[]) AS n) JOIN chosen c USING (n) JOIN articles USING (article_id) ORDER BY n
        """,
        [numbers.tolist()],
    ).fetchall()
    return [
        [
            n,
            key,
            _time(time, precision),
            *((_cut(title, MAX_TITLE), url) if with_text else (None, None)),
        ]
        for n, key, time, precision, title, url in rows
    ]


def _time(time: str | None, precision: str | None) -> str | None:
    return time[:10] if time and precision == "day" else time


def mention_texts(
    connection: duckdb.DuckDBPyConnection, positions: np.ndarray, with_text: bool
) -> list[list[Any]]:
    """Return position, id, sentence, and start and end of the trigger in it, of these mentions.

    The offsets count code points.
    """
    rows = connection.execute(
        """
        SELECT position, mention_id, evidence, trigger_start - evidence_start, trigger_end - evidence_start
        FROM (SELECT unnest($1::BIGINT[]) AS position) JOIN numbered USING (position)
        JOIN mentions USING (mention_id) ORDER BY position
        """,
        [positions.tolist()],
    ).fetchall()
    if not with_text:
        return [[position, key] for position, key, *_ in rows]
    return [[position, key, *_around(*sentence)] for position, key, *sentence in rows]


def _around(evidence: str, start: int, end: int) -> tuple[str, int, int]:
    """Return at most `MAX_EVIDENCE` characters of `evidence` around the trigger, and its offsets."""
    start, end = sorted((min(max(0, start), len(evidence)), min(max(0, end), len(evidence))))
    if len(evidence) <= MAX_EVIDENCE:
        return evidence, start, end
    first = max(0, min(start - MAX_EVIDENCE // 2, len(evidence) - MAX_EVIDENCE))
    last = first + MAX_EVIDENCE
    head, tail = "…" if first else "", "…" if last < len(evidence) else ""
    shift = len(head) - first
    return head + evidence[first:last] + tail, start + shift, min(end, last) + shift


def edit_texts(connection: duckdb.DuckDBPyConnection, with_text: bool) -> list[list[Any]]:
    """Return number of the row, time, old title, new title and changes of the newest edits."""
    rows = connection.execute(
        f"""
        SELECT position, left(timezone(getvariable('zone'), seen_at)::VARCHAR, 16), old_title[:{MAX_TITLE} + 1], title[:{MAX_TITLE} + 1],
            changes[:{MAX_CHANGES} + 1]
        FROM (
            SELECT *, row_number() OVER (ORDER BY n, revision, document_id) - 1 AS position FROM edited
        )
        ORDER BY seen_at DESC NULLS LAST, position LIMIT 1000
        """
    ).fetchall()
    return [
        [
            position,
            time,
            *(
                (_cut(old, MAX_TITLE), _cut(new, MAX_TITLE), _cut(changes, MAX_CHANGES))
                if with_text
                else ()
            ),
        ]
        for position, time, old, new, changes in rows
    ]


def _cut(text: str | None, length: int) -> str | None:
    return text if text is None or len(text) <= length else text[:length] + "…"
