"""Read a growing lake in a loop with one engine and without newslake: reader.py ENGINE LAKE STOP.

Prints the result as one line of JSON when the file STOP appears.
"""

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from ids import ID_COLUMNS, may_be_forgotten, number_of

PAUSE = 0.05

COLUMNS = {
    table: [*ids] + (["article_id"] if table == "mentions" else [])
    for table, ids in ID_COLUMNS.items()
}


def by_duckdb(lake):
    import duckdb

    def read(table):
        columns = ", ".join(COLUMNS[table])
        with duckdb.connect() as database:
            return database.sql(f"SELECT {columns} FROM '{lake}/{table}/**/*.parquet'").fetchall()

    return read


def by_polars(lake):
    import polars

    def read(table):
        return (
            polars.scan_parquet(f"{lake}/{table}/**/*.parquet")
            .select(COLUMNS[table])
            .collect()
            .rows()
        )

    return read


def by_pyarrow(lake):
    import pyarrow.dataset as ds

    def read(table):
        found = ds.dataset(f"{lake}/{table}", partitioning="hive").to_table(columns=COLUMNS[table])
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    return read


ENGINES = {"duckdb": by_duckdb, "polars": by_polars, "pyarrow": by_pyarrow}


def kind_of(error):
    words = f"{type(error).__name__}: {error}"
    missing = isinstance(error, FileNotFoundError) or "No such file" in words
    return "file not found" if missing else words[:200]


class Watch:
    """Counts rows that are doubled in one reading or vanish between two readings."""

    def __init__(self):
        self.reads, self.doubled, self.vanished, self.orphans = 0, 0, 0, 0
        self.errors = Counter()
        self.before = {table: set() for table in ID_COLUMNS}

    def see(self, table, rows):
        self.reads += 1
        ids = {row[: len(ID_COLUMNS[table])] for row in rows}
        self.doubled += len(rows) - len(ids)
        lost = self.before[table] - ids
        self.vanished += sum(not may_be_forgotten(number_of(id)) for id, *_ in lost)
        self.before[table] = ids

    def compare(self, mentions):
        """Count mentions without an article; mentions are read before articles."""
        lost = {id for _, id in mentions} - {id for (id,) in self.before["articles"]}
        self.orphans += sum(not may_be_forgotten(number_of(id)) for id in lost)


def watch(read, stop):
    seen = Watch()
    os.nice(10)  # the writers need CPU time to reach their kills
    last_time = False
    while not last_time:
        last_time = stop.exists()
        found = {}
        for table in ID_COLUMNS:
            try:
                found[table] = read(table)
            except Exception as error:  # noqa: BLE001 - engines raise their own classes
                seen.errors[kind_of(error)] += 1
            else:
                seen.see(table, found[table])
        if {"mentions", "articles"} <= found.keys():
            seen.compare(found["mentions"])
        time.sleep(PAUSE)
    return seen


if __name__ == "__main__":
    engine, lake, stop = sys.argv[1:]
    seen = watch(ENGINES[engine](lake), Path(stop))
    result = {key: value for key, value in vars(seen).items() if key != "before"}
    sys.stdout.write(json.dumps(result) + "\n")
