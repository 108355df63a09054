"""What becomes of saved pages: how many are read, marked as paid, or refused, and why.

    python benchmarks/refusals.py FOLDER… [--labels FILE] [--list] [--json]

Each FOLDER holds pages, *.html and *.html.gz, at any depth; a list of objects with `file` and `url` in its
index.json tells where they were found. Each line of FILE is a page, or a folder of pages that are all
alike, as FOLDER/PATH without what lies above FOLDER, a tab, and `article` or `other`. By it the recall
of `not_an_article` over other pages is told, and its share of articles: false refusals. --list names
the pages that are refused, with the sign, and those that are read and should not be.
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
    """Return what becomes of a page, and the detail of a refusal."""
    try:
        reading = sandbox(MAX_SECONDS, MAX_MEMORY_MB, warm_up).call(
            read, Raw(page, "text/html", url=url), DEFAULT
        )
    except Reject as error:
        return error.reason, str(error)
    return "paywalled" if reading.paywalled else "read", ""


def content_of(path: Path) -> bytes:
    """Return what the file of a page holds; of a broken gzip stream nothing."""
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile):
        return b""


def addresses_in(folder: Path) -> dict[Path, str]:
    """Return where the pages of a folder were found, as far as its index.json tells."""
    index = folder / "index.json"
    rows = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    return {folder / row["file"]: row["url"] for row in rows if row.get("url")}


def labels_in(file: Path) -> dict[PurePath, str]:
    """Return the kinds of pages, and of folders of pages.

    Raises:
        ValueError: a line is none.
    """
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line]
    if wrong := next((row for row in rows if len(row) != 2 or row[1] not in KINDS), None):
        raise ValueError(f"no page and kind: {wrong}")
    return {PurePath(path): kind for path, kind in rows}


def kind_of(page: PurePath, labels: dict[PurePath, str]) -> str | None:
    """Return the kind of a page by its own label, else by that of the folder nearest to it."""
    return next((labels[one] for one in (page, *page.parents) if one in labels), None)


def judged(counts: Counter[tuple[str | None, str]]) -> list[tuple[str, int, int]]:
    """Return, for each kind there is, how many pages are refused as no articles, and of how many."""
    return [
        (name, counts[kind, NotAnArticle.reason], total)
        for kind, name in (("other", "recall"), ("article", "false refusals"))
        if (total := sum(count for (of_kind, _), count in counts.items() if of_kind == kind))
    ]


def main() -> int:
    """Count and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="web pages")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="which pages are articles")
    parser.add_argument("--list", action="store_true", help="name the pages that are refused")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    try:
        labels = labels_in(options.labels) if options.labels else {}
    except (OSError, ValueError) as error:
        print(f"refusals.py: {error}", file=sys.stderr)
        return 2
    counts: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str | None, str]] = Counter()
    for folder in options.folders:
        if not (paths := given_pages(folder)):
            return 2
        addresses = addresses_in(folder)
        for path in paths:
            page = PurePath(folder.name) / path.relative_to(folder)
            found, detail = outcome(content_of(path), addresses.get(path))
            kind = kind_of(page, labels)
            counts[folder.name, found] += 1
            kinds[kind, found] += 1
            if options.list and (detail or kind == "other"):
                say(f"{page}: {found}: {detail}")
    if options.json:
        told = {name: [refused, total] for name, refused, total in judged(kinds)}
        rows = [[*key, count] for key, count in counts.items()]
        print(json.dumps({"outcomes": rows, **told}))
        return 0
    table(("folder", "outcome", "pages"), [(*key, count) for key, count in counts.most_common()])
    for name, refused, total in judged(kinds):
        print(f"{name}  {refused} of {total}, {refused / total:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
