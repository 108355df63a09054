"""The options for the limits of a query, and the import of an extra of newslake."""

import argparse
import importlib
from functools import partial
from types import ModuleType
from typing import Any

from newslake.pipelines.serving.query_request import QueryLimits
from newslake.pipelines.values import number
from newslake.transforms.failure import Failure


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the options for the limits of a query."""
    of = QueryLimits()

    def add(name: str, kind: Any, least: float, most: float, default: Any, about: str) -> None:
        parser.add_argument(
            name,
            type=partial(number, kind, minimum=least, maximum=most),
            metavar="N",
            default=default,
            help=f"{about}; default: {default:,}",
        )

    add(
        "--max-query-seconds",
        float,
        0.1,
        3600,
        of.seconds,
        "maximum wall time of a query, in seconds",
    )
    add("--max-query-mb", int, 64, 2**20, of.megabytes, "maximum memory of a query, in MB")
    add("--max-query-rows", int, 1, 10**6, of.rows, "maximum number of rows that a query returns")
    add("--max-queries", int, 1, 64, of.at_once, "maximum number of queries at the same time")


def limits_of(arguments: argparse.Namespace) -> QueryLimits:
    """Return the limits that the options state."""
    return QueryLimits(
        arguments.max_query_seconds,
        arguments.max_query_mb,
        arguments.max_query_rows,
        arguments.max_queries,
    )


def import_extra(module: str, extra: str) -> ModuleType:
    """Import and return `module`, which needs the packages of `extra`.

    Raises:
        Failure: a package of the extra is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("newslake"):
            raise
        raise Failure(
            f"the package {error.name} is not installed; run pip install 'newslake[{extra}]'"
        ) from error
