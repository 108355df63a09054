"""Reads dates such as 11/12/2024, which have the month first only in American English."""

import re

_SLASHED = re.compile(r"(?<![\d/])(\d\d?)/(\d\d?)/((?:19|20)\d\d)(?![\d/])")
_AMERICAN_ZONE = re.compile(r"\b[ECMP][SD]?T\b")
MAX_MONTH = 12


def in_order(line: str, locale: str | None) -> str:
    """Return `line` with ambiguous slash dates in ISO 8601 format.

    `03/04` is 4 March if the page is in American English, or if an American time zone follows the
    date. It is 3 April if the page declares another language or country. Otherwise the date is removed.

    >>> in_order("Posted 11/12/2024", "en-US"), in_order("Posted 11/12/2024", "en-GB")
    ('Posted 2024-11-12', 'Posted 2024-12-11')
    >>> in_order("Posted 11/12/2024", "en"), in_order("Posted 31/12/2024", "en")
    ('Posted ', 'Posted 31/12/2024')

    Args:
        line: A line of text from a page.
        locale: The page's language tag; None if the page has no such tag.
    """
    tag = (locale or "").strip().lower().replace("_", "-")
    american = tag == "en-us" or _AMERICAN_ZONE.search(line)

    def iso(found: re.Match[str]) -> str:
        first, second, year = found.groups()
        if first == second or max(int(first), int(second)) > MAX_MONTH:
            return found[0]
        if not american and tag in ("", "en"):
            return ""
        month, day = (first, second) if american else (second, first)
        return f"{year}-{month:0>2}-{day:0>2}"

    return _SLASHED.sub(iso, line)
