"""Counts of saved pages that are read, marked as paywalled, or rejected, by reason.

    python benchmarks/rejects.py FOLDER… [--labels FILE] [--list] [--json]

Each FOLDER contains pages (*.html, *.html.gz) at any depth; its index.json, a list of objects with
`file` and `url`, gives the URLs of the pages. Each line of FILE labels a page, or all pages of a
folder: the path, which starts with the name of FOLDER, a tab, and `article` or `other`. With
labels, the program prints the recall of `not_an_article` (its share of the other pages) and the
false rejects (its share of the articles). --list prints the rejected pages with the detail of the
reject, and other pages that were read.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path, PurePath

sys.path.insert(0, str(Path(__file__).parent.parent))

from throughput import given_pages

from newslake.pipelines.commands.terminal import say, table
from newslake.schemas.reasons import NotAnArticle, Reject
from newslake.transforms.beam.sandbox import sandbox
from newslake.transforms.extract.by_media_type import Raw, read, warm_up
from newslake.transforms.extract.extract import MAX_MEMORY_MB, MAX_SECONDS
from newslake.transforms.extract.html.limits import DEFAULT

KINDS = {"article", "other"}


def outcome(page: bytes, url: str | None) -> tuple[str, str]:
    """Return `read`, `paywalled` or the reject reason of a page, and the detail of a reject."""
    try:
        reading = sandbox(MAX_SECONDS, MAX_MEMORY_MB, warm_up).call(
            read, Raw(page, "text/html", url=url), DEFAULT
        )
    except Reject as error:
        return error.reason, str(error)
    return "paywalled" if reading.paywalled else "read", ""


def content_of(path: Path) -> bytes:
    """Return the content of a page's file; empty bytes if its gzip stream is broken."""
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile):
        return b""


def urls_in(folder: Path) -> dict[Path, str]:
    """Return the URLs in the index.json of a folder, by path of the page."""
    index = folder / "index.json"
    rows = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    return {folder / row["file"]: row["url"] for row in rows if row.get("url")}


def labels_in(file: Path) -> dict[PurePath, str]:
    """Return the labels of pages and of folders.

    Raises:
        ValueError: A line does not consist of a path, a tab and a kind.
    """
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line]
    if wrong := next((row for row in rows if len(row) != 2 or row[1] not in KINDS), None):
        raise ValueError(f"{wrong} is not a path and `article` or `other`, separated by a tab")
    return {PurePath(path): kind for path, kind in rows}


def kind_of(page: PurePath, labels: dict[PurePath, str]) -> str | None:
    """Return the label of a page, or else of its closest labelled folder; None without a label."""
    return next((labels[one] for one in (page, *page.parents) if one in labels), None)


def shares_of(counts: Counter[tuple[str | None, str]]) -> list[tuple[str, int, int]]:
    """Return a name, the `not_an_article` rejects and all pages of each labelled kind."""
    return [
        (name, counts[kind, NotAnArticle.reason], total)
        for kind, name in (("other", "recall"), ("article", "false rejects"))
        if (total := sum(count for (of_kind, _), count in counts.items() if of_kind == kind))
    ]


def main() -> int:
    """Count the pages and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="web pages")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels of the pages")
    parser.add_argument("--list", action="store_true", help="print the rejected pages")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    try:
        labels = labels_in(options.labels) if options.labels else {}
    except (OSError, ValueError) as error:
        print(f"rejects.py: {error}", file=sys.stderr)
        return 2
    counts: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str | None, str]] = Counter()
    for folder in options.folders:
        if not (paths := given_pages(folder)):
            return 2
        urls = urls_in(folder)
        for path in paths:
            page = PurePath(folder.name) / path.relative_to(folder)
            found, detail = outcome(content_of(path), urls.get(path))
            kind = kind_of(page, labels)
            counts[folder.name, found] += 1
            kinds[kind, found] += 1
            if options.list and (detail or kind == "other"):
                say(f"{page}: {found}: {detail}")
    if options.json:
        shares = {name: [rejected, total] for name, rejected, total in shares_of(kinds)}
        rows = [[*key, count] for key, count in counts.items()]
        print(json.dumps({"outcomes": rows, **shares}))
        return 0
    table(("folder", "outcome", "pages"), [(*key, count) for key, count in counts.most_common()])
    for name, rejected, total in shares_of(kinds):
        print(f"{name}  {rejected} of {total}, {rejected / total:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
