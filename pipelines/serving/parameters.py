"""The parameters of a list of rows: their JSON schema, the parsing of their text, and their SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newslake.pipelines.serving.query_request import Problem, QueryError
from newslake.schemas.ontology import EVENT_TYPES, STATUSES
from newslake.schemas.rows import SHOWN_CONFIDENCE

MAX_CHARACTERS = 1000
"""Maximum length of a value."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a list of rows.

    Attributes:
        about: Sentence for users.
        schema: JSON schema of the value.
        sql: Condition in which `$name` is the value; empty if the parameter selects no rows.
        of_groups: True if the condition is about groups (HAVING), False if about rows (WHERE).
        by_word: True if each word of the value must meet the condition, in lower case.
    """

    about: str
    schema: Mapping[str, Any]
    sql: str = ""
    of_groups: bool = False
    by_word: bool = False

    def conditions(self, name: str, value: Any) -> dict[str, dict[str, Any]]:
        """Return SQL conditions, each with its parameters, for the value of the parameter `name`."""
        if not self.sql:
            return {}
        if not self.by_word:
            return {self.sql: {name: value}}
        words = {f"{name}_{number}": word for number, word in enumerate(value.lower().split())}
        return {self.sql.replace(f"${name}", f"${one}"): {one: words[one]} for one in words}

    def value(self, name: str, text: object) -> Any:
        """Return the value in `text`, which is a text from a URL, or already a JSON value.

        Raises:
            QueryError: the value is not allowed.
        """
        try:
            return _PARSERS[self.schema["type"], self.schema.get("format")](text, self.schema)
        except (ValueError, TypeError, OverflowError) as error:
            raise wrong(f"{name}: {error}") from error


def wrong(message: str) -> QueryError:
    """Return the error for a wrong parameter."""
    return QueryError(Problem.INVALID, message)


def _text(text: object, schema: Mapping[str, Any]) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError("a text that is not empty is required")
    if len(text) > schema.get("maxLength", MAX_CHARACTERS):
        raise ValueError(f"more than {schema.get('maxLength', MAX_CHARACTERS):,} characters")
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise ValueError("the text has a character that no text in the lake has")
    if "enum" in schema and text not in schema["enum"]:
        raise ValueError(f"{text!r} is not one of {', '.join(schema['enum'])}")
    return text


def _day(text: object, _: Mapping[str, Any]) -> str:
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-03-01") from None


def _number(kind: type, text: object, schema: Mapping[str, Any]) -> Any:
    try:
        value = kind(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    least, most = schema["minimum"], schema["maximum"]
    if not least <= value <= most:
        raise ValueError(f"{text} is not between {least} and {most}")
    return value


_PARSERS: dict[tuple[str, str | None], Callable[[object, Mapping[str, Any]], Any]] = {
    ("string", None): _text,
    ("string", "date"): _day,
    ("integer", None): lambda text, schema: _number(int, text, schema),
    ("number", None): lambda text, schema: _number(float, text, schema),
}


def values_of(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Return the parsed values of the parameters that are `given`.

    Raises:
        QueryError: a parameter is unknown, a value is not allowed, or the days are in the wrong order.
    """
    for name in given:
        if name not in parameters:
            raise wrong(f"unknown parameter {name!r}; known are {', '.join(parameters)}")
    values = {name: parameters[name].value(name, text) for name, text in given.items()}
    if values.get("from", "") > values.get("to", "9999-12-31"):
        raise wrong(f"from {values['from']} is after to {values['to']}")
    return values


def text(about: str, sql: str, of_groups: bool = False, **schema: Any) -> Parameter:
    """Return a parameter whose value is a text."""
    return Parameter(
        about, {"type": "string", "maxLength": MAX_CHARACTERS, **schema}, sql, of_groups
    )


def ids(about: str, sql: str) -> Parameter:
    """Return a parameter whose value is an id."""
    return text(about, sql, maxLength=64)


ID = ids("", "")
"""The id in the path of an article or an event."""

SQL = text("One SELECT in the SQL of DuckDB.", "", maxLength=100_000)

CONFIDENCE = Parameter(
    "Minimum confidence of the mentions that count; 0 includes all.",
    {"type": "number", "minimum": 0, "maximum": 1, "default": SHOWN_CONFIDENCE},
)

OF_EVENT = {"confidence": CONFIDENCE}
"""The parameters of a single event."""


def event_filters(of_groups: bool) -> dict[str, Parameter]:
    """Return the parameters about mentions; about the mentions of an event if `of_groups`."""
    type, status = "type", "status"
    if of_groups:
        type, status = "any_value(type ORDER BY mention_id)", "mode(status ORDER BY status)"
    return {
        "type": text("Type of the event.", f"{type} = $type", of_groups, enum=[*EVENT_TYPES]),
        "status": text("Status of the event.", f"{status} = $status", of_groups, enum=[*STATUSES]),
        "confidence": CONFIDENCE,
    }


DAYS = {
    "from": Parameter("First day, in UTC.", {"type": "string", "format": "date"}),
    "to": Parameter("Last day, in UTC.", {"type": "string", "format": "date"}),
}
PAGE = {
    "limit": Parameter(
        "Maximum number of rows of the page.",
        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    ),
    "cursor": text("The value of `next` of the previous page.", ""),
}
