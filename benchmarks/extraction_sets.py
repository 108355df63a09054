"""Reads sets of labelled pages in the formats that `extraction.py` accepts.

A set is a folder with one of these files: `ground-truth.json` (bodies by id; pages in
`html/<id>.html.gz`), `index.json` (one record per page, whose `file` is in the folder), or
`texts.jsonl.gz` (texts and their languages). The keys of a record determine its labelled fields.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page and its labels."""

    id: str
    payload: bytes
    url: str | None
    gold: dict[str, Any]


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


def find_sets(folder: Path) -> list[LabelledSet]:
    """Return the labelled sets in `folder` and its subfolders, those with texts first."""
    found = [_read(place) for place in (folder, *sorted(folder.iterdir())) if place.is_dir()]
    return sorted((one for one in found if one), key=lambda one: not one.texts)


def _read(folder: Path) -> LabelledSet | None:
    if (folder / "texts.jsonl.gz").is_file():
        return LabelledSet(folder.name, [], _texts(folder / "texts.jsonl.gz"))
    if (folder / "ground-truth.json").is_file():
        return LabelledSet(folder.name, _bodies(folder), [])
    if (folder / "index.json").is_file() and (pages := _records(folder)):
        return LabelledSet(folder.name, pages, [])
    return None


def _bodies(folder: Path) -> list[Page]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Page(
            key,
            _payload(folder / "html" / f"{key}.html.gz"),
            row.get("url"),
            {"body": row["articleBody"]},
        )
        for key, row in truth.items()
    ]


def _records(folder: Path) -> list[Page]:
    """Return the pages of an index; an empty list unless each record has a `file` and a `url`."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    if not isinstance(index, list) or not all("file" in row and "url" in row for row in index):
        return []
    return [
        Page(row.get("id", row["file"]), _payload(folder / row["file"]), row["url"], _gold(row))
        for row in index
    ]


def _gold(row: dict[str, Any]) -> dict[str, Any]:
    """Return the labels of a record under common names, without empty ones."""
    languages = row.get("langs", [])
    gold = {
        "body": row.get("body"),
        "title": row.get("title"),
        "authors": row.get("authors") or [name for name in [row.get("author")] if name],
        "date": row.get("date"),
        "language": languages[0] if len(languages) == 1 else None,
        "segments": (row["with"], row.get("without", [])) if "with" in row else None,
    }
    return {name: value for name, value in gold.items() if value}


def _texts(file: Path) -> list[LabelledText]:
    rows = map(json.loads, gzip.decompress(file.read_bytes()).splitlines())
    return [LabelledText(row["id"], row["text"], row["title"], row["lang"]) for row in rows]


def _payload(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content
