"""Ingest files: a loop of bounded runs over the sorted listing, cut into chunks.

The local runner keeps every intermediate collection in memory, so the chunk bounds the memory. The
cut does not depend on the number of workers; the same cut gives the same rows on every runner.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":  # before Beam is imported, so that its log lines can be kept off
    from newslake.pipelines.cli import main

    sys.exit(main(["backfill", *sys.argv[1:]]))

import apache_beam as beam

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import MADE_IF_MISSING, Command
from newslake.pipelines.ingest import Settings, SourceOutput
from newslake.pipelines.options import add_options, configuration, configured, positive, share
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.runners.runs import COUNTS, Summary, new_run_id, record_run
from newslake.schemas.records import FileSlice
from newslake.transforms.clean.clean import Clean
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.extract.extract import Extract
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.read.read import Read

STAGES = (Read, Extract, Clean, FindEvents)
WORTH_WORKERS = 300
"""From so many inputs on, the time to start worker processes (about 5 s) is won back."""

EXAMPLES = """\
examples:
  newslake backfill seeds --lake lake                     a folder, with all below it
  newslake backfill 'dumps/2026-*/*.jsonl.gz' --lake lake a glob; JSON lines hold an article each
  newslake backfill pages --lake lake --workers 4 --json  four processes; one JSON object at the end

Run it again at any time: what the lake holds is known and costs next to nothing. Options that are
not listed here go to Apache Beam unchanged.
"""


@dataclass(frozen=True)
class Chunking:
    """How much one bounded run takes."""

    chunk_documents: int = 2_000
    """Most documents in one bounded run. Default 2,000."""
    chunk_mb: int = 256
    """Most input in one bounded run, in MB of 2**20 bytes. Default 256."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or glob")
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help=f"processes; default: 1 below {WORTH_WORKERS} inputs, else one per core",
    )
    parser.add_argument(
        "--runner", default="DirectRunner", metavar="NAME", help="DirectRunner, FlinkRunner, …"
    )
    parser.add_argument(
        "--max-reject-share",
        type=share,
        default=1.0,
        metavar="SHARE",
        help="exit with 1 if more than this share of the documents is refused; default 1: never",
    )
    add_options(parser, (Chunking, *STAGES))


def run(arguments: argparse.Namespace) -> int:
    """Ingest what the user named and say what became of it; return the exit code.

    Raises:
        NoSuchInput, WrongOption: wrong use.
        LakeError: the lake refuses; what was committed before stays.
    """
    started_at, clock = datetime.now(UTC), time.monotonic()
    inputs = list_inputs(arguments.paths)
    workers = arguments.workers or _default_workers(inputs)
    with_engine = engine(arguments.runner, workers, arguments.beam_options)
    read = configured(Read, arguments)
    settings = Settings(
        extract=configured(Extract, arguments),
        clean=configured(Clean, arguments),
        find_events=configured(FindEvents, arguments),
    )
    lake = open_lake(Path(arguments.lake).absolute())
    lake.create()

    summary = Summary(new_run_id())
    chunking = configured(Chunking, arguments)
    cut = chunks(inputs, chunking.chunk_documents, chunking.chunk_mb * 2**20)
    with with_engine.running():
        for number, chunk in enumerate(_with_progress(cut, len(inputs), summary)):
            outcome = run_bounded(
                lake,
                Folder(chunk, read),
                settings,
                with_engine,
                summary.run_id,
                number,
                started_at,
            )
            summary.add(outcome, datetime.now(UTC))
    summary.seconds = time.monotonic() - clock
    record_run(
        lake,
        summary,
        command="backfill",
        inputs=arguments.paths,
        configuration=configuration(
            [chunking, read, settings.extract, settings.clean, settings.find_events]
        ),
        started_at=started_at,
        finished_at=datetime.now(UTC),
    )
    _report(summary, arguments.json)
    refused = summary.counts["rejects"] > arguments.max_reject_share * summary.counts["read"]
    return 1 if refused else 0


@dataclass(frozen=True)
class Folder:
    """A source: some slices of files."""

    slices: list[FileSlice]
    read: Read

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        listed = beam.Create(self.slices, reshuffle=False).with_output_types(FileSlice)
        return SourceOutput(*(pipeline | "List" >> listed | "Read" >> self.read))


def _default_workers(inputs: Sequence[FileSlice]) -> int:
    """Return one a core if there is enough to do, else 1."""
    return (os.cpu_count() or 1) if len(inputs) >= WORTH_WORKERS else 1


def _with_progress(
    cut: Iterable[list[FileSlice]], files: int, summary: Summary
) -> Iterator[list[FileSlice]]:
    """Yield the chunks; after each, show how far things are."""
    with terminal.progress("files") as bar:
        task = bar.add_task("ingesting", total=files)
        for chunk in cut:
            yield chunk
            bar.advance(task, sum(slice.lines is None for slice in chunk))
            if not sys.stderr.isatty():
                done = ", ".join(f"{summary.counts[name]:,} {name}" for name in COUNTS)
                terminal.say(f"newslake: {done}")


def _report(summary: Summary, as_json: bool) -> None:
    if as_json:
        terminal.out.print(summary.as_json(), markup=False)
        return
    counts = [(name, f"{summary.counts[name]:,}") for name in COUNTS]
    rows = [*counts, ("seconds", f"{summary.seconds:.1f}")]
    terminal.table(("documents", "count"), rows, title=f"run {summary.run_id}")
    if summary.rejects_by_reason:
        terminal.table(("rejected because", "count"), summary.rejects_by_reason.most_common())
    for notice in summary.notices:
        terminal.say(f"note: {notice}")


COMMAND = Command(run, EXAMPLES, add_arguments, lake=MADE_IF_MISSING, takes_beam_options=True)
