"""Reads the fields of a JSON object or of the front matter of a Markdown document."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from newslake.schemas.reasons import BadField, BadJson
from newslake.schemas.rows import PRECISIONS
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.extract.fields.language import two_letters
from newslake.transforms.text import mend
from newslake.transforms.tsv import read_rows

VERSION = "1"
"""Incremented when a change of these rules changes the text or title of a document."""

MAX_DIGITS = 300
"""Maximum number of digits of an integer. A longer integer is stored as a string, since
readers of the lake could not load it as a number."""

NAMES = {field: names.split() for field, names in read_rows(__package__, "field_names.tsv")}
"""The known fields, each with its names in JSON objects in order of preference."""

MAX_NESTING = 100
"""Maximum nesting depth of lists and objects. Python's own limit is about 1,000 minus the depth of
the call stack."""

_BOOLEANS = {"true": True, "false": False}
_TOO_DEEP = f"nested more than {MAX_NESTING} deep"


def parse_object(text: str) -> dict[str, object]:
    """Parse `text` as a JSON object whose numbers and strings can be serialized again.

    Raises:
        BadJson: `text` is not JSON, is nested too deeply, or is not an object.
    """
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_real, parse_constant=str)
    except RecursionError:
        raise BadJson(_TOO_DEEP) from None
    except ValueError as error:
        raise BadJson(str(error)) from None
    if is_too_deep(value):
        raise BadJson(_TOO_DEEP)
    if not isinstance(value, dict):
        raise BadJson(f"a JSON {type(value).__name__}, not an object")
    return {mend(name): with_strings(item, mend) for name, item in value.items()}


def read_fields(fields: dict[str, object]) -> Content:
    """Return the known fields as a `Content`. HTML in their values is not yet parsed.

    Unknown fields, and dates that cannot be parsed, are kept in `extra`. The fields
    `published_precision` and `published_at_naive`, which `newslake export` writes, take precedence
    over the date's text.

    Raises:
        BadField: a known field has the wrong type.
    """
    rest = dict(fields)
    published, offset, precision = _time(rest, "published")
    if published and rest.get("published_precision") in PRECISIONS:
        precision = str(rest.pop("published_precision"))
    if published and (naive := str(rest.get("published_at_naive")).lower()) in _BOOLEANS:
        del rest["published_at_naive"]
        offset = None if _BOOLEANS[naive] else offset
    modified, *_ = _time(rest, "modified")
    return Content(
        text=_string(rest, "text") or "",
        extractor="json",
        extractor_version=VERSION,
        title=_string(rest, "title"),
        authors=_strings(rest, "authors"),
        url=_string(rest, "url"),
        published_at=published,
        published_offset=offset,
        published_precision=precision,
        date_source="field" if published else "none",
        modified_at=modified,
        language=two_letters(_string(rest, "language")),
        section=_string(rest, "section"),
        keywords=_strings(rest, "keywords"),
        image_url=_string(rest, "image_url"),
        extra=rest,
    )


def take_html(content: Content) -> tuple[str | None, Content]:
    """Remove the HTML field from `extra`; return the HTML (or None) and the remaining content.

    Raises:
        BadField: the HTML is not a string.
    """
    rest = dict(content.extra)
    html = _string(rest, "html")
    return html, replace(content, extra=rest)


def _take(rest: dict[str, object], field: str) -> tuple[str, object]:
    """Remove `field` from `rest`; return the field's name in `rest` and the field's value."""
    for name in NAMES[field]:
        if rest.get(name) not in (None, "", []):
            return name, rest.pop(name)
    for name in NAMES[field]:
        rest.pop(name, None)
    return NAMES[field][0], None


def _string(rest: dict[str, object], field: str) -> str | None:
    name, value = _take(rest, field)
    if value is None or isinstance(value, str):
        return value
    raise BadField(f"{name} is a {type(value).__name__}, not a string")


def _strings(rest: dict[str, object], field: str) -> list[str]:
    """Return the names from a string, an object with a `name`, or a list of these."""
    name, value = _take(rest, field)
    values = value if isinstance(value, list) else [] if value is None else [value]
    named = [item.get("name") if isinstance(item, dict) else item for item in values]
    if not all(isinstance(item, str) for item in named):
        raise BadField(f"{name} is not a list of names")
    return [str(item) for item in named]


def _time(rest: dict[str, object], field: str) -> tuple[datetime | None, int | None, str | None]:
    """Remove the time in `field` from `rest`; return the time, its offset and its precision."""
    name, value = _take(rest, field)
    if time := read_time(value):
        return *time, precision_of(value)
    if value is not None:
        rest[name] = value
    return None, None, None


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _real(digits: str) -> float | str:
    return value if math.isfinite(value := float(digits)) else digits


def with_strings(value: object, change: Callable[[str], str]) -> object:
    """Return a JSON value with `change` applied to each string in it, including names of fields."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(name): with_strings(item, change) for name, item in value.items()}
    return [with_strings(item, change) for item in value] if isinstance(value, list) else value


def is_too_deep(value: object, most: int = MAX_NESTING) -> bool:
    """Return whether the nesting depth of lists and objects in a JSON value exceeds `most`.

    >>> is_too_deep({"a": [1]}, 2), is_too_deep({"a": [[]]}, 2)
    (False, True)
    """
    level = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in _within(outer)]
    return any(isinstance(one, list | dict) for one in level)


def _within(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
