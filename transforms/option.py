"""Declares a field of a stage as an option of the command line."""

from collections.abc import Callable
from dataclasses import dataclass

LARGEST = 1_000_000_000
"""Largest number of an option without a maximum of its own. Every unit allows it."""


@dataclass(frozen=True)
class Option:
    """Metadata of a field that users can set on the command line, for `typing.Annotated`.

        max_depth: Annotated[int, Option("Maximum nesting depth of HTML elements.")] = 250

    Name, type and default of the option are those of the field. The type is `bool`, `int`, `float`
    or `str`; `str | None` allows the default None.
    """

    help: str
    """The meaning and the unit, in full sentences, without the default."""
    metavar: str | None = None
    """Name of the value in the help text; by default N for a number, TEXT for other values."""
    minimum: float = 1
    """Smallest allowed number."""
    maximum: float = LARGEST
    """Largest allowed number."""
    check: Callable[[str], str] = str
    """Returns a text unchanged. If the text cannot be used, it raises ValueError with the reason."""
    needs: str | None = None
    """Name of the bool field without which this option has no effect."""
    can_reject: bool = False
    """True if the value decides whether a document is rejected. Rejects of a run with another value
    are tried again."""
