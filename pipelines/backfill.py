"""Ingest files: sort the input files, split them into chunks, and run the DAG once per chunk.

The local runner keeps all intermediate collections in memory, so the chunk size limits the memory.
The chunks do not depend on the number of workers; the same chunks give the same rows on every runner.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

if __name__ == "__main__":  # before Beam is imported, so that `main` can turn off Beam's log
    from newslake.pipelines.cli import main

    sys.exit(main(["backfill", *sys.argv[1:]]))

import apache_beam as beam

from newslake.pipelines import ingest
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import CREATED_IF_MISSING, Command
from newslake.pipelines.commands.standard_input import STDIN, check_stdin, copied_stdin
from newslake.pipelines.ingest import Settings
from newslake.pipelines.messages import DEBUG, INFO
from newslake.pipelines.options import (
    WrongOption,
    add_options,
    add_partition,
    configuration,
    configured,
)
from newslake.pipelines.run_progress import RunProgress
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import SUPPORTED, engine
from newslake.pipelines.runners.machine import max_workers
from newslake.pipelines.runners.run_ids import new_run_id
from newslake.pipelines.runners.runs import COUNTS, Summary, record_runs, run_row
from newslake.pipelines.values import share, workers
from newslake.pipelines.windows import SourceOutput
from newslake.schemas.records import FileSlice
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.formats import FORMATS
from newslake.transforms.option import Option
from newslake.transforms.read.chunks import chunks, expected_size
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.read.read import Read

MIN_INPUTS_FOR_WORKERS = 300
"""With fewer inputs, the default is one worker, because starting workers takes about 2 s."""

FORMATS_HELP = "\n".join(
    f"  {' '.join(one.suffixes):12} {one.document}{'' if one.may_be_gzipped else ' (not with .gz)'}"
    for one in FORMATS
)
"""A line for each input format."""

EXAMPLES = f"""\
examples:
  newslake backfill seeds --lake lake                     a folder and its subfolders
  newslake backfill 'dumps/2026-*/*.jsonl.gz' --lake lake a glob; JSON Lines, one article per line
  newslake backfill pages --lake lake --workers 4 --json  four processes; print the summary as JSON
  zstdcat dump.jsonl.zst | newslake backfill - --lake lake JSON Lines from standard input

formats (each also with the suffix .gz), and the part of a file that is one document:
{FORMATS_HELP}

You can run the same command again at any time: the command skips documents that the lake has
already ingested. It tries rejected documents again if the options that decide what is rejected have
changed. With another runner than DirectRunner, options of Apache Beam are passed to the runner. Write
them as --name=value. An option that the runner does not use is refused.
"""


@dataclass(frozen=True)
class Chunking:
    """Limits of one chunk."""

    # fmt: off
    chunk_documents: Annotated[int, Option(
        "Maximum number of documents in a chunk. Each chunk is one commit.")] = 2_000
    chunk_mb: Annotated[int, Option(
        "Maximum size of the input in a chunk, in MB (2^20 bytes).", "MB")] = 256
    # fmt: on


STAGES = (Chunking, Read, *ingest.STAGES)
"""The classes whose fields are options of this command."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help=f"file, folder or glob; {STDIN} reads JSON Lines from standard input",
    )
    add(
        "--workers",
        type=workers,
        metavar="N",
        help="number of worker processes of DirectRunner, or the parallelism of FlinkRunner; default: 1 "
        f"for fewer than {MIN_INPUTS_FOR_WORKERS} inputs, otherwise one per CPU core and 500 MB that the process may use",
    )
    about = f"Beam runner: {', '.join(SUPPORTED)}"
    add("--runner", default="DirectRunner", metavar="NAME", help=about)
    add(
        "--max-reject-share",
        type=share,
        default=1.0,
        metavar="SHARE",
        help="exit with code 1 if the share of rejected documents is larger; from 0 to 1",
    )
    add_partition(parser)
    add_options(parser, STAGES)


def run(arguments: argparse.Namespace) -> int:
    """Ingest the inputs and print a summary; return the exit code.

    Raises:
        NoSuchInput, WrongOption: an input or an option is invalid.
        LakeError: a commit failed; chunks that are already committed are kept.
    """
    started_at, clock = datetime.now(UTC), time.monotonic()
    if reads_stdin := STDIN in arguments.paths:
        check_stdin()
    if "--streaming" in arguments.beam_options:
        raise WrongOption("--streaming has no effect on `newslake backfill`; see `newslake follow`")
    inputs = list_inputs([path for path in arguments.paths if path != STDIN])
    if not inputs and not reads_stdin:
        given = ", ".join(arguments.paths)
        raise WrongOption(f"{given}: there is no file to ingest; name a folder with documents")
    beam_engine = engine(
        arguments.runner,
        arguments.workers,
        arguments.beam_options,
        default_workers=max_workers() if len(inputs) >= MIN_INPUTS_FOR_WORKERS else 1,
    )
    stages = configured(STAGES, arguments)
    chunking, read, *dag = stages
    settings = Settings(*dag)
    lake = open_lake(Path(arguments.lake).absolute())

    summary = Summary(new_run_id())
    with ExitStack() as stack:
        stack.enter_context(beam_engine.running())
        lake.create(arguments.partition)
        if reads_stdin:
            inputs.append(stack.enter_context(copied_stdin(lake, summary.run_id)))
        limits = (chunking.chunk_documents, chunking.chunk_mb * 2**20, read.max_document_mb * 2**20)
        progress = RunProgress("ingesting", expected_size(inputs), settings.find_events.events)
        stack.enter_context(progress)
        run_id, is_terminal = summary.run_id, sys.stderr.isatty()
        for number, chunk in enumerate(chunks(inputs, *limits)):
            progress.begin(chunk.documents, chunk.size)
            result = run_bounded(
                lake, FileSource(chunk, read), settings, beam_engine, run_id, number, started_at,
                progress.watch,
            )  # fmt: skip
            summary.add(result, datetime.now(UTC))
            progress.end(summary.counts["read"])
            _say_committed(summary, number, DEBUG if is_terminal else INFO)
    summary.seconds = time.monotonic() - clock
    paths = [path if path == STDIN else str(Path.cwd() / path) for path in arguments.paths]
    options = configuration(stages)
    row = run_row(summary, "backfill", paths, options, started_at, datetime.now(UTC))
    if warning := record_runs(lake, {summary.run_id: row}):
        summary.warnings.append(warning)
    report(summary, arguments.json)
    read, rejects = summary.counts["read"], summary.counts["rejects"]
    if rejects > arguments.max_reject_share * read:
        share = f"--max-reject-share {arguments.max_reject_share:g}"
        rejected = f"{rejects:,} of {read:,} documents were rejected"
        terminal.say(f"newslake: {rejected}, more than {share}; see the table `rejects`", "failed")
        return 1
    return 0


@dataclass(frozen=True)
class FileSource:
    """A source that reads slices of files."""

    slices: list[FileSlice]
    read: Read

    @property
    def stages(self) -> list[Any]:
        return [self.read]

    @property
    def roots(self) -> list[str]:
        return [slice.root for slice in self.slices]

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        listed = beam.Create(self.slices, reshuffle=False).with_output_types(FileSlice)
        return SourceOutput(*(pipeline | "List" >> listed | "Read" >> self.read))


def _say_committed(summary: Summary, number: int, level: int) -> None:
    """Print the counts of the run after the commit of a chunk."""
    counts = {name: summary.counts[name] for name in COUNTS}
    done = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    terminal.say(f"newslake: {done}", "chunk_committed", level, chunk=number, **counts)


def report(summary: Summary, as_json: bool, more: Mapping[str, int] = MappingProxyType({})) -> None:
    """Print the summary of a run that reads documents, and `more` counts."""
    for warning in summary.warnings:
        terminal.say(f"note: {warning}")
    if as_json:
        terminal.print_json(summary.as_dict() | dict(more))
        return
    figures = {**{name: summary.counts[name] for name in COUNTS}, **more}
    counts = [(name, f"{count:,}") for name, count in figures.items()]
    rows = [*counts, ("seconds", f"{summary.seconds:.1f}")]
    terminal.table(("documents", "count"), rows, title=f"run {summary.run_id}")
    if summary.rejects_by_reason:
        terminal.table(("rejected because", "count"), summary.rejects_by_reason.most_common())
    for notice in summary.notices:
        terminal.say(f"note: {notice}", level=INFO)


COMMAND = Command(
    run,
    EXAMPLES,
    add_arguments,
    lake=CREATED_IF_MISSING,
    failures="a larger share of the documents was rejected than --max-reject-share",
    takes_beam_options=True,
)
