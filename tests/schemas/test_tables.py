"""The documentation, the files and the records agree with the declared tables."""

from dataclasses import dataclass, make_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakes import article, mention, rejected
from paths import ROOT
from stages import stage_names

from newslake.pipelines.cli import main
from newslake.pipelines.commands.schema import codebook
from newslake.schemas.arrow import arrow_schema
from newslake.schemas.column import Column, fields
from newslake.schemas.records import RunContext
from newslake.schemas.tables import TABLES, Table, fingerprint, type_name
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.write.write import in_order

DOCS = ROOT / "docs" / "tables.md"


def test_the_codebook_is_what_the_schema_says():
    """If this fails, run `newslake schema > docs/tables.md`."""
    assert DOCS.read_text(encoding="utf-8") == codebook(list(TABLES))


def ids(kind):
    """Yield the field ids in the fields of a struct, at all levels."""
    for field in kind:
        yield int(field.metadata[b"PARQUET:field_id"])
        item = field.type
        if pa.types.is_list(item):
            yield int(item.value_field.metadata[b"PARQUET:field_id"])
            item = item.value_type
        if pa.types.is_struct(item):
            yield from ids(item)


@pytest.mark.parametrize("table", TABLES)
def test_every_field_has_an_id_of_its_own(table):
    found = list(ids(arrow_schema(table)))
    assert {id for id in found if found.count(id) > 1} == set(), "a field id is used twice"
    assert all(1 <= one.column.id <= 98 for one in TABLES[table].columns if one.name != "run_id")


def test_the_ids_are_in_the_files(tmp_path):
    path = tmp_path / "rows.parquet"
    write_parquet(path, "mentions", to_arrow("mentions", [mention(article("one"))], "run"))
    assert list(ids(pq.read_schema(path))) == list(ids(arrow_schema("mentions")))


@pytest.mark.parametrize("table", TABLES)
def test_the_declared_type_names_are_those_of_arrow(table):
    for one, field in zip(TABLES[table].columns, arrow_schema(table), strict=True):
        assert type_name(one.type) == str(field.type).replace("element: ", "")


STEPS = {"publisher", "server", "clock", "command line", "the rejecting step", "Poll", "Fetch"}
"""What may decide a column, besides the stages."""


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_which_step_decides_it(table):
    unknown = {one.column.step for one in TABLES[table].columns} - STEPS - stage_names()
    assert not unknown


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.is_kept])
def test_a_protected_column_has_a_value_for_forgotten_rows(table):
    for one in table.columns:
        if one.column.protected:
            assert one.nullable or isinstance(one.column.forgotten, one.type), one.name


@pytest.mark.parametrize(
    ("declared", "is_same"),
    [
        (Annotated[str, Column(1, "Read", "code", repeats=False), "Other words."], True),
        (Annotated[str, Column(2, "Extract"), "The headline."], False),
        (Annotated[int, Column(1, "Extract"), "The headline."], False),
        (Annotated[str | None, Column(1, "Extract"), "The headline."], False),
        (Annotated[list[str], Column(1, "Extract"), "The headline."], False),
    ],
)
def test_the_fingerprint_changes_with_columns_and_not_with_wording(declared, is_same):
    def table(annotation):
        record = make_dataclass("Row", [("title", annotation)])
        return Table("rows", record, (), (), forget_by=None)

    first = table(Annotated[str, Column(1, "Extract"), "The headline."])
    assert (fingerprint((first,)) == fingerprint((table(declared),))) == is_same


def test_schema_prints_one_table_for_programs(capsys):
    assert main(["schema", "duplicates", "--json"]) == 0
    assert (
        '"column": "duplicate_of", "type": "string", "nullable": false' in capsys.readouterr().out
    )


def test_an_unknown_table_is_named(capsys):
    assert main(["schema", "nonsense"]) == 2
    assert "unknown table 'nonsense'; use one of articles" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("published_at", "unit", "partition"),
    [
        (None, "day", "published_date=1900-01-01"),
        (None, "year", "published_date=1900-01-01"),
        (datetime(2026, 3, 17, 23, 59, tzinfo=UTC), "day", "published_date=2026-03-17"),
        (datetime(2026, 3, 17, 23, 59, tzinfo=UTC), "month", "published_date=2026-03-01"),
        (datetime(2026, 3, 17, 23, 59, tzinfo=UTC), "year", "published_date=2026-01-01"),
        (
            datetime(2025, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))),
            "year",
            "published_date=2026-01-01",
        ),
    ],
)
def test_an_article_is_stored_under_the_first_day_of_its_unit_in_utc(published_at, unit, partition):
    row = article("one", published_at=published_at)
    context = RunContext("lake", "index", "staging", "run", 0, "2030-05-17", unit)
    assert TABLES["articles"].partition(row, context) == partition


@pytest.mark.parametrize(
    ("unit", "partition"),
    [
        ("day", "run_date=2030-05-17"),
        ("month", "run_date=2030-05-01"),
        ("year", "run_date=2030-01-01"),
    ],
)
def test_a_reject_is_stored_under_the_first_day_of_the_unit_of_its_run(unit, partition):
    context = RunContext("lake", "index", "staging", "run", 0, "2030-05-17", unit)
    assert TABLES["rejects"].partition(rejected("bad"), context) == partition


def test_rows_survive_the_file(tmp_path):
    rows = [
        article("one", authors=["A. Writer"], signature=b"\x00\xff"),
        article("two", published_at=None),
    ]
    path = tmp_path / "rows.parquet"
    digest, size = write_parquet(path, "articles", to_arrow("articles", rows, "run"))
    read = pq.read_table(path)
    assert size == path.stat().st_size
    assert len(digest) == 64
    assert read.schema.equals(arrow_schema("articles"))
    assert read["published_at"].to_pylist() == [rows[0].published_at, None]
    assert read["authors"].to_pylist() == [["A. Writer"], []]
    assert read["signature"].to_pylist() == [b"\x00\xff", None]


def test_a_row_without_a_required_value_is_refused():
    with pytest.raises(ValueError, match=r"articles\.source is null in 1 rows"):
        to_arrow("articles", [article("one", source=None)], "run")


def test_long_texts_make_small_row_groups(tmp_path):
    rows = [article(f"{n:03}", text="x" * 3_000_000) for n in range(50)]
    path = tmp_path / "rows.parquet"
    write_parquet(path, "articles", to_arrow("articles", rows, "run"))
    metadata = pq.ParquetFile(path).metadata
    groups = [metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)]
    assert metadata.num_row_groups > 1
    assert max(groups) <= 70 * 2**20


def test_text_is_compressed_with_lz4_and_other_columns_with_zstd(tmp_path):
    path = tmp_path / "rows.parquet"
    write_parquet(path, "articles", to_arrow("articles", [article("one")], "run"))
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    codecs = {column.path_in_schema: column.compression for column in columns}
    assert codecs.pop("text") == "LZ4"
    assert set(codecs.values()) == {"ZSTD"}


def test_rows_are_sorted_by_time_with_the_undated_last_and_without_repeats():
    late = article("late", published_at=datetime(2026, 3, 2, tzinfo=UTC))
    rows = [article("undated", published_at=None), late, article("early"), late]
    unique, surplus = in_order(TABLES["articles"], rows)
    assert [row.title for row in unique] == ["early", "late", "undated"]
    assert surplus == 1


def test_mentions_hold_their_parties_as_structs():
    table = to_arrow("mentions", [mention(article("one"))], "run")
    kind = table.schema.field("actors").type
    assert pa.types.is_struct(kind.value_type)
    assert kind.field(0).name == "element"


def test_a_field_without_a_declaration_is_refused():
    @dataclass
    class Undeclared:
        title: str

    with pytest.raises(TypeError, match="title needs an annotation with Column and meaning"):
        fields(Undeclared)


@pytest.mark.parametrize("name", TABLES)
def test_the_doc_of_a_column_that_can_be_null_says_when(name):
    silent = [
        column.name
        for column in arrow_schema(name)
        if column.nullable and "null" not in column.metadata[b"doc"].decode()
    ]
    assert silent == []
