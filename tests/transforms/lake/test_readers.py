"""Other engines read the lake without newslake, even if all its articles are undated."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from newslake.schemas.arrow import arrow_schema
from newslake.schemas.tables import SCHEMA_VERSION, TABLES

FILLED = {"articles": 4, "runs": 1}
"""Minimum number of rows by table; mentions depend on the model and are left out."""


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_by_glob(seed_lake, table):
    result = duckdb.sql(f"SELECT * FROM '{seed_lake}/{table}/**/*.parquet'")
    types = dict(zip(result.columns, map(str, result.types), strict=True))
    assert len(result.fetchall()) >= FILLED.get(table, 0)
    assert types.pop(TABLES[table].partition_key) == "DATE"
    assert list(types) == arrow_schema(table).names
    assert types["run_id"] == "VARCHAR"
    if table == "articles":
        assert types["published_at"] == "TIMESTAMP WITH TIME ZONE"
        assert types["authors"] == "VARCHAR[]"


@pytest.mark.parametrize("table", TABLES)
def test_polars_by_glob(seed_lake, table):
    frame = pl.scan_parquet(f"{seed_lake}/{table}/**/*.parquet").collect()
    assert frame.height >= FILLED.get(table, 0)
    assert frame.columns == arrow_schema(table).names
    if table == "articles":
        assert frame.schema["published_at"] == pl.Datetime("us", "UTC")
        assert frame.schema["authors"] == pl.List(pl.String)


@pytest.mark.parametrize("table", TABLES)
def test_pyarrow_by_folder(seed_lake, table):
    found = ds.dataset(seed_lake / table, partitioning="hive").to_table()
    assert found.num_rows >= FILLED.get(table, 0)
    for column in arrow_schema(table):
        assert found.schema.field(column.name).type == column.type


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("partitioning", [None, ds.partitioning(flavor="hive")])
def test_pandas_by_folder(seed_lake, table, partitioning):
    """By default pandas reads the partition as a dictionary, which fails for NULL in pyarrow 25."""
    frame = pd.read_parquet(seed_lake / table, partitioning=partitioning)
    assert len(frame) >= FILLED.get(table, 0)
    assert set(arrow_schema(table).names) <= set(frame.columns)
    if table == "articles":
        assert str(frame["published_at"].dtype) == "datetime64[us, UTC]"


def test_the_unknown_date_reads_as_null(seed_lake):
    glob = f"{seed_lake}/articles/**/*.parquet"
    where = "published_date IS NULL AND published_at IS NULL"
    assert duckdb.sql(f"SELECT count(*) FROM '{glob}' WHERE {where}").fetchall() == [(4,)]


def test_a_file_says_what_it_is_and_finds_ids_fast(seed_lake):
    import pyarrow.parquet as pq

    (path,) = seed_lake.glob("articles/published_date=__HIVE*/*.parquet")
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
