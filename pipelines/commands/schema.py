"""The codebook: every table and column, printed from the one declaration in `schemas/`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

import pyarrow as pa

from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.schemas.codebook import ORIGINS
from newslake.schemas.tables import SCHEMA_VERSION, TABLES, arrow_schema

HEADER = f"""\
# Tables

Schema version {SCHEMA_VERSION}. Made from `schemas/rows.py` by `newslake schema`; a test keeps it true.

Each table is a folder of Parquet files, partitioned by day. The partition is part of the path, not
of the file: `published_date` is the UTC day of `published_at`, with `__HIVE_DEFAULT_PARTITION__`
(read as NULL) where that is unknown; `run_date` is the day of the run. It is there to make queries
on a few days fast. Texts are UTF-8 in NFC, times are UTC with microseconds, offsets count Unicode
code points from 0 and end before the second one.

*Decided by* names the step of the DAG that makes the value, or `publisher` where it is taken over as
found. *schema.org* is the property of [NewsArticle](https://schema.org/NewsArticle) that says the same.
To cite: newslake, schema {SCHEMA_VERSION}, and the `versions` of the run (table `runs`) that wrote your rows.
"""


EXAMPLES = """\
examples:
  newslake schema                    all tables, as docs/tables.md
  newslake schema mentions --json    the columns of one table, for programs
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument("table", nargs="?", metavar="TABLE", help="default: all tables")


def run(arguments: argparse.Namespace) -> int:
    """Print the codebook, or a part of it; return the exit code.

    Raises:
        WrongOption: no such table or option.
    """
    if arguments.table and arguments.table not in TABLES:
        raise WrongOption(f"no table {arguments.table!r}; there are {', '.join(TABLES)}")
    names = [arguments.table] if arguments.table else list(TABLES)
    if arguments.json:
        lines = (json.dumps(column) for name in names for column in columns(name))
        sys.stdout.write("\n".join(lines) + "\n")
    else:
        sys.stdout.write(codebook(names))
    return 0


def columns(name: str) -> Iterator[dict[str, object]]:
    """Yield what is known of each column of the table `name`."""
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
    rows = [
        f"| `{column['column']}` | {column['type']} | {'yes' if column['nullable'] else ''} "
        f"| {column['doc']} | {column['unit']} | {column['step']} | {column['schema_org']} |"
        for column in columns(name)
    ]
    return "\n".join(
        [
            f"## {name}",
            "",
            table.purpose,
            "",
            f"Partitioned by `{table.partition_key}`"
            + (
                f"; sorted by {', '.join(f'`{key}`' for key in table.sort_key)}."
                if table.sort_key
                else "."
            ),
            "",
            "| column | type | null | meaning | unit or code list | decided by | schema.org |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def arrow_name(kind: pa.DataType) -> str:
    """Return the name of an Arrow type as people read it."""
    if pa.types.is_list(kind):
        return f"list<{arrow_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name}: {arrow_name(field.type)}' for field in kind)}>"
    return str(kind)


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json="one JSON object a column")
