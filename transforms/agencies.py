"""Reads agencies.tsv, which maps each spelling of a name in credit lines to its news agency."""

from functools import cache

from newslake.transforms.tsv import read_rows


def agency_of(form: str) -> str | None:
    """Return the name of the agency that `form` credits; None if `form` is not an agency.

    >>> agency_of("Associated Press"), agency_of("Ann Lee")
    ('AP', None)
    """
    return forms().get(form)


@cache
def forms() -> dict[str, str]:
    """Return the mapping from the spellings of credits to the names of agencies."""
    rows = read_rows(__package__, "agencies.tsv")
    return {form: name for name, written in rows for form in written.split("|")}
