"""How well is robots.txt read? Prints the share of cases that are decided rightly.

    python benchmarks/robots.py CASES [REAL]

CASES: a JSON list of objects with `robots_txt`, `user_agent`, `url` and `allowed`, such as Google's
own tests written out. REAL: a JSON object of real files, as text in Latin-1, by name, also as `.gz`:
the verdicts for ten paths and three agents in which we and bare Protego agree.
"""

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from protego import Protego

from newslake.transforms.fetch.robots import parse_robots

AGENTS = ("newslake", "Googlebot", "GPTBot")
PATHS = (
    *("/", "/news/1", "/article/2026/01/02/a", "/search?q=a", "/politics/", "/amp/news/1"),
    *("/tag/a", "/feed/", "/video/1?id=2", "/print/1", "/author/a"),
)


def main() -> int:
    """Print the shares; return 2 if there is nothing to read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("real", type=Path, nargs="?")
    arguments = parser.parse_args()
    for path in filter(None, (arguments.cases, arguments.real)):
        if not path.is_file():
            sys.stderr.write(f"no file {path}\n")
            return 2
    cases = read(arguments.cases)
    right = sum(
        parse_robots(case["robots_txt"].encode(), case["user_agent"]).allows(case["url"])
        == case["allowed"]
        for case in cases
    )
    sys.stdout.write(f"cases decided rightly  {right} of {len(cases)}, {right / len(cases):.3f}\n")
    if arguments.real:
        same = [agreement(text.encode("latin-1")) for text in read(arguments.real).values()]
        verdicts = len(same) * len(PATHS) * len(AGENTS)
        sys.stdout.write(f"verdicts as Protego's  {sum(same)} of {verdicts}\n")
    return 0


def read(path: Path) -> Any:
    """Return the JSON in a file, packed or not."""
    content = path.read_bytes()
    return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)


def agreement(content: bytes) -> int:
    """Return the number of verdicts on which we and Protego agree."""
    theirs = Protego.parse(content.decode("utf-8", "replace"))
    urls = [f"https://news.example{path}" for path in PATHS]
    return sum(
        parse_robots(content, agent).allows(url) == theirs.can_fetch(url, agent)
        for agent in AGENTS
        for url in urls
    )


if __name__ == "__main__":
    sys.exit(main())
