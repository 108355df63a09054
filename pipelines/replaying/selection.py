"""Select the open rejects that `newslake replay` tries again, and load their bytes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.views import run_query
from newslake.schemas.reasons import OptedOut
from newslake.schemas.rows import Rejected

_PAYLOADS = """
SELECT document_id, payload FROM rejects
WHERE (document_id, run_id) IN (SELECT unnest($ids::VARCHAR[]), unnest($runs::VARCHAR[]))
"""
_COLUMNS = [field.name for field in fields(Rejected)]


@dataclass(frozen=True)
class Selected:
    """An open reject."""

    row: Rejected
    """The row of `rejects`, without the payload."""
    run_id: str
    """The run that wrote the row."""
    run_ids: list[str]
    """The runs that rejected the document."""
    size: int | None
    """Size of the payload in bytes; None if the row has no payload."""
    requested_url: str | None
    """The last URL at which newslake fetched the document; None if it was not fetched."""
    canonical_url: str | None
    """`requested_url` in normalized form, as in `fetches`."""

    @property
    def url(self) -> str | None:
        """The URL of the document; None if it has none."""
        locator = self.row.locator
        is_url = locator.startswith(("http://", "https://"))
        return self.requested_url or self.row.url or (locator if is_url else None)

    @property
    def respects_optouts(self) -> bool:
        """True if the run that rejected the document respected the opt-outs of publishers."""
        settings = json.loads(self.row.settings or "{}")
        return bool(settings.get("respect_optouts")) or self.row.reason == OptedOut.reason


def select(lake: Path, conditions: Mapping[str, str | None]) -> list[Selected]:
    """Return the open rejects that meet the `conditions`: `reason`, `stage`, `run` and `host`.

    A condition that is None or missing is met by all. The run of a document is each run that rejected
    it. The host `example.org` includes its subdomains.
    """
    sql = read_sql("replay_rejects")
    values = {name: conditions.get(name) for name in ("reason", "stage", "run")}

    def query(database: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        found = database.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    host = (conditions.get("host") or "").lower()
    found = [_selected(row) for row in run_query(lake, query, sql=sql)]
    return [one for one in found if not host or _is_on(one.url, host)]


def _selected(row: dict[str, Any]) -> Selected:
    columns: dict[str, Any] = {name: row.get(name) for name in _COLUMNS}
    others = (row[name] for name in ("run_id", "runs", "size", "requested_url", "canonical_url"))
    return Selected(Rejected(**columns), *others)


def _is_on(url: str | None, host: str) -> bool:
    name = urlsplit(url or "").hostname or ""
    return name == host or name.endswith(f".{host}")


def payloads(lake: Path, selected: Iterable[Selected]) -> dict[str, bytes]:
    """Return the stored bytes of the `selected` rejects, by document id."""
    selected = list(selected)
    values = {
        "ids": [one.row.document_id for one in selected],
        "runs": [one.run_id for one in selected],
    }
    rows = run_query(
        lake, lambda database: database.execute(_PAYLOADS, values).fetchall(), sql=_PAYLOADS
    )
    return dict(rows)
