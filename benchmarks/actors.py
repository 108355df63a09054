"""Share of well-known actors that get the right country or organisation.

    python benchmarks/actors.py GOLD.jsonl [--errors] [--json]

GOLD holds one object a line, with events whose actors and recipients are labelled (see events.py). Those in
whose name a word of known_actors.tsv stands are looked up as in the DAG, a pronoun by what it refers to,
and held against that table; where a name has words of several, as in `Israel and Iran`, it is left out.
The interval is Wilson's, of 95 %.
"""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines.commands.terminal import table
from newslake.transforms.events.data.actors import identify

KNOWN = Path(__file__).with_name("known_actors.tsv")
COUNTRY = re.compile(r"[A-Z]{3}")


@cache
def known() -> list[tuple[str, re.Pattern[str]]]:
    """Return whom the table knows: code or name, and what finds its words."""
    found = []
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            who, words = line.split("\t")
            several = "|".join(map(re.escape, words.split("|")))
            found.append((who, re.compile(rf"(?<!\w)(?:{several})(?!\w)")))
    return found


def expected(name: str) -> str | None:
    """Return code or organisation that `name` tells; None if none or several.

    >>> expected("the envoy of France"), expected("France and Spain")
    ('FRA', None)
    """
    who = [one for one, words in known() if words.search(name)]
    return who[0] if len(who) == 1 else None


def names_in(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the name of each labelled party."""
    for row in rows:
        for event in row["events"]:
            for party in event["actors"] + event["recipients"]:
                whole = party if isinstance(party, dict) else {"text": party}
                yield whole.get("refers_to") or whole["text"]


def is_right(name: str, who: str) -> bool:
    """Return whether `name` is told to be of the country, or to be the organisation, `who`."""
    identity = identify(name)
    return who == (identity.country if COUNTRY.fullmatch(who) else identity.name)


def interval(right: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    z = 1.96
    share, spread = right / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return middle - half, middle + half


def main() -> int:
    """Look up, count, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, help="labelled sentences, JSON lines")
    parser.add_argument("--errors", action="store_true", help="print the names that are wrong")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    if not options.gold.is_file():
        print(f"actors.py: no gold file at {options.gold}", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in options.gold.read_text("utf-8").splitlines() if line]
    asked = [(name, who) for name in names_in(rows) if (who := expected(name))]
    if not asked:
        print("actors.py: the file names no actor that is well known", file=sys.stderr)
        return 2
    wrong = [(name, who) for name, who in asked if not is_right(name, who)]
    right = len(asked) - len(wrong)
    low, high = interval(right, len(asked))
    said = {
        "asked": len(asked), "right": right, "share": round(right / len(asked), 3),
        "interval": [round(low, 3), round(high, 3)],
    }  # fmt: skip
    if options.json:
        print(json.dumps(said))
        return 0
    table(("measure", "value"), [(name, str(value)) for name, value in said.items()])
    if options.errors:
        table(("name", "expected"), wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
