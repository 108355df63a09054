"""Quality of URL parsing and normalization on the test cases of other projects.

    python benchmarks/urls.py FOLDER [--json]

FOLDER contains one or more of these files: whatwg-urltestdata.json (the tests of the URL standard),
courlan-cases.json and mediacloud-url-cases.json (assertions from the tests of these libraries, as
data). Of the standard's cases, only those count whose result is an HTTP URL or a failure. Passwords
and tokens are removed from both results, because newslake never stores them. Prints the number of
equal results for each test, and all cases that differ.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines.commands.terminal import table
from newslake.transforms.web.urls import canonical, publisher, web_address

Case = tuple[str, str, str | None, str | None]
"""The test's name, the input, the expected result and ours."""


def by_the_standard(cases: list[Any]) -> Iterator[Case]:
    """Yield the standard's cases about HTTP URLs."""
    for case in cases:
        if isinstance(case, dict):
            expected = None if case.get("failure") else case["href"]
            if expected is None or expected.startswith(("http:", "https:")):
                actual = web_address(case["input"], base=case.get("base") or None)
                yield "WHATWG parsing", case["input"], web_address(expected), actual


COURLAN: dict[str, tuple[str, Callable[..., str | None]]] = {
    "normalize_url": ("courlan, one spelling", canonical),
    "clean_url": ("courlan, one spelling", canonical),
    "fix_relative_urls": ("courlan, relative", lambda base, url: web_address(url, base)),
    "extract_domain": ("courlan, domain", publisher),
}


def by_courlan(cases: list[Any]) -> Iterator[Case]:
    """Yield courlan's cases for functions that newslake has too."""
    for case in cases:
        name, ours = COURLAN.get(case["func"], ("", publisher))
        if name and all(isinstance(word, str) for word in case["args"]):
            yield name, " ".join(case["args"]), case["expected"], ours(*case["args"])


def by_mediacloud(cases: list[Any]) -> Iterator[Case]:
    """Yield Media Cloud's cases about the publisher of a page."""
    for case in cases:
        if "domain" in case["test"]:
            url, expected = case["args"]
            yield "Media Cloud, domain", url, expected, publisher(url)


FILES = {
    "whatwg-urltestdata.json": by_the_standard,
    "courlan-cases.json": by_courlan,
    "mediacloud-url-cases.json": by_mediacloud,
}


def main() -> int:
    """Compare the results and print them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with the test cases")
    parser.add_argument(
        "--json", action="store_true", help="print the counts as one JSON object, by test"
    )
    options = parser.parse_args()
    present = {name: read for name, read in FILES.items() if (options.folder / name).is_file()}
    if not present:
        print(f"urls.py: none of {', '.join(FILES)} in {options.folder}", file=sys.stderr)
        return 2
    cases = [
        case
        for name, read in present.items()
        for case in read(json.loads((options.folder / name).read_text(encoding="utf-8")))
    ]
    same: dict[str, list[int]] = {}
    for name, _, expected, actual in cases:
        count = same.setdefault(name, [0, 0])
        count[0] += expected == actual
        count[1] += 1
    if options.json:
        print(json.dumps({name: {"same": a, "cases": b} for name, (a, b) in same.items()}))
        return 0
    table(["test", "same", "of"], [[name, *count] for name, count in same.items()])
    others = [case for case in cases if case[2] != case[3]]
    table(
        ["test", "input", "expected", "newslake"],
        [[*map(str, case)] for case in others],
        "differences",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
