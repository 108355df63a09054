"""Reads sets of labelled pages in the formats that `extraction.py` accepts.

A set is a folder with one of these files. The keys of a record determine its labelled fields.

- `ground-truth.json`: bodies by id; the pages are in `html/<id>.html.gz`.
- `index.json`: one record per page, whose `file` is in the folder.
- `cases.json`: test cases of Media Cloud: a URL, an expected value, and the file of the page.
- `pages.json`: like `index.json`, with a `class` and a `domain` per page. The news of each domain are
  in one of three parts: `read`, whose pages may be inspected; `judge`, whose pages may only be
  scored; and `last`, which is scored once, when the rules are complete.
- `txt/<name>.txt` and `metadata/<name>.json`: expectations of newspaper4k for `html/<name>.html.gz`.
- `<name>/source.html.gz` and `<name>/expected-metadata.json`: expectations of Readability.js.
- `texts.jsonl.gz`: texts and their languages.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from newslake.transforms.web.urls import publisher

PARTS = ("read", "judge", "last")
"""The parts of a set with `pages.json`."""

TOOLS = ("newspaper4k", "readability")
"""Beginnings of the names of sets whose labels are the output of another tool."""

_CALL = re.compile(r"dt\.date\((\d+), (\d+), (\d+)\)")
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/(?:\d+/)?")


@dataclass(frozen=True)
class Page:
    """A page and its labels."""

    id: str
    payload: bytes
    url: str | None
    gold: dict[str, Any]

    @property
    def publisher(self) -> str:
        """The registrable domain of the page; its id if it has no URL."""
        return publisher(self.url) or self.id


@dataclass(frozen=True)
class LabelledText:
    """A text and its title, with their labelled language."""

    id: str
    text: str
    title: str
    language: str


@dataclass(frozen=True)
class LabelledSet:
    """The content of a folder: either pages or texts."""

    name: str
    pages: list[Page]
    texts: list[LabelledText]


def find_sets(folder: Path, *, with_last: bool = False) -> list[LabelledSet]:
    """Return the labelled sets in `folder` and its subfolders, those with texts first.

    Args:
        folder: A set, or a folder of sets.
        with_last: Whether the sets include the part `last` of a set with `pages.json`.
    """
    places = [place for place in (folder, *sorted(folder.iterdir())) if place.is_dir()]
    found = [one for place in places for one in _read(place, with_last)]
    return sorted(found, key=lambda one: not one.texts)


def is_tool(labelled: LabelledSet) -> bool:
    """Return whether the labels of a set are the output of another tool."""
    return labelled.name.startswith(TOOLS)


def _read(folder: Path, with_last: bool) -> Iterator[LabelledSet]:
    if (folder / "texts.jsonl.gz").is_file():
        yield LabelledSet(folder.name, [], _texts(folder / "texts.jsonl.gz"))
    elif (folder / "pages.json").is_file():
        yield from _in_parts(folder, with_last)
    elif pages := _pages(folder):
        yield LabelledSet(folder.name, pages, [])


def _pages(folder: Path) -> list[Page]:
    """Return the pages of a folder; an empty list if the folder is not a set."""
    if (folder / "ground-truth.json").is_file():
        return _bodies(folder)
    if (folder / "cases.json").is_file():
        return _cases(folder)
    if (folder / "index.json").is_file():
        return _records(folder)
    if (folder / "txt").is_dir() and (folder / "metadata").is_dir():
        return _newspaper_pages(folder)
    return _readability_pages(folder)


def _bodies(folder: Path) -> list[Page]:
    return [
        Page(
            key,
            _payload(folder / "html" / f"{key}.html.gz"),
            row.get("url"),
            {"body": row["articleBody"]},
        )
        for key, row in _json(folder / "ground-truth.json").items()
    ]


def _records(folder: Path) -> list[Page]:
    """Return the pages of an index; an empty list unless each record has a `file` and a `url`."""
    index = _json(folder / "index.json")
    if not isinstance(index, list) or not all("file" in row and "url" in row for row in index):
        return []
    return [
        Page(row.get("id", row["file"]), _payload(folder / row["file"]), row["url"], _gold(row))
        for row in index
    ]


def _in_parts(folder: Path, with_last: bool) -> Iterator[LabelledSet]:
    """Yield the news in a `pages.json`, in three parts by domain; a day of a label may be one off."""
    parts: dict[str, list[Page]] = {part: [] for part in PARTS}
    for row in _json(folder / "pages.json"):
        if row["class"] != "news":
            continue
        gold = _gold(row)
        labels = {
            "near_date": gold.pop("date", None),
            "lead": row.get("lead"),
            "loose_title": row.get("title") or row.get("title_loose"),
        }
        gold |= {name: value for name, value in labels.items() if value}
        part = parts[part_of(row["domain"])]
        part.append(Page(row["id"], _payload(folder / row["file"]), row["url"], gold))
    for name in PARTS if with_last else PARTS[:-1]:
        yield LabelledSet(f"{folder.name}, {name}", parts[name], [])


def part_of(domain: str) -> str:
    """Return the part of `PARTS` that contains all pages of `domain`."""
    return PARTS[int(sha256(domain.encode()).hexdigest(), 16) % len(PARTS)]


def _cases(folder: Path) -> list[Page]:
    """Return the pages of Media Cloud's tests. A page without a date is not labelled with a date."""
    golds: dict[str, dict[str, Any]] = {}
    addresses = {}
    fields = {"test_titles": "title", "test_dates": "date", "test_languages": "langs"}
    for case in _json(folder / "cases.json"):
        address, value = case["args"]
        file = case["file_local"]
        if stated := _CALL.fullmatch(value or ""):
            value = date(*map(int, stated.groups())).isoformat()
        field = fields[case["file"]]
        golds.setdefault(file, {})[field] = [value] if field == "langs" else value
        addresses[file] = _ARCHIVED.sub("", address) if "/" in address else None
    return [
        Page(file, _payload(folder / file), addresses[file], gold)
        for file, labels in golds.items()
        if (gold := _gold(labels))
    ]


def _newspaper_pages(folder: Path) -> list[Page]:
    pages = []
    for file in sorted((folder / "html").glob("*.html.gz")):
        name = file.name.removesuffix(".html.gz")
        stated, text = folder / "metadata" / f"{name}.json", folder / "txt" / f"{name}.txt"
        row = _json(stated) if stated.is_file() else {}
        body = text.read_text(encoding="utf-8") if text.is_file() else None
        named = row | {"body": body, "date": row.get("publish_date")}
        if gold := _gold(named):
            pages.append(Page(name, _payload(file), row.get("url") or None, gold))
    return pages


def _readability_pages(folder: Path) -> list[Page]:
    pages = []
    for stated in sorted(folder.glob("*/expected-metadata.json")):
        row = _json(stated)
        named = {
            "title": row.get("title"),
            "author": row.get("byline"),
            "date": row.get("publishedTime"),
            "langs": [language[:2]] if (language := row.get("lang")) else [],
        }
        if gold := _gold(named):
            payload = _payload(next(stated.parent.glob("source.html*")))
            pages.append(Page(stated.parent.name, payload, None, gold))
    return pages


def _gold(row: dict[str, Any]) -> dict[str, Any]:
    """Return the labels of a record under common names, without empty and invalid ones."""
    languages = row.get("langs", [])
    gold = {
        "body": row.get("body"),
        "title": row.get("title"),
        "authors": row.get("authors") or [name for name in [row.get("author")] if name],
        "date": _valid_day(row.get("date")),
        "language": languages[0] if len(languages) == 1 else None,
        "segments": (row["with"], row.get("without", [])) if "with" in row else None,
    }
    return {name: value for name, value in gold.items() if value}


def _valid_day(stated: object) -> str | None:
    """Return a labelled date; None if it is not a date in ISO 8601, such as 2022-29-11."""
    try:
        datetime.fromisoformat(str(stated))
    except ValueError:
        return None
    return str(stated)


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _texts(file: Path) -> list[LabelledText]:
    rows = map(json.loads, gzip.decompress(file.read_bytes()).splitlines())
    return [LabelledText(row["id"], row["text"], row["title"], row["lang"]) for row in rows]


def _payload(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content
