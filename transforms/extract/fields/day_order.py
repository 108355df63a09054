"""Whether 11/12/2024 is in November or in December: Americans write the month first."""

import re

_SLASHED = re.compile(r"(?<![\d/])(\d\d?)/(\d\d?)/((?:19|20)\d\d)(?![\d/])")
_AMERICAN_ZONE = re.compile(r"\b[ECMP][SD]?T\b")
MAX_MONTH = 12


def in_order(line: str, locale: str | None) -> str:
    """Return `line` with its days in digits and slashes as ISO 8601 writes them, where it is in doubt.

    The month is first on a page in American English, and beside an American zone. In a language or
    country that is declared to be another, the day is; else the day is left out.

    >>> in_order("Posted 11/12/2024", "en-US"), in_order("Posted 11/12/2024", "en-GB")
    ('Posted 2024-11-12', 'Posted 2024-12-11')
    >>> in_order("Posted 11/12/2024", "en"), in_order("Posted 31/12/2024", "en")
    ('Posted ', 'Posted 31/12/2024')

    Args:
        line: some words of a page.
        locale: the language tag of the page, None if it has none.
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
