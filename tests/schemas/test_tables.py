"""The documentation, the files and the records agree with the declared tables."""

from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakes import article, mention
from paths import ROOT

from newslake.pipelines.cli import main
from newslake.pipelines.commands.schema import codebook
from newslake.schemas.codebook import ORIGINS
from newslake.schemas.record import field_docs
from newslake.schemas.tables import TABLES, arrow_schema
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.write.write import in_order

DOCS = ROOT / "docs" / "tables.md"


def test_the_codebook_is_what_the_schema_says():
    """If this fails, run `newslake schema > docs/tables.md`."""
    assert DOCS.read_text(encoding="utf-8") == codebook(list(TABLES))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented_and_numbered(table):
    schema = arrow_schema(table)
    assert all(column.metadata[b"doc"] for column in schema)
    numbers = [int(column.metadata[b"PARQUET:field_id"]) for column in schema]
    assert numbers == list(range(1, len(schema) + 1))


def test_schema_prints_one_table_for_programs(capsys):
    assert main(["schema", "duplicates", "--json"]) == 0
    assert (
        '"column": "duplicate_of", "type": "string", "nullable": false' in capsys.readouterr().out
    )


def test_an_unknown_table_is_named(capsys):
    assert main(["schema", "nonsense"]) == 2
    assert "unknown table 'nonsense'; use one of articles" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("published_at", "partition"),
    [
        (None, "published_date=__HIVE_DEFAULT_PARTITION__"),
        (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), "published_date=2026-03-01"),
        (
            datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=-5))),
            "published_date=2026-03-02",
        ),
    ],
)
def test_an_article_is_stored_under_its_day_in_utc(published_at, partition):
    row = article("one", published_at=published_at)
    assert TABLES["articles"].partition(row, date(2030, 1, 1)) == partition


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


def test_every_record_documents_its_fields():
    for table in TABLES.values():
        assert all(field_docs(table.record).values())


def test_the_codebook_lists_every_column_and_nothing_else():
    assert {name: set(columns) for name, columns in ORIGINS.items()} == {
        name: set(arrow_schema(name).names) for name in TABLES
    }


@pytest.mark.parametrize("name", TABLES)
def test_the_doc_of_a_column_that_can_be_null_says_when(name):
    silent = [
        column.name
        for column in arrow_schema(name)
        if column.nullable and "null" not in column.metadata[b"doc"].decode()
    ]
    assert silent == []
