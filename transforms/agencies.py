"""Maps each spelling of an agency's name in credit lines to the agency; reads agencies.tsv."""

from functools import cache
from importlib.resources import files


def agency_of(form: str) -> str | None:
    """Return the name of the agency credited as `form`; None if `form` is not an agency.

    >>> agency_of("Associated Press"), agency_of("Ann Lee")
    ('AP', None)
    """
    return forms().get(form)


@cache
def forms() -> dict[str, str]:
    """Return the mapping from the spellings of credits to the names of agencies."""
    table = (files(__package__) / "agencies.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {form: name for name, written in rows for form in written.split("|")}
