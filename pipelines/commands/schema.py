"""Print the codebook: every table and column, generated from the declarations in `schemas/`."""

import argparse
import sys
from collections.abc import Iterator, Sequence

import pyarrow as pa

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.schemas.codebook import ORIGINS, PURPOSES
from newslake.schemas.tables import SCHEMA_VERSION, TABLES, arrow_schema

HEADER = f"""\
# Tables

Schema version {SCHEMA_VERSION}. Generated from `schemas/rows.py` by `newslake schema`; do not edit.

Each table is a folder of Parquet files, partitioned by day, so that queries on a few days are fast. The
partition is part of the path, not of the file. `published_date` is the UTC day of `published_at`; if the
time is unknown, it is `__HIVE_DEFAULT_PARTITION__` (read as NULL). `run_date` is the day of the run.
Texts are UTF-8 in NFC, and times are UTC with microseconds. Offsets count Unicode code points from 0;
the end offset is exclusive.

*Decided by* names the step of the DAG that sets the value, or `publisher` if the value is copied from the
source. *schema.org* is the equivalent property of [NewsArticle](https://schema.org/NewsArticle).
To cite the data, name newslake, schema {SCHEMA_VERSION}, and the `versions` of the run (table `runs`) that wrote
your rows.
"""


EXAMPLES = """\
examples:
  newslake schema                    all tables, in Markdown
  newslake schema mentions --json    the columns of one table, as JSON
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.add_argument(
        "table", nargs="?", metavar="TABLE", help="print only this table; default: all tables"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the codebook of one or all tables; return the exit code.

    Raises:
        WrongOption: the table is unknown.
    """
    if arguments.table and arguments.table not in TABLES:
        raise WrongOption(f"unknown table {arguments.table!r}; use one of {', '.join(TABLES)}")
    names = [arguments.table] if arguments.table else list(TABLES)
    if arguments.json:
        for name in names:
            for column in columns(name):
                terminal.print_json(column)
    else:
        sys.stdout.write(codebook(names))
    return 0


def columns(name: str) -> Iterator[dict[str, object]]:
    """Yield the description of each column of the table `name`."""
    for column in arrow_schema(name):
        yield {
            "table": name,
            "column": column.name,
            "type": arrow_name(column.type),
            "nullable": column.nullable,
            "doc": column.metadata[b"doc"].decode(),
            **ORIGINS[name][column.name]._asdict(),
        }


def codebook(names: Sequence[str]) -> str:
    """Return the description of the tables `names` in Markdown."""
    return HEADER + "".join(f"\n{_section(name)}" for name in names)


def _section(name: str) -> str:
    table = TABLES[name]
    keys = ", ".join(f"`{key}`" for key in table.sort_key)
    order = f"; sorted by {keys}" if keys else ""
    rows = [
        f"| `{column['column']}` | {column['type']} | {'yes' if column['nullable'] else ''} "
        f"| {column['doc']} | {column['unit']} | {column['step']} | {column['schema_org']} |"
        for column in columns(name)
    ]
    return "\n".join(
        [
            f"## {name}",
            "",
            PURPOSES[name],
            "",
            f"Partitioned by `{table.partition_key}`{order}.",
            "",
            "| column | type | null | meaning | unit or code list | decided by | schema.org |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def arrow_name(kind: pa.DataType) -> str:
    """Return the readable name of an Arrow type."""
    if pa.types.is_list(kind):
        return f"list<{arrow_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name}: {arrow_name(field.type)}' for field in kind)}>"
    return str(kind)


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json="print one JSON object per column")
