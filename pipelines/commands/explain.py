"""Explain which events newslake finds in a sentence or an article, and why."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.pipelines.sql.views import run_query
from newslake.pipelines.values import checked, folder, given_text
from newslake.schemas.rows import Article
from newslake.transforms.events.encode.packages import DEEP, FAST, usable_model
from newslake.transforms.failure import Failure
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

EXAMPLES = """\
examples:
  newslake explain "Norway condemned the attack on Lima."
  newslake explain "Norway condemned the attack on Lima." --json
  newslake explain "Norway condemned the attack on Lima." --event-model deep
  newslake explain --article 4f8e… --lake lake     an article_id of the lake
"""

SHOWN = 8
"""Number of features of each sum that are printed; --json prints all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    about = "one or more sentences in English"
    add("text", nargs="?", type=given_text, metavar="SENTENCE", help=about)
    about = "explain the stored article with this article_id instead"
    add("--article", type=given_text, metavar="ID", help=about)
    add("--lake", type=folder, metavar="DIR", help="folder of the lake; only with --article")
    about = "model that decides: fast or deep (see docs/events.md); default: %(default)s"
    add(
        "--event-model",
        type=partial(checked, usable_model),
        default=FAST,
        metavar="MODEL",
        help=about,
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the candidates of each sentence with the sums that decide; return the exit code.

    Raises:
        WrongOption: options contradict each other, or there is no such article.
        NotALake: the folder is not a lake.
        Failure: no language model is installed, or the article is in another language.
    """
    if (arguments.text is None) == (arguments.article is None):
        raise WrongOption("use either SENTENCE or --article ID")
    if (arguments.article is None) != (arguments.lake is None):
        raise WrongOption("use --article ID and --lake DIR together")
    from newslake.transforms.events.explanation import explanation
    from newslake.transforms.events.find_events import LANGUAGE

    article = _article(text=arguments.text, language=LANGUAGE)
    if arguments.article:
        article = _stored(arguments.article, Path(arguments.lake))
        if article.language != LANGUAGE:
            raise Failure(
                f"the language of article {article.article_id} is {article.language or 'unknown'}; "
                "newslake finds events in English texts only"
            )
    try:
        sentences = list(explanation(article, arguments.event_model == DEEP))
    except LookupError as error:
        raise Failure(str(error)) from error
    if arguments.json:
        terminal.print_json({"sentences": sentences})
        return 0
    for sentence in sentences:
        _print(sentence)
    return 0


def _stored(article_id: str, lake: Path) -> Article:
    """Return the columns of a stored article that decide about its events.

    Raises:
        WrongOption: there is no such article.
        NotALake: the folder is not a lake.
    """
    check_marker(Storage(lake))
    columns = ("article_id", "text", "text_hash", "language", "published_at", "modified_at")
    sql = f"SELECT {', '.join(columns)} FROM articles WHERE article_id = ?"

    def fetch(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...] | None:
        return connection.execute(sql, [article_id]).fetchone()

    row = run_query(lake, fetch, sql=sql)
    if row is None:
        raise WrongOption(f"{lake} has no article with the article_id {article_id!r}")
    return _article(**dict(zip(columns, row, strict=True)))


def _article(**columns: Any) -> Article:
    unused = {"article_id": "", "document_id": "", "url": None, "canonical_url": None, "source": ""}
    return Article(**{**unused, **columns})


def _print(sentence: dict[str, Any]) -> None:
    terminal.print_line(terminal.printable(sentence["sentence"]))
    if not sentence["words"]:
        terminal.print_line(
            "not parsed: it has no words of a trigger, no full stop, or is no public affair"
        )
    for one in sentence["candidates"]:
        terminal.print_line("")
        terminal.print_line(f"{terminal.printable(one['word'])}: {_outcome(one)}")
        for each in one["sums"]:
            limit = "" if each["least"] is None else f", at least {each['least']}"
            terms = list(each["terms"].items())
            rest = [("all others", each["total"] - total(terms[:SHOWN]))] if terms[SHOWN:] else []
            rows = [*terms[:SHOWN], *rest, ("sum", each["total"])]
            terminal.table(("feature", "weight"), rows, title=f"{each['of']}{limit}")
    terminal.print_line("")


def total(terms: list[tuple[str, int]]) -> int:
    """Return the sum of the weights of `terms`."""
    return sum(weight for _, weight in terms)


def _outcome(one: dict[str, Any]) -> str:
    if one["confidence"] is None:
        return str(one["outcome"])
    parties = f"actors {one['actors']}, recipients {one['recipients']}"
    return terminal.printable(f"{one['outcome']}, confidence {one['confidence']:.3f}, {parties}")


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None)
