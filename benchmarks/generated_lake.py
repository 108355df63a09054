"""Generates a month of news as Arrow tables, the same in every run, and a lake with these rows.

Words consist of syllables; rare words are longer. Word frequencies follow the Zipf-Mandelbrot law,
and each article repeats the words of its topic. As in real news, lengths are lognormal with a
median of 400 words. The texts are suitable for measuring a layout of files, not for language
processing.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newslake.schemas.arrow import arrow_schema
from newslake.schemas.ontology import EVENT_TYPES
from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.parquet import write_parquet
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import make_transaction

FIRST_DAY = date(2026, 3, 1)
COUNTRIES = np.array(
    [
        "USA",
        "RUS",
        "UKR",
        "CHN",
        "ISR",
        "PSE",
        "IRN",
        "GBR",
        "FRA",
        "DEU",
        "IND",
        "PAK",
        "SDN",
        "SYR",
        "TUR",
        "POL",
    ]
)
LANGUAGES = np.array(["en", "es", "de", "fr", "ru", "ar", "pt", "it", "zh", "uk"])
STATUSES = np.array(["asserted", "future", "historical", "negated"])
KINDS = np.array(["exact", "near", "syndicated"])
WORD = "zenzita"
"""A rare word in the texts."""

_SOURCES = 300
_VOCABULARY, _TOPICS, _TOPIC_WORDS = 40_000, 400, 300
_MEDIAN_WORDS, _SPREAD = 400, 0.6
_OF_TOPIC = 0.25
_COPIES = 0.22
"""Duplicates per article."""
_MENTIONS = 1.5
"""Mentions per article."""


def month(articles: int, days: int = 30) -> dict[str, pa.Table]:
    """Return the tables `articles` (sorted by URL), `duplicates` and `mentions`.

    Args:
        articles: Number of articles; there are 1.5 mentions and 0.22 duplicates per article.
        days: Number of days over which the publication times are spread.
    """
    rng = np.random.default_rng(7)
    published = _times(rng, articles, days)
    ids = _ids("article", articles)
    sources = pc.binary_join_element_wise(
        "paper", pa.array(_zipf(rng, articles, _SOURCES)).cast(pa.string()), ".example", ""
    )
    words = _words(rng)
    text = _texts(rng, articles, words)
    stories = _table(
        "articles",
        articles,
        article_id=ids,
        document_id=_ids("document", articles),
        url=pc.binary_join_element_wise("https:/", sources, ids, "/"),
        canonical_url=pc.binary_join_element_wise("https:/", sources, ids, "/"),
        source=sources,
        title=_joined(rng, articles, words, np.full(articles, 9)),
        text=text,
        published_at=published,
        seen_at=published + rng.exponential(1800e6, articles).astype("timedelta64[us]"),
        language=_one_of(rng, articles, LANGUAGES),
        word_count=pc.add(pc.count_substring(text, " "), 1).cast(pa.int64()),
        text_hash=_ids("text", articles),
    ).sort_by("url")
    return {
        "articles": stories,
        "duplicates": _duplicates(rng, stories, int(articles * _COPIES)),
        "mentions": _mentions(rng, stories, int(articles * _MENTIONS)),
    }


def _times(rng: np.random.Generator, number: int, days: int) -> np.ndarray:
    start = np.datetime64(datetime.combine(FIRST_DAY, datetime.min.time()), "us")
    return start + np.sort(rng.integers(0, days * 86_400, number)).astype("timedelta64[s]")


def _ids(kind: str, number: int) -> pa.Array:
    """Return ids in our format: 32 hex digits, in no order."""
    rng = np.random.default_rng(len(kind))
    digits = rng.integers(0, 2**63, (number, 2), dtype=np.uint64)
    return pa.array([f"{high:016x}{low:016x}" for high, low in digits.tolist()])


def _zipf(rng: np.random.Generator, number: int, kinds: int) -> np.ndarray:
    """Return random ranks from 0 to `kinds` - 1; low ranks are more frequent."""
    weights = np.cumsum(1 / (np.arange(kinds) + 2.7) ** 1.07)
    return np.searchsorted(weights, rng.random(number) * weights[-1])


def _one_of(rng: np.random.Generator, number: int, names: np.ndarray) -> np.ndarray:
    return names[_zipf(rng, number, len(names))]


def _words(rng: np.random.Generator) -> pa.Array:
    syllables = np.array([a + b + c for a in "bdfgklmnprstvz" for b in "aeiou" for c in ("", "n")])
    lengths = 1 + (0.6 * np.log10(np.arange(1, _VOCABULARY + 1))).astype(int)
    return pa.array(["".join(rng.choice(syllables, length)) for length in lengths])


def _texts(rng: np.random.Generator, number: int, words: pa.Array) -> pa.Array:
    lengths = np.exp(rng.normal(np.log(_MEDIAN_WORDS), _SPREAD, number)).astype(int).clip(40, 5000)
    return _joined(rng, number, words, lengths)


def _joined(
    rng: np.random.Generator, number: int, words: pa.Array, lengths: np.ndarray
) -> pa.Array:
    """Return a text with the given number of words for each article, some from its topic."""
    drawn = _zipf(rng, int(lengths.sum()), _VOCABULARY)
    topic_of = np.repeat(rng.integers(0, _TOPICS, number), lengths)
    of_topic = rng.random(len(drawn)) < _OF_TOPIC
    topical = (topic_of * 97 + (drawn % _TOPIC_WORDS) * 131) % _VOCABULARY
    chosen = words.take(pa.array(np.where(of_topic, topical, drawn)))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), chosen)
    return pc.binary_join(lists, " ")


def _duplicates(rng: np.random.Generator, stories: pa.Table, number: int) -> pa.Table:
    of = np.sort(_zipf(rng, number, stories.num_rows // 4) * 3)
    copied = stories.take(pa.array(of))
    return _table(
        "duplicates",
        number,
        document_id=_ids("duplicate", number),
        duplicate_of=copied["article_id"],
        kind=_one_of(rng, number, KINDS),
        similarity=rng.uniform(0.6, 1, number),
        source=stories["source"].take(pa.array(rng.integers(0, stories.num_rows, number))),
        title=copied["title"],
        published_at=copied["published_at"],
        seen_at=copied["seen_at"],
    )


def _mentions(rng: np.random.Generator, stories: pa.Table, number: int) -> pa.Table:
    of = np.sort(rng.integers(0, stories.num_rows, number))
    articles = stories.take(pa.array(of))
    evidence = pc.utf8_slice_codeunits(articles["text"], 0, 160)
    nulls = pa.array([None] * number, pa.string())

    def parties() -> pa.Array:
        country = pa.array(_one_of(rng, number, COUNTRIES))
        zeros = pa.array(np.zeros(number, np.int64))
        kind = arrow_schema("mentions").field("actors").type
        columns = {
            "text": country,
            "start": zeros,
            "end": zeros,
            "name": country,
            "country": country,
        }
        party = pa.StructArray.from_arrays(
            [columns.get(field.name, nulls) for field in kind.value_type],
            fields=list(kind.value_type),
        )
        return pa.ListArray.from_arrays(pa.array(np.arange(number + 1, dtype=np.int32)), party)

    return _table(
        "mentions",
        number,
        mention_id=_ids("mention", number),
        article_id=articles["article_id"],
        text_hash=articles["text_hash"],
        type=_one_of(rng, number, np.array(list(EVENT_TYPES))),
        status=_one_of(rng, number, STATUSES),
        trigger=pc.utf8_slice_codeunits(evidence, 0, 9),
        actors=parties(),
        recipients=parties(),
        evidence=evidence,
        confidence=rng.uniform(0.3, 0.95, number),
        published_at=articles["published_at"],
    )


def _table(name: str, number: int, **columns: Any) -> pa.Table:
    """Return `columns` as table `name`; other columns are null, zero or empty."""
    schema = arrow_schema(name)
    return pa.Table.from_arrays(
        [_column(columns.get(field.name), field, number) for field in schema], schema=schema
    )


def _column(values: Any, field: pa.Field, number: int) -> pa.Array | pa.ChunkedArray:
    if values is not None:
        return (pa.array(values) if isinstance(values, np.ndarray) else values).cast(field.type)
    if field.nullable:
        return pa.nulls(number, field.type)
    default = [] if pa.types.is_list(field.type) else "" if field.type == pa.string() else 0
    return pa.array([default] * number).cast(field.type)


def build(
    lake: LakeFolder, tables: Mapping[str, pa.Table], rows_per_file: int | None = None
) -> None:
    """Create `lake` and commit the rows of `tables`, one day per commit.

    Args:
        lake: The new lake.
        tables: The tables that `month` returns.
        rows_per_file: Rows per file; None writes one file per partition.
    """
    lake.create("day")
    for number, day in enumerate(_days(tables["articles"])):
        name = layout.staging_name("generated", number)
        with ExitStack() as stack:
            with lake.committer() as committer:
                stack.enter_context(staging(lake.storage, name))
            context = RunContext(
                lake=str(lake.storage.root),
                index=str(lake.index_path),
                staging=name,
                run_id="generated",
                as_of=committer.last,
                run_date=day.isoformat(),
            )
            files = list(_stage_day(tables, day, context, rows_per_file))
            read = sum(len(file.keys) for file in files if file.table != "mentions")
            with lake.committer() as committer:
                committer.commit(make_transaction(context, files, [("read", read)]))


def _days(table: pa.Table) -> list[date]:
    return sorted(pc.unique(table["published_at"].cast(pa.date32())).to_pylist())


def _stage_day(
    tables: Mapping[str, pa.Table], day: date, context: RunContext, rows_per_file: int | None
) -> Iterator[StagedFile]:
    for name, table in tables.items():
        of_day = table.filter(pc.equal(table["published_at"].cast(pa.date32()), day))
        rows = of_day.sort_by([(column, "ascending") for column in TABLES[name].sort_key])
        size = rows_per_file or max(1, rows.num_rows)
        for start in range(0, rows.num_rows, size):
            yield _staged(name, f"published_date={day}", rows.slice(start, size), context)


def _staged(name: str, partition: str, rows: pa.Table, context: RunContext) -> StagedFile:
    path = f"{context.staging}/{name}-{uuid.uuid4().hex}.parquet"
    digest, size = write_parquet(Path(context.lake, path), name, rows)
    columns = ["document_id", "article_id", "text_hash"]
    columns[1] = "duplicate_of" if name == "duplicates" else "article_id"
    nulls = [None] * rows.num_rows
    ids = [rows[key].to_pylist() if key in rows.column_names else nulls for key in columns]
    keys = [RowKeys(*row, 0) for row in zip(*ids, strict=True)]
    return StagedFile(name, partition, path, keys, digest, size)
