"""Our reading of addresses against the cases of others.

    python benchmarks/urls.py FOLDER [--json]

FOLDER holds any of whatwg-urltestdata.json (the URL standard's own tests), courlan-cases.json and
mediacloud-url-cases.json (asserts of those libraries' tests, as data). Of the standard's cases only
those count whose result is an address of the web, or none; both sides lose passwords and tokens, which we
never keep. Prints the share of cases with the same result, and each other case.
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
"""What is tested, the input, what is expected, what we say."""


def by_the_standard(cases: list[Any]) -> Iterator[Case]:
    """Yield the standard's cases about addresses of the web."""
    for case in cases:
        if isinstance(case, dict):
            wanted = None if case.get("failure") else case["href"]
            if wanted is None or wanted.startswith(("http:", "https:")):
                said = web_address(case["input"], base=case.get("base") or None)
                yield "WHATWG parsing", case["input"], web_address(wanted), said


COURLAN: dict[str, tuple[str, Callable[..., str | None]]] = {
    "normalize_url": ("courlan, one spelling", canonical),
    "clean_url": ("courlan, one spelling", canonical),
    "fix_relative_urls": ("courlan, relative", lambda base, url: web_address(url, base)),
    "extract_domain": ("courlan, domain", publisher),
}


def by_courlan(cases: list[Any]) -> Iterator[Case]:
    """Yield courlan's cases of functions that have one of ours beside them."""
    for case in cases:
        name, ours = COURLAN.get(case["func"], ("", publisher))
        if name and all(isinstance(word, str) for word in case["args"]):
            yield name, " ".join(case["args"]), case["expected"], ours(*case["args"])


def by_mediacloud(cases: list[Any]) -> Iterator[Case]:
    """Yield Media Cloud's cases of a page's publisher."""
    for case in cases:
        if "domain" in case["test"]:
            url, wanted = case["args"]
            yield "Media Cloud, domain", url, wanted, publisher(url)


FILES = {
    "whatwg-urltestdata.json": by_the_standard,
    "courlan-cases.json": by_courlan,
    "mediacloud-url-cases.json": by_mediacloud,
}


def main() -> int:
    """Compare and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the cases")
    parser.add_argument(
        "--json", action="store_true", help="print one object: same and cases, by test"
    )
    options = parser.parse_args()
    there = {name: read for name, read in FILES.items() if (options.folder / name).is_file()}
    if not there:
        print(f"urls.py: none of {', '.join(FILES)} in {options.folder}", file=sys.stderr)
        return 2
    cases = [
        case
        for name, read in there.items()
        for case in read(json.loads((options.folder / name).read_text(encoding="utf-8")))
    ]
    same: dict[str, list[int]] = {}
    for name, _, wanted, said in cases:
        count = same.setdefault(name, [0, 0])
        count[0] += wanted == said
        count[1] += 1
    if options.json:
        print(json.dumps({name: {"same": a, "cases": b} for name, (a, b) in same.items()}))
        return 0
    table(["test", "same", "of"], [[name, *count] for name, count in same.items()])
    others = [case for case in cases if case[2] != case[3]]
    table(["test", "input", "theirs", "ours"], [[*map(str, case)] for case in others], "different")
    return 0


if __name__ == "__main__":
    sys.exit(main())
