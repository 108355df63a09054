"""Makes the page of a report: one HTML file with its style, its program and its rows."""

import base64
import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newslake import __version__
from newslake.pipelines.report.packing import pack
from newslake.pipelines.report.report_columns import Rows, Selection, read_rows
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.schemas.tables import SCHEMA_VERSION
from newslake.transforms.lake.errors import NoSuchState
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.storage import Storage

MAX_TRIES = 5
"""Number of attempts to read one state of a lake that is compacted again and again."""

_WEB = Path(__file__).with_name("web")
_PROGRAM = (
    *("data", "elements", "state", "filter", "sql", "list", "cards", "filters"),
    *("arrived", "lost", "copies", "edits", "attention", "events", "parties", "places", "disputes"),
    "main",
)
"""The files of the program, in their order in the page."""


@dataclass(frozen=True)
class Report:
    """The content of a page."""

    entry: int
    """Number of the log entry whose state the rows show."""
    articles: int
    mentions: int
    texts: int
    """Number of titles and sentences of publishers."""
    packed: str
    """See `newslake.pipelines.report.packing.pack`."""


Reader = Callable[[Path, Selection, int], Rows]
"""Returns the selected rows of a lake in the state at a log entry."""


def read_report(
    lake: Path, selection: Selection, now: datetime, read: Reader = read_rows, level: int = 6
) -> Report:
    """Return what a page shows of `lake`, in its current state.

    Args:
        lake: The lake's folder.
        selection: The rows to show.
        now: The time to print, with a time zone.
        read: Reads the rows.
        level: The level of gzip.

    Raises:
        LakeError: the lake is damaged, or it is compacted too often to be read.
    """
    log = Log(Storage(lake))
    for number in range(MAX_TRIES):
        entry = log.last() or 0
        try:
            rows = read(lake, selection, entry)
            break
        except NoSuchState:  # a compaction has replaced the files meanwhile
            if number == MAX_TRIES - 1:
                raise
    head = {**rows.head, "about": _about(lake, selection, entry, now)}
    lists = [head[name] for name in ("articleTexts", "mentionTexts", "editTexts")]
    texts = sum(map(len, lists)) if selection.with_text else 0
    articles, mentions = len(rows.columns["day"]), len(rows.columns["type"])
    return Report(entry, articles, mentions, texts, pack(head, rows.columns, level))


def _about(lake: Path, selection: Selection, entry: int, now: datetime) -> dict[str, Any]:
    # UTC needs no table of time zones.
    zone = UTC if selection.zone == "UTC" else ZoneInfo(selection.zone)
    chosen = {
        "from": selection.first and selection.first.isoformat(),
        "to": selection.last and selection.last.isoformat(),
        "source": selection.sources and [*selection.sources],
        "language": selection.languages and [*selection.languages],
    }
    return {
        "lake": str(lake.absolute()),
        "name": lake.absolute().name,
        "entry": entry,
        "version": __version__,
        "schema": SCHEMA_VERSION,
        "zone": selection.zone,
        "made": f"{now.astimezone(zone):%Y-%m-%d %H:%M}",
        "confidence": SHOWN_CONFIDENCE,
        "selection": {**chosen, "any": any(chosen.values()), "text": selection.with_text},
    }


def policy(is_live: bool = False) -> str:
    """Return the content policy of a page. Only its own program runs.

    A page loads nothing; if `is_live`, it may ask its server.
    """
    scripts = (_file("library.js"), _program(is_live))
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    server = "connect-src 'self'; " if is_live else ""
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; {server}"
        "base-uri 'none'; form-action 'none'"
    )


def page(packed: str, is_live: bool = False) -> str:
    """Return the HTML page with the rows `packed`.

    If `is_live`, the page asks its server whether the lake has changed, and loads itself again.
    """
    parts = {
        "policy": html.escape(policy(is_live)),
        "style": _file("style.css"),
        "rows": packed,
        "library": _file("library.js"),
        "program": _program(is_live),
    }
    text = _file("page.html")
    for name, part in parts.items():
        before, after = text.split(f"{{{name}}}")
        text = before + part + after
    return text


@cache
def _file(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")


@cache
def _program(is_live: bool) -> str:
    names = (*_PROGRAM, "live") if is_live else _PROGRAM
    scripts = "\n".join(_file(f"{name}.js") for name in names)
    return f'"use strict";\n(() => {{\n{scripts}}})();\n'


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
