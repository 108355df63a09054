"""Declares a field of a stage as an option of the command line."""

import math
from dataclasses import dataclass


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
    maximum: float = math.inf
    """Largest allowed number."""
    can_reject: bool = False
    """True if the value decides whether a document is rejected. Rejects of a run with another value
    are tried again."""
