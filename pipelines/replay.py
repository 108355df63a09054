"""Try open rejects again, with the current version and the options of this run."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any

if __name__ == "__main__":  # before Beam is imported, so that `main` can turn off Beam's log
    from newslake.pipelines.cli import main

    sys.exit(main(["replay", *sys.argv[1:]]))

from newslake.pipelines import ingest
from newslake.pipelines.backfill import report
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.query import check_output
from newslake.pipelines.follower.start_stream import warn_of_contact
from newslake.pipelines.ingest import Settings
from newslake.pipelines.options import add_options, configuration, configured
from newslake.pipelines.replaying.input_roots import InputRoots
from newslake.pipelines.replaying.page_retries import fetch_again
from newslake.pipelines.replaying.plan import NOWHERE, PAGE, Attempt, attempt, planned
from newslake.pipelines.replaying.replay_source import source_of
from newslake.pipelines.replaying.selection import select
from newslake.pipelines.run_progress import RunProgress
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.runners.run_ids import new_run_id
from newslake.pipelines.runners.runs import Summary, record_runs, run_row
from newslake.pipelines.sql.views import run_query
from newslake.pipelines.suggestions import similar, with_help
from newslake.pipelines.values import given_text
from newslake.schemas.rows import Fetch
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.read.read import Read
from newslake.transforms.read.read_again import NOT_FOUND

CONDITIONS = ("reason", "stage", "run", "host")
"""Options that select rejects."""

SHOWN = 20
"""Maximum number of documents that a list names."""

EXAMPLES = """\
examples:
  newslake replay --lake lake --dry-run                           what would be tried again
  newslake replay --lake lake --reason too_large --max-html-mb 9  with a larger limit
  newslake replay --lake lake --host example.org --contact you@example.org

The command tries the rows of `open_rejects` again. If the lake has the bytes of a document, it uses
these bytes. Otherwise it reads the file or the web archive again, or it fetches the page and obeys
robots.txt. If a file or a page has other bytes now, it is a new document, and the rejected document
is no longer open. A document that is rejected again with the same options is only counted, as
already ingested.

If a run with --respect-optouts rejected a document, replay respects the opt-outs of this document too.
"""

STAGES = (Read, FetchOptions, *ingest.STAGES)
"""The classes whose fields are options of this command."""

_REPLACED = (
    "SELECT rejected_id, document_id, locator FROM replacements WHERE run_id = ? ORDER BY ALL"
)
_OPEN = "SELECT count(*) FROM open_rejects"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    for name, kind, metavar, about in (
        ("reason", given_text, "CODE", "try only rejects with this reason, such as no_text"),
        ("stage", given_text, "NAME", "try only rejects of this stage, such as Extract"),
        ("run", given_text, "ID", "try only documents that this run rejected"),
        ("host", _host, "NAME", "try only documents from this host and its subdomains"),
    ):
        parser.add_argument(f"--{name}", type=kind, metavar=metavar, help=about)
    about = "print the rejects that would be tried, and change nothing"
    parser.add_argument("--dry-run", action="store_true", help=about)
    add_options(parser, STAGES)


def _host(text: str) -> str:
    """Return the name of a host, which is not a URL."""
    if "/" in text or not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a host such as example.org")
    return text


def run(arguments: argparse.Namespace) -> int:
    """Try the selected rejects again and print a summary.

    Returns:
        The exit code; 1 if the bytes of a document could not be found.

    Raises:
        WrongOption: an option is invalid.
        LakeError: the folder is not a lake; or a commit failed, and earlier commits are kept.
    """
    started_at, clock = datetime.now(UTC), time.monotonic()
    lake = open_lake(Path(arguments.lake).absolute())
    check_marker(lake.storage)
    lake.log.check()
    if arguments.warc:
        check_output(Path(arguments.warc), Path(arguments.lake), "--warc")
    conditions = {name: getattr(arguments, name) for name in CONDITIONS}
    selected = select(lake.storage.root, conditions)
    if not selected:
        terminal.say(_nothing_selected(lake.storage.root, arguments.reason))
    roots = InputRoots(lake)
    attempts = [attempt(one, roots) for one in selected]
    if arguments.dry_run:
        _show_plan(attempts, arguments.json)
        return 0
    stages = configured(STAGES, arguments)
    summary = Summary(new_run_id())
    if any(one.place == PAGE for one in attempts):
        warn_of_contact(arguments)
    if attempts:
        requests = _replay(lake, attempts, stages, summary, started_at)
        summary.seconds = time.monotonic() - clock
        inputs = [f"{name}={value}" for name, value in conditions.items() if value]
        options = configuration(stages)
        row = run_row(summary, "replay", inputs, options, started_at, datetime.now(UTC))
        if warning := record_runs(lake, {summary.run_id: row}, requests):
            summary.warnings.append(warning)
    return _report(lake, summary, attempts, arguments.json)


def _nothing_selected(lake: Path, reason: str | None) -> str:
    """Return a message that suggests a reason of open rejects if `reason` is misspelt."""
    sql = "SELECT DISTINCT reason FROM open_rejects"
    reasons = [one for (one,) in run_query(lake, lambda db: db.sql(sql).fetchall(), sql=sql)]
    nearest = similar(reason, reasons) if reason and reason not in reasons else None
    problem = "newslake: no open reject meets the conditions"
    return with_help(
        problem, f'newslake query "FROM open_rejects" --lake {quote(str(lake))}', nearest
    )


def _replay(
    lake: LakeFolder,
    attempts: Sequence[Attempt],
    stages: Sequence[Any],
    summary: Summary,
    started_at: datetime,
) -> list[Fetch]:
    """Ingest the documents of `attempts`, one bounded run per chunk, and add the counts to `summary`.

    Return the rows of `fetches` for requests of robots.txt and tdmrep.json.
    """
    read, fetch_options, extract, *dag = stages
    beam_engine = engine("DirectRunner", 1, ())
    id, requests, archive = summary.run_id, [], fetch_options.archive
    crawling = Crawler(fetch_options, Clock())
    try:
        tried, events = len(attempts), dag[-1].events
        progress = RunProgress("trying again", tried, events, total=tried)
        with beam_engine.running(), crawling as crawler, progress:
            for number, chunk in enumerate(planned(attempts, read.max_document_mb * 2**20)):
                progress.begin(len(chunk.attempts), len(chunk.attempts))
                pages = [one.reject for one in chunk.attempts if one.place == PAGE]
                retries = fetch_again(pages, crawler)
                requests += retries.file_fetches
                if archive:
                    archive.sync()
                respects = extract.respect_optouts or chunk.respects_optouts
                settings = Settings(replace(extract, respect_optouts=respects), *dag)
                with lake.input_folder(id) as folder:
                    source = source_of(
                        chunk, lake.storage.root, read, retries, fetch_options, folder
                    )
                    result = run_bounded(
                        lake, source, settings, beam_engine, id, number, started_at, progress.watch
                    )
                summary.add(result, datetime.now(UTC))
                summary.counts["deferred"] += retries.deferred
                progress.end(summary.counts["read"])
    finally:
        if archive:
            archive.close()
    return requests


def _show_plan(attempts: Sequence[Attempt], as_json: bool) -> None:
    counts = Counter((one.reject.row.stage, one.reject.row.reason, one.place) for one in attempts)
    names = ("stage", "reason", "bytes_in", "documents")
    rows = [(*key, count) for key, count in sorted(counts.items())]
    if as_json:
        terminal.print_json({"open_rejects": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    terminal.table(("stage", "reason", "bytes are in", "documents"), rows)
    _say_missing(attempts)


def _say_missing(attempts: Sequence[Attempt]) -> None:
    """Print why some of the documents cannot be tried again."""
    missing = [one for one in attempts if one.place == NOWHERE]
    for one in missing[:SHOWN]:
        terminal.say(f"note: {one.reject.row.locator} cannot be tried again: {one.cause}")
    if missing:
        terminal.say(
            f"note: the bytes of {len(missing):,} rejected documents were not found, and they stay "
            "open; ingest their files again with `newslake backfill`"
        )


def _report(lake: LakeFolder, summary: Summary, attempts: Sequence[Attempt], as_json: bool) -> int:
    root, id = lake.storage.root, [summary.run_id]
    replaced = run_query(root, lambda db: db.execute(_REPLACED, id).fetchall(), sql=_REPLACED)
    [(left,)] = run_query(root, lambda db: db.execute(_OPEN).fetchall(), sql=_OPEN)
    for rejected_id, document_id, locator in replaced[:SHOWN]:
        terminal.say(
            f"note: {locator} has other bytes now: document {document_id} replaces the rejected "
            f"document {rejected_id}"
        )
    if len(replaced) > SHOWN:
        terminal.say(
            f"note: {len(replaced):,} documents were replaced; see the table `replacements`"
        )
    _say_missing(attempts)
    if lost := summary.counts[NOT_FOUND]:
        terminal.say(
            f"note: {lost:,} rejected documents are no longer in their files, or it is unknown which of "
            "several files was rejected; they stay open"
        )
    missing = sum(one.place == NOWHERE for one in attempts) + lost
    figures = {
        "selected": len(attempts),
        "not_found": missing,
        "deferred": summary.counts["deferred"],
        "replaced": len(replaced),
        "open_rejects": left,
    }
    if summary.counts["deferred"]:
        terminal.say("note: some pages wait, to spare their hosts; run the same command again")
    report(summary, as_json, figures)
    return 1 if missing else 0


COMMAND = Command(
    run, EXAMPLES, add_arguments, failures="the bytes of a rejected document were not found"
)
