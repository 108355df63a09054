"""Print the codebook (from the declarations in `schemas/`), or the SQL of a lake's views."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.pipelines.sql.statements import lake_sql
from newslake.pipelines.suggestions import similar
from newslake.pipelines.values import folder, given_text
from newslake.schemas.partitions import NO_DATE
from newslake.schemas.tables import SCHEMA_VERSION, TABLES, Table, type_name
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

HEADER = f"""\
# Tables

Schema version {SCHEMA_VERSION}. Generated from `schemas/rows.py` by `newslake schema`; do not edit.

Each table is a folder of Parquet files, partitioned by day, month or year, so queries on a short time
are fast. The partition is part of the path, not of the file. `published_date` is the UTC day of
`published_at`, or the first day of its month or year. `run_date` is made from the run's day.
Filter on `published_at`. If the time is unknown, it is null, and the row is in `published_date={NO_DATE}`.
Texts are UTF-8 in NFC, and times are UTC with microseconds. Offsets count Unicode code points from 0;
the end offset is exclusive.

The column *decided by* gives the step of the DAG that sets the value. It is `publisher` if newslake copies
the value from the source. The column *schema.org* gives the equivalent property of
[NewsArticle](https://schema.org/NewsArticle). The column *protected* is `personal` for personal data and
`text` for text that belongs to the publisher. `newslake forget` deletes such values.
To cite the data, name newslake, schema {SCHEMA_VERSION}, and the `versions` of the run (table `runs`) that wrote
your rows.
"""


EXAMPLES = """\
examples:
  newslake schema                    all tables, in Markdown
  newslake schema mentions --json    the columns of one table, as JSON
  newslake schema --sql --lake lake > views.sql
  duckdb -init views.sql             DuckDB with the tables, views and macros of `newslake query`
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.add_argument(
        "table",
        nargs="?",
        type=given_text,
        metavar="TABLE",
        help="print only this table; default: all tables",
    )
    about = "print SQL that gives any DuckDB the tables, views and macros of a lake; needs --lake"
    parser.add_argument("--sql", action="store_true", help=about)
    parser.add_argument(
        "--lake", type=folder, metavar="DIR", help="folder of the lake; only with --sql"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the codebook of one or all tables, or the SQL of a lake; return the exit code.

    Raises:
        WrongOption: the table is unknown, or options contradict each other.
        NotALake: the folder is not a lake.
        LakeError: this version of newslake does not support the lake.
    """
    if arguments.sql or "lake" in arguments.given:
        return _print_sql(arguments)
    if arguments.table and arguments.table not in TABLES:
        name = similar(arguments.table, TABLES)
        guess = f"did you mean {name}?" if name else f"use one of {', '.join(TABLES)}"
        raise WrongOption(f"unknown table {arguments.table!r}; {guess}")
    names = [arguments.table] if arguments.table else list(TABLES)
    if arguments.json:
        for name in names:
            for column in columns(TABLES[name]):
                terminal.print_json(column)
    else:
        sys.stdout.write(codebook(names))
    return 0


def _print_sql(arguments: argparse.Namespace) -> int:
    if not arguments.sql or not arguments.lake or arguments.table or arguments.json:
        raise WrongOption("use --sql and --lake DIR together, without TABLE and --json")
    check_marker(Storage(arguments.lake))
    sys.stdout.write(lake_sql(Path(arguments.lake)))
    return 0


def columns(table: Table) -> Iterator[dict[str, object]]:
    """Yield the description of each column of `table`."""
    for one in table.columns:
        yield {
            "table": table.name,
            "column": one.name,
            "type": type_name(one.type),
            "nullable": one.nullable,
            "doc": one.doc,
            "step": one.column.step,
            "unit": one.column.unit,
            "schema_org": one.column.schema_org,
            "field_id": one.column.id,
            "protected": one.column.protected,
        }


def codebook(names: Sequence[str]) -> str:
    """Return the description of the tables `names` in Markdown."""
    return HEADER + "".join(f"\n{_section(TABLES[name])}" for name in names)


def _section(table: Table) -> str:
    keys = ", ".join(f"`{key}`" for key in table.sort_key)
    order = f"; sorted by {keys}" if keys else ""
    rows = "".join(
        f"| `{column['column']}` | {column['type']} | {'yes' if column['nullable'] else ''} "
        f"| {column['doc']} | {column['unit']} | {column['step']} | {column['schema_org']} "
        f"| {column['protected']} |\n"
        for column in columns(table)
    )
    return f"""\
## {table.name}

{table.record.__doc__}

Partitioned by `{table.partition_key}`{order}.

| column | type | null | meaning | unit or code list | decided by | schema.org | protected |
|---|---|---|---|---|---|---|---|
{rows}"""


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json="print one JSON object per column")
