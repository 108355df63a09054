"""What becomes of saved pages: how many are read, marked as paid, or refused, and why.

    python benchmarks/refusals.py FOLDER… [--list] [--json]

Each FOLDER holds pages, *.html and *.html.gz, at any depth. Over a folder of articles, every
`not_an_article` is a false refusal; over one of other pages, every page that is read is a miss. --list
names the pages that are refused, with the sign.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from throughput import pages_in

from pipelines.terminal import say, table
from schemas.reasons import Reject
from transforms.box import box
from transforms.extract.extract import MAX_MEMORY_MB, MAX_SECONDS
from transforms.extract.limits import DEFAULT
from transforms.extract.reading import Raw, read, warm_up


def outcome(page: bytes) -> tuple[str, str]:
    """Return what becomes of a page, and the detail of a refusal."""
    try:
        reading = box(MAX_SECONDS, MAX_MEMORY_MB, warm_up).call(
            read, Raw(page, "text/html"), DEFAULT
        )
    except Reject as error:
        return error.reason, str(error)
    return "paywalled" if reading.paywalled else "read", ""


def main() -> int:
    """Count and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="web pages")
    parser.add_argument("--list", action="store_true", help="name the pages that are refused")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    for folder in options.folders:
        if not folder.is_dir():
            print(f"refusals.py: no folder {folder}", file=sys.stderr)
            return 2
        if not (paths := pages_in(folder)):
            print(f"refusals.py: no *.html or *.html.gz in {folder}", file=sys.stderr)
            return 2
        told = counts.setdefault(folder.name, Counter())
        for path in paths:
            data = path.read_bytes()
            found, detail = outcome(gzip.decompress(data) if path.suffix == ".gz" else data)
            told[found] += 1
            if options.list and detail:
                say(f"{path.name}: {found}: {detail}")
    if options.json:
        print(json.dumps(counts))
        return 0
    rows = [
        (name, sum(told.values()), found, count)
        for name, told in counts.items()
        for found, count in told.most_common()
    ]
    table(("folder", "pages", "outcome", "count"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
