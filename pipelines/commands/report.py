"""Write a report of a lake: one HTML file with plots, for a browser without network."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.query import check_output, open_output
from newslake.pipelines.options import WrongOption
from newslake.pipelines.time_zones import add_time_zone
from newslake.pipelines.values import day, file, given_text
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

EXAMPLES = """\
examples:
  newslake report --lake lake -o report.html
  newslake report --lake lake -o march.html --from 2026-03-01 --to 2026-03-31 --tz Europe/Kyiv
  newslake report --lake lake -o counts.html --source bbc.co.uk --source dw.com --no-text

Open the file in a browser. It contains titles, sentences and names; before you publish it, read
docs/report.md.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    add("-o", "--output", type=file, required=True, metavar="FILE", help="the HTML file to write")
    about = "first day of publication; default: all articles, with and without a date"
    add("--from", dest="first", type=day, metavar="DAY", help=about)
    add("--to", dest="last", type=day, metavar="DAY", help="last day of publication")
    about = "only articles of this publisher; you can give several"
    add("--source", action="append", type=given_text, metavar="NAME", help=about)
    about = "only articles in this language, an ISO 639-1 code; you can give several"
    add("--language", action="append", type=given_text, metavar="CODE", help=about)
    about = "leave out titles, sentences, URLs of articles, and names of persons"
    add("--no-text", action="store_true", help=about)
    add_time_zone(parser, "days and times", "default: UTC")


def run(arguments: argparse.Namespace) -> int:
    """Write the report; return the exit code.

    Raises:
        WrongOption: options are invalid, or no article is selected.
        NotALake: the folder is not a lake.
    """
    first, last, lake = arguments.first, arguments.last, Path(arguments.lake)
    if first and last and first > last:
        raise WrongOption(f"--from {first} is after --to {last}; put the earlier day first")
    check_output(arguments.output, lake)
    if arguments.output.suffix.lower() not in {".html", ".htm"}:
        raise WrongOption(f"--output {arguments.output}: use a name that ends in .html")
    check_marker(Storage(lake))
    from newslake.pipelines.report.report_columns import Selection  # imports numpy
    from newslake.pipelines.report.report_page import page, read_report

    selection = Selection(
        first, last, arguments.source, arguments.language, not arguments.no_text, str(arguments.tz)
    )
    report = read_report(lake, selection, datetime.now(UTC))
    content = page(report.packed)
    with open_output(arguments.output) as output:
        output.write(content)
    size = len(content.encode())
    if arguments.json:
        counts = {"articles": report.articles, "mentions": report.mentions, "texts": report.texts}
        about = {"log_entry": report.entry, "zone": str(arguments.tz), "bytes": size}
        terminal.print_json({"output": str(arguments.output), **counts, **about})
        return 0
    if not report.articles and arguments.given.keys() & {"first", "last", "source", "language"}:
        terminal.say("newslake: no article of the lake matches the options; the report is empty")
    terminal.say(
        f"newslake: {arguments.output}: {report.articles:,} articles, {report.mentions:,} mentions, "
        f"{report.texts:,} titles and sentences of publishers, {size / 1e6:.1f} MB; open it in a browser"
    )
    return 0


COMMAND = Command(run, EXAMPLES, add_arguments)
