"""Other engines read every table of each layout without newslake, with their default settings."""

import shutil
from datetime import UTC, datetime

import datafusion
import duckdb
import fastparquet
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from lakes import (
    DAY,
    announcement,
    article,
    commit,
    duplicate,
    fetch,
    mention,
    rejected,
    revision,
)

from newslake.schemas.arrow import arrow_schema
from newslake.schemas.partitions import UNITS
from newslake.schemas.tables import SCHEMA_VERSION, TABLES
from newslake.transforms.dedupe.lake_index import open_lake

PUBLISHED = {
    "one": DAY,
    "two": DAY.replace(day=17),
    "three": datetime(2024, 7, 9, tzinfo=UTC),
    "undated": None,
}
"""Times of publication by title, in the lakes of these tests."""


@pytest.fixture(scope="module")
def layouts(tmp_path_factory, seed_lake):
    """Lakes by layout: a lake per unit with rows in most tables, and one with undated articles."""
    lakes = {"undated": seed_lake}
    for unit in UNITS:
        lake = open_lake(tmp_path_factory.mktemp(unit) / "lake")
        lake.create(unit)
        articles = [article(title, published_at=time) for title, time in PUBLISHED.items()]
        others = [duplicate("copy", "one"), revision("new", "one", 1), rejected("bad")]
        url = "https://example.org/one"
        commit(lake, *articles, mention(articles[0]), *others, announcement(url), fetch(url))
        lakes[unit] = lake.storage.root
    return lakes


ROWS = dict.fromkeys(TABLES, 1) | {
    "articles": len(PUBLISHED),
    "replacements": 0,
    "feeds": 0,
    "runs": 0,
}
"""Number of rows by table, in the lakes of the three units."""


def by_duckdb(folder):
    return duckdb.sql(f"FROM '{folder}/**/*.parquet'").to_arrow_table().to_pylist()


def by_polars(folder):
    return pl.scan_parquet(f"{folder}/**/*.parquet").collect().to_dicts()


def by_pyarrow(folder):
    return ds.dataset(folder, partitioning="hive").to_table().to_pylist()


def by_pandas(folder):
    return pd.read_parquet(folder).to_dict("records")


def by_fastparquet(folder):
    return fastparquet.ParquetFile(str(folder)).to_pandas().to_dict("records")


def by_datafusion(folder):
    return datafusion.SessionContext().read_parquet(str(folder)).to_pylist()


def by_clickhouse(folder):
    chdb = pytest.importorskip("chdb", reason="needs chdb; run `make engines`")
    frame = chdb.query(f"SELECT * FROM file('{folder}/**/*.parquet')", "DataFrame")
    return frame.to_dict("records")


def by_spark(folder):
    sql = pytest.importorskip("pyspark.sql", reason="needs pyspark; run `make engines`")
    if not shutil.which("java"):
        pytest.skip("needs Java 17")
    local = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1"}
    session = sql.SparkSession.builder.master("local[1]").config(map=local).getOrCreate()
    return [row.asDict() for row in session.read.parquet(str(folder)).collect()]


READERS = [
    by_duckdb,
    by_polars,
    by_pyarrow,
    by_pandas,
    by_fastparquet,
    by_datafusion,
    pytest.param(by_clickhouse, marks=pytest.mark.engines),
    pytest.param(
        by_spark,
        marks=[pytest.mark.engines, pytest.mark.filterwarnings("ignore:PySpark does not yet")],
    ),
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("layout", UNITS)
@pytest.mark.parametrize("table", TABLES)
def test_an_engine_reads_all_rows_and_columns(layouts, layout, table, read):
    rows = read(layouts[layout] / table)
    assert len(rows) == ROWS[table]
    for row in rows:
        columns = {name.partition(".")[0] for name in row}  # fastparquet flattens structs
        assert columns >= set(arrow_schema(table).names)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("layout", UNITS)
def test_an_engine_reads_times_and_their_absence(layouts, layout, read):
    found = {row["title"]: row["published_at"] for row in read(layouts[layout] / "articles")}
    seconds = {title: None if pd.isna(time) else time.timestamp() for title, time in found.items()}
    assert seconds == {title: time and time.timestamp() for title, time in PUBLISHED.items()}


@pytest.mark.parametrize("read", READERS)
def test_an_engine_reads_a_lake_without_any_date(layouts, read):
    rows = read(layouts["undated"] / "articles")
    assert len(rows) == 4
    assert all(pd.isna(row["published_at"]) for row in rows)


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_has_the_declared_types(seed_lake, table):
    result = duckdb.sql(f"SELECT * FROM '{seed_lake}/{table}/**/*.parquet'")
    types = dict(zip(result.columns, map(str, result.types), strict=True))
    assert types.pop(TABLES[table].partition_key) == "DATE"
    assert list(types) == arrow_schema(table).names
    assert types["run_id"] == "VARCHAR"
    if table == "articles":
        assert types["published_at"] == "TIMESTAMP WITH TIME ZONE"
        assert types["authors"] == "VARCHAR[]"


def test_polars_has_the_declared_types(seed_lake):
    schema = pl.scan_parquet(f"{seed_lake}/articles/**/*.parquet").collect_schema()
    assert schema.names() == arrow_schema("articles").names
    assert schema["published_at"] == pl.Datetime("us", "UTC")
    assert schema["authors"] == pl.List(pl.String)


@pytest.mark.parametrize("table", TABLES)
def test_pyarrow_has_the_declared_types(seed_lake, table):
    schema = ds.dataset(seed_lake / table, partitioning="hive").schema
    for column in arrow_schema(table):
        assert schema.field(column.name).type == column.type


def test_pandas_has_times_in_utc(seed_lake):
    frame = pd.read_parquet(seed_lake / "articles")
    assert str(frame["published_at"].dtype) == "datetime64[us, UTC]"


def test_rows_without_a_date_are_in_the_partition_of_1900(seed_lake):
    glob = f"{seed_lake}/articles/**/*.parquet"
    where = "published_date = '1900-01-01' AND published_at IS NULL"
    assert duckdb.sql(f"SELECT count(*) FROM '{glob}' WHERE {where}").fetchall() == [(4,)]


def test_a_file_says_what_it_is_and_finds_ids_fast(seed_lake):
    (path,) = seed_lake.glob("articles/published_date=1900-01-01/*.parquet")
    metadata = pq.ParquetFile(path).metadata
    columns = {metadata.schema.column(i).path: i for i in range(metadata.num_columns)}
    group = metadata.row_group(0)
    assert metadata.metadata[b"newslake.table"] == b"articles"
    assert metadata.metadata[b"newslake.schema"] == str(SCHEMA_VERSION).encode()
    assert group.column(columns["text"]).compression == "LZ4"
    assert "authors.list.element" in columns
    assert metadata.schema.to_arrow_schema().field("text").type == pa.string()
    assert group.column(columns["published_at"]).has_column_index
    assert group.sorting_columns[0].column_index == columns["published_at"]
