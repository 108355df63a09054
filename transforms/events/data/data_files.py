"""Reads the tables in this folder."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from newslake.transforms import tsv

TABLES = (
    *("lexicon.tsv", "words.tsv", "countries.tsv", "roster.tsv", "sectors.tsv"),
    *("regions.tsv", "places.tsv", "named_days.tsv", "weights.tsv"),
)
"""All tables. The first lines of each table describe its columns and its source."""


class Country(NamedTuple):
    """A line of countries.tsv."""

    code: str
    """ISO 3166-1 alpha-3."""
    alpha2: str
    """ISO 3166-1 alpha-2."""
    names: tuple[str, ...]
    """Names of the country, the usual name first."""
    people: tuple[str, ...]
    """Words for the country's people, and the country's adjectives, for example Peruvian."""
    capital: tuple[str, ...]
    """Spellings of the capital's name; empty if the capital has the same name as the country."""
    middle: tuple[float, float] | None
    """Centre of the country, in degrees north and east."""
    capital_at: tuple[float, float] | None
    """Coordinates of the capital, in degrees north and east."""


class Region(NamedTuple):
    """A line of regions.tsv."""

    names: tuple[str, ...]
    """Names of the region, the usual name first."""
    country: str | None
    """ISO 3166-1 alpha-3; None for a sea or a region of several countries."""
    middle: tuple[float, float]
    """Centre of the region, in degrees north and east."""
    codes: tuple[str, ...]
    """GeoNames' codes of the region in its country, which places.tsv uses too."""
    short: tuple[str, ...]
    """Abbreviations that name the region only after a place: Portland, Ore."""


def read_lines(table: str) -> Iterator[str]:
    """Yield the lines of the file `table`, without comment lines."""
    return tsv.read_lines(__package__, table)


def read_rows(table: str, columns: int) -> list[list[str]]:
    """Return the columns of each line of `table`. A missing column is an empty string."""
    return [(line.split("\t") + [""] * columns)[:columns] for line in read_lines(table)]


@cache
def countries() -> dict[str, Country]:
    """Return the countries by ISO 3166-1 alpha-3 code."""
    found = {}
    for code, alpha2, names, people, capital, *degrees in read_rows("countries.tsv", 9):
        found[code] = Country(
            code,
            alpha2,
            tuple(names.split("|")),
            tuple(filter(None, people.split("|"))),
            tuple(filter(None, capital.split("|"))),
            _point(*degrees[:2]),
            _point(*degrees[2:]),
        )
    return found


@cache
def regions() -> tuple[Region, ...]:
    """Return the regions, in the order of the table."""
    return tuple(
        Region(
            tuple(names.split("|")),
            None if country == "-" else country,
            (float(north), float(east)),
            tuple(filter(None, codes.split("|"))),
            tuple(filter(None, short.split("|"))),
        )
        for names, country, north, east, codes, short in read_rows("regions.tsv", 6)
    )


@cache
def state_names() -> frozenset[str]:
    """Return lower-case, one-word names of states, and of capitals, which mean a government."""
    names = (name for land in countries().values() for name in (land.names[0], *land.capital))
    return frozenset(name.casefold() for name in names if " " not in name)


def _point(north: str, east: str) -> tuple[float, float] | None:
    return (float(north), float(east)) if north and east else None
