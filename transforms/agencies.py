"""News agencies by the forms of their credits, as agencies.tsv lists them."""

from functools import cache
from importlib.resources import files


def agency_called(form: str) -> str | None:
    """Return the name of the agency that a credit calls `form`, None if it is none.

    >>> agency_called("Associated Press"), agency_called("Ann Lee")
    ('AP', None)
    """
    return forms().get(form)


@cache
def forms() -> dict[str, str]:
    """Return the names of the agencies by the forms of their credits."""
    table = (files(__package__) / "agencies.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {form: name for name, written in rows for form in written.split("|")}
