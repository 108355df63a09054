"""Share of well-known actors that get the right country or organisation.

    python benchmarks/actors.py GOLD.jsonl [--errors] [--json]

GOLD contains one JSON object per line, with labelled actors and recipients of events (see
events.py). If a name contains a word of exactly one actor in known_actors.tsv, the program looks it
up as the DAG does and compares the result with that table. A pronoun is looked up by the name it
refers to. A name with words of several actors, such as `Israel and Iran`, is skipped. The interval
is Wilson's 95 % interval.
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
def known_actors() -> list[tuple[str, re.Pattern[str]]]:
    """Return the table's actors: country code or name, and a pattern that matches their words."""
    found = []
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, words = line.split("\t")
            alternatives = "|".join(map(re.escape, words.split("|")))
            found.append((code, re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")))
    return found


def expected(name: str) -> str | None:
    """Return the country code or organisation in `name`; None if there is not exactly one.

    >>> expected("the envoy of France"), expected("France and Spain")
    ('FRA', None)
    """
    codes = [code for code, words in known_actors() if words.search(name)]
    return codes[0] if len(codes) == 1 else None


def names_in(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the name of each labelled actor and recipient."""
    for row in rows:
        for event in row["events"]:
            for party in event["actors"] + event["recipients"]:
                labels = party if isinstance(party, dict) else {"text": party}
                yield labels.get("refers_to") or labels["text"]


def is_right(name: str, code: str) -> bool:
    """Return whether the DAG maps `name` to the country or organisation `code`."""
    identity = identify(name)
    return code == (identity.country if COUNTRY.fullmatch(code) else identity.name)


def interval(right: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    z = 1.96
    share, spread = right / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return middle - half, middle + half


def main() -> int:
    """Look up the names and print the counts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, help="labelled sentences, JSON lines")
    parser.add_argument("--errors", action="store_true", help="print the names with wrong results")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    if not options.gold.is_file():
        print(f"actors.py: no gold file at {options.gold}", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in options.gold.read_text("utf-8").splitlines() if line]
    cases = [(name, code) for name in names_in(rows) if (code := expected(name))]
    if not cases:
        print("actors.py: the file contains no well-known actor", file=sys.stderr)
        return 2
    wrong = [(name, code) for name, code in cases if not is_right(name, code)]
    right = len(cases) - len(wrong)
    low, high = interval(right, len(cases))
    measures = {
        "names": len(cases), "right": right, "share": round(right / len(cases), 3),
        "interval": [round(low, 3), round(high, 3)],
    }  # fmt: skip
    if options.json:
        print(json.dumps(measures))
        return 0
    table(("measure", "value"), [(name, str(value)) for name, value in measures.items()])
    if options.errors:
        table(("name", "expected"), wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
