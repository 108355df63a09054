"""Makes a lake like a newsroom's, for reports: `python benchmarks/report_lake.py LAKE --articles 200000`.

It has all that a report draws: copies that spread over hours, revised headlines and numbers, rejects,
feeds of which some are silent or fail, and events with parties, places and disagreements. The rows are
the same in every run. The names are made up, or those of countries and towns.
"""

import argparse
import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from newslake.schemas.arrow import arrow_schema
from newslake.schemas.ontology import EVENT_TYPES
from newslake.schemas.partitions import NO_DATE
from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.data.data_files import countries, read_rows
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.parquet import write_parquet
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import make_transaction

FIRST_DAY = date(2026, 6, 1)
SOURCES = 120
TITLE = (
    "Ministers",
    "meet in",
    "after talks on",
    "call for",
    "reject plan for",
    "warn of",
    "trade deal with",
)
TOPICS = (
    "grain exports",
    "a ceasefire",
    "the budget",
    "new sanctions",
    "flood relief",
    "the border",
    "elections",
)
REASONS = (
    "no_text",
    "http_error",
    "opted_out",
    "not_an_article",
    "timeout_total",
    "too_large",
    "bad_gzip",
)
LANGUAGES = ("en", "de", "fr", "es", "ru", "uk", "ar", None)
AGENCIES = (None, "Reuters", "AP", "AFP", "dpa", "Xinhua")
DATE_SOURCES = ("json_ld", "meta", "feed", "time_element", "url", "text")
PEOPLE = (
    "Ada Moreau",
    "Ben Okafor",
    "Carla Lindqvist",
    "Dmitri Volkov",
    "Elif Kaya",
    "Farid Rahimi",
)
SECTORS = ("government", "military", "rebels", "police", "civilians", None)
"""Values of the columns, the frequent ones first."""


class Maker:
    """Makes the rows of one day after the other."""

    def __init__(self, articles: int, days: int) -> None:
        self._rng = np.random.default_rng(24)
        self._per_day = articles // days
        lands = [land for land in countries().values() if land.middle]
        first = (
            "RUS",
            "UKR",
            "USA",
            "ISR",
            "PSE",
            "CHN",
            "IRN",
            "GBR",
            "FRA",
            "DEU",
            "IND",
            "TUR",
            "SYR",
            "SDN",
        )
        self._lands = [countries()[code] for code in first] + [
            one for one in lands if one.code not in first
        ]
        towns = [row for row in read_rows("places.tsv", 7) if int(row[4]) > 400_000]
        self._towns = [
            (row[0].split("|")[0], row[1], float(row[2]), float(row[3])) for row in towns
        ]
        self._rng.shuffle(self._towns)

    def _rank(self, size: int, steep: float = 1.1) -> int:
        """Return a random position below `size`; small ones are frequent."""
        return int(size * self._rng.random() ** (2.5 * steep)) % size

    def _one(self, values: Any) -> Any:
        return values[self._rank(len(values))]

    def day(self, number: int) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of day `number` by table."""
        day = FIRST_DAY + timedelta(days=number)
        midnight = datetime.combine(day, datetime.min.time(), UTC)
        rows: dict[str, list[dict[str, Any]]] = {
            name: []
            for name in (
                "articles",
                "duplicates",
                "revisions",
                "mentions",
                "rejects",
                "announcements",
                "fetches",
            )
        }
        weekday = 0.6 if day.weekday() >= 5 else 1.1
        for at in range(int(self._per_day * weekday * self._rng.uniform(0.8, 1.2))):
            self._article(rows, f"{number}-{at}", midnight)
        for at in range(len(rows["articles"]) // 20):
            key = _id("reject", number, at)
            rows["rejects"].append({"document_id": key, "stage": "Extract", "reason": self._one(REASONS),
                "detail": "", "locator": f"https://lost.example/{key}", "payload_digest": key})  # fmt: skip
        return rows

    def _article(
        self, rows: dict[str, list[dict[str, Any]]], name: str, midnight: datetime
    ) -> None:
        rng, source = self._rng, f"paper{self._rank(SOURCES, 0.8):03}.example"
        published = (
            None
            if rng.random() < 0.03
            else midnight + timedelta(seconds=int(rng.integers(0, 86_400)))
        )
        seen = (published or midnight) + timedelta(seconds=float(rng.exponential(2400)) - 60)
        land, key, document = self._one(self._lands), _id("article", name), _id("document", name)
        title = f"{self._one(TITLE)} {land.names[0]}: {self._one(TOPICS)} ({name})"
        url = f"https://{source}/{name}"
        text = (
            f"{land.names[0]} said on Monday that talks on {self._one(TOPICS)} had begun. {title}."
        )
        common = {"published_at": published, "published_precision": published and "second"}
        rows["articles"].append({"article_id": key, "document_id": document, "url": url, "canonical_url": url,
            "source": source, "text": text, "title": title, "seen_at": seen, "word_count": len(text.split()),
            "date_source": self._one(DATE_SOURCES) if published else "none", "language": self._one(LANGUAGES),
            "date_confidence": 1.0 if published else None, "agency": self._one(AGENCIES), "authors": [], "keywords": [],
            "optouts": [], "content_source": "page", "text_hash": _id("text", name), "extractor": "trafilatura",
            "extractor_version": "2", **common})  # fmt: skip
        for copy in range(int(rng.pareto(1.6)) if rng.random() < 0.2 else 0):
            if copy == 60:
                break
            later = published and published + timedelta(hours=float(rng.exponential(6)))
            rows["duplicates"].append({"document_id": _id("copy", name, copy), "duplicate_of": key, "similarity": 0.9,
                "kind": self._one(("syndicated", "near", "exact")), "source": f"paper{self._rank(SOURCES):03}.example",
                "title": title, "url": f"{url}-{copy}", "agency": self._one(AGENCIES), "seen_at": later,
                "published_at": later, "published_precision": common["published_precision"]})  # fmt: skip
        if rng.random() < 0.03:
            new = title.replace(": ", " again: ", 1) if rng.random() < 0.5 else title
            killed = int(rng.integers(2, 9))
            rows["revisions"].append({"document_id": _id("revision", name), "article_id": key, "revision": 1,
                "seen_at": seen + timedelta(hours=3), "title": new, "text": text + " It ended.", "text_hash": _id("r", name),
                "words_added": 2, "words_removed": 1, "changes": f"“{killed} people” → “{killed + 3} people”; + “It ended.”",
                **common})  # fmt: skip
        for at in range(int(rng.poisson(1.5))):
            rows["mentions"].append(self._mention(key, name, at, land, published))
        if rng.random() < 0.1:
            feed = f"https://{source}/feed"
            rows["announcements"].append({"announcement_id": _id("entry", name), "feed": feed, "entry_id": name, "url": url,
                "canonical_url": url, "title": title, "seen_at": seen - timedelta(minutes=5), "version": key,
                "revised": False, "content_source": "page", **common})  # fmt: skip
            page = {"url": url, "canonical_url": url, "started_at": seen, "seconds": 1.0, "outcome": "document",
                "kind": "page", "document_id": document, "status": 200, "size": 1000, "redirects": [], "optouts": []}  # fmt: skip
            if rng.random() < 0.9:
                rows["fetches"].append(page)
            failed = source.startswith("paper1") and rng.random() < 0.5
            rows["fetches"].append(page | {"url": feed, "canonical_url": feed, "kind": "feed", "feed": feed,
                "outcome": "failed" if failed else "answered", "reason": "http_503" if failed else None,
                "document_id": None, "started_at": seen - timedelta(minutes=5)})  # fmt: skip

    def _party(self) -> list[dict[str, Any]]:
        if self._rng.random() < 0.15:
            return []
        land, at = self._one(self._lands), self._rng.random()
        name = self._one(PEOPLE) if at < 0.15 else land.names[0]
        return [
            {
                "text": name,
                "start": 0,
                "end": 1,
                "name": name if at < 0.9 else None,
                "country": land.code,
                "sector": self._one(SECTORS),
            }
        ]

    def _mention(
        self, key: str, name: str, at: int, land: Any, published: datetime | None
    ) -> dict[str, Any]:
        rng, type = self._rng, self._one([*EVENT_TYPES])
        evidence = f"{land.names[0]} officials said that the {type.lower()} near the border had begun on Monday."
        start = evidence.index("the ") + 4
        place = None
        if rng.random() < 0.5:
            town, code, north, east = (
                self._one(self._towns)
                if rng.random() < 0.7
                else (land.names[0], land.code, *land.middle)
            )
            place = {
                "text": town,
                "name": town,
                "country": code,
                "latitude": north,
                "longitude": east,
            }
        event = (
            published and rng.random() < 0.4 and _id("event", published.date(), type, self._rank(8))
        )
        killed = int(rng.integers(1, 5)) if type == "ASSAULT" else None
        return {"mention_id": _id("mention", name, at), "article_id": key, "text_hash": _id("text", name),
            "event_key": event or None, "type": type, "quad": EVENT_TYPES[type].quad, "cameo_root": EVENT_TYPES[type].cameo_root,
            "status": self._one(("asserted", "asserted", "future", "historical", "hypothetical", "negated")),
            "trigger": type.lower(), "trigger_start": start, "trigger_end": start + len(type), "evidence": evidence,
            "evidence_start": 0, "evidence_end": len(evidence), "confidence": float(np.round(rng.beta(4, 2.4), 4)),
            "extractor_version": "made", "published_at": published, "actors": self._party(), "recipients": self._party(),
            "event_date_start": published and published.date(), "event_date_end": published and published.date(),
            "killed_min": killed, "killed_max": killed, "place": place}  # fmt: skip


def _id(*words: object) -> str:
    return hashlib.md5("-".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()


def build(path: Path, articles: int, days: int) -> None:
    """Create the lake `path` with about this number of articles, one commit per day."""
    lake, maker = open_lake(path), Maker(articles, days)
    lake.create("day")
    for number in range(days):
        commit_day(lake, maker, number)


def commit_day(lake: LakeFolder, maker: Maker, number: int) -> None:
    """Commit the rows of day `number`."""
    day, name = FIRST_DAY + timedelta(days=number), layout.staging_name("made", number)
    with lake.committer() as committer, staging(lake.storage, name):
        context = RunContext(lake=str(lake.storage.root), index=str(lake.index_path), staging=name, run_id="made",
            as_of=committer.last, run_date=day.isoformat())  # fmt: skip
        files = [
            file
            for table, rows in maker.day(number).items()
            for file in _staged(table, rows, context)
        ]
        read = sum(
            len(file.keys)
            for file in files
            if file.table in ("articles", "duplicates", "revisions", "rejects")
        )
        committer.commit(make_transaction(context, files, [("read", read)]))


def _staged(table: str, rows: list[dict[str, Any]], context: RunContext) -> list[StagedFile]:
    by_run = table in ("rejects", "announcements", "fetches")
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        day = (
            context.run_date
            if by_run
            else str(row["published_at"].date() if row["published_at"] else NO_DATE)
        )
        groups.setdefault(f"{'run' if by_run else 'published'}_date={day}", []).append(row)
    found = []
    for number, (partition, group) in enumerate(groups.items()):
        path = f"{context.staging}/{table}-{number}.parquet"
        digest, size = write_parquet(Path(context.lake, path), table, _table(table, group))
        keys = [RowKeys(row.get("document_id", ""), row.get("article_id", row.get("duplicate_of", "")) or "",
            row.get("text_hash", ""), row.get("revision", 0)) if table not in ("announcements", "fetches") else RowKeys() for row in group]  # fmt: skip
        found.append(StagedFile(table, partition, path, keys, digest, size))
    return found


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(name)
    missing = {field.name: _default(field) for field in schema if field.name not in rows[0]}
    return pa.Table.from_pylist([missing | row for row in rows], schema=schema)


def _default(field: pa.Field) -> Any:
    if field.nullable:
        return None
    return {"string": "made", "bool": False}.get(str(field.type), 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=90)
    arguments = parser.parse_args()
    build(arguments.lake, arguments.articles, arguments.days)
