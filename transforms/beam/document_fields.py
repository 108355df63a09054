"""The fields of a rejected document that its row in `rejects` stores as JSON, for `newslake replay`.

The other fields of the document are columns of the row.
"""

import json
from datetime import datetime
from typing import Any

from newslake.schemas.records import Document
from newslake.schemas.rows import Rejected
from newslake.transforms.formats import HTML, JSON, formats_with
from newslake.transforms.web.optouts import RESERVATION, USAGE_FIELDS
from newslake.transforms.web.urls import publisher

_TIMES = ("seen_at", "published_at")
_NAMES = (
    *("media_type", "source", "charset", "feed", "entry_id", "published_precision", "optouts"),
    *("rejected_id", *_TIMES),
)
_HEADERS = {"content-type", "x-robots-tag", RESERVATION, *USAGE_FIELDS}


def stored_fields(document: Document) -> str:
    """Return the fields of `document` that have no column in `rejects`, as a JSON object.

    Of the headers, only those are stored that `Extract` uses.
    """
    lines = document.headers.splitlines()
    used = [line for line in lines if line.partition(":")[0].strip().lower() in _HEADERS]
    values = {name: value for name in _NAMES if (value := getattr(document, name))}
    values |= {"headers": "\n".join(used)} if used else {}
    return json.dumps(values, default=datetime.isoformat, sort_keys=True)


def rejected_document(row: Rejected) -> Document:
    """Return the document that was rejected as `row`.

    The payload is empty if the row has none. If an older version wrote the row, media type and source
    follow from the name of the document.
    """
    values: dict[str, Any] = json.loads(row.document) if row.document else _guessed(row)
    for name in _TIMES:
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    return Document(
        document_id=row.document_id,
        locator=row.locator,
        payload=row.payload or b"",
        url=row.url,
        warc_file=row.warc_file,
        warc_offset=row.warc_offset,
        **values,
    )


def _guessed(row: Rejected) -> dict[str, Any]:
    name, _, position = row.locator.removeprefix("file:").partition("#")
    suffix = name.lower().removesuffix(".gz").rpartition(".")[2]
    found = formats_with(f".{suffix}")
    media_type = found[-1].media_type if found else HTML.media_type
    folder = name.rpartition("/")[0].rpartition("/")[2]
    return {
        "media_type": JSON.media_type if position else media_type,
        "source": publisher(row.url) or folder or name,
    }
