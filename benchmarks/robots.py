"""Quality of robots.txt parsing: the share of cases with the right verdict.

    python benchmarks/robots.py CASES [REAL]

CASES is a JSON list of objects with `robots_txt`, `user_agent`, `url` and `allowed`, for example
Google's own tests. REAL is a JSON object that maps names to robots.txt files, as Latin-1 text; it
may be gzipped. For these files the program prints the share of verdicts, for eleven paths and three
user agents, on which newslake and plain Protego agree.
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
    """Print the shares; return 2 if a file is missing, else 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", type=Path, help="test cases, JSON")
    parser.add_argument("real", type=Path, nargs="?", help="real robots.txt files, JSON")
    arguments = parser.parse_args()
    for path in filter(None, (arguments.cases, arguments.real)):
        if not path.is_file():
            sys.stderr.write(f"robots.py: no file {path}\n")
            return 2
    cases = read(arguments.cases)
    right = sum(
        parse_robots(case["robots_txt"].encode(), case["user_agent"]).allows(case["url"])
        == case["allowed"]
        for case in cases
    )
    sys.stdout.write(f"right verdicts         {right} of {len(cases)}, {right / len(cases):.3f}\n")
    if arguments.real:
        same = [agreement(text.encode("latin-1")) for text in read(arguments.real).values()]
        verdicts = len(same) * len(PATHS) * len(AGENTS)
        sys.stdout.write(f"agrees with Protego    {sum(same)} of {verdicts}\n")
    return 0


def read(path: Path) -> Any:
    """Return the JSON value in a file, gzipped or not."""
    content = path.read_bytes()
    return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)


def agreement(content: bytes) -> int:
    """Return the number of verdicts on which newslake and Protego agree."""
    theirs = Protego.parse(content.decode("utf-8", "replace"))
    urls = [f"https://news.example{path}" for path in PATHS]
    return sum(
        parse_robots(content, agent).allows(url) == theirs.can_fetch(url, agent)
        for agent in AGENTS
        for url in urls
    )


if __name__ == "__main__":
    sys.exit(main())
