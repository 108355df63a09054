"""Explain which events newslake finds in a sentence, and why."""

import argparse
from typing import Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.schemas.rows import Article
from newslake.transforms.failure import Failure

EXAMPLES = """\
examples:
  newslake explain "Norway condemned the attack on Lima."
  newslake explain "Norway condemned the attack on Lima." --json
"""

SHOWN = 8
"""Number of features of each sum that are printed; --json prints all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.add_argument("text", metavar="SENTENCE", help="one or more sentences in English")


def run(arguments: argparse.Namespace) -> int:
    """Print the candidates of each sentence with the sums that decide; return the exit code.

    Raises:
        Failure: no language model is installed.
    """
    from newslake.transforms.events.explanation import explanation

    article = Article(
        article_id="", document_id="", url=None, canonical_url=None, source="", language="en",
        text=arguments.text,
    )  # fmt: skip
    try:
        sentences = list(explanation(article))
    except LookupError as error:
        raise Failure(str(error)) from error
    if arguments.json:
        terminal.print_json({"sentences": sentences})
        return 0
    if not sentences:
        terminal.print_line(
            "The text is not parsed: no sentence has the words of a trigger, or it has no full stop."
        )
    for sentence in sentences:
        _print(sentence)
    return 0


def _print(sentence: dict[str, Any]) -> None:
    terminal.print_line(terminal.printable(sentence["sentence"]))
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
