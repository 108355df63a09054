"""A run: the summary of its commits, and its row in `runs`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from newslake import __version__
from newslake.pipelines.runners.contexts import run_context
from newslake.pipelines.runners.stage_use import Usage, total, total_rejects
from newslake.schemas.records import RunContext, StagedFile
from newslake.schemas.rows import FeedCondition, Fetch, Run
from newslake.schemas.tables import TABLES
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult
from newslake.transforms.lake.transaction import accounted_for, make_transaction
from newslake.transforms.read.names import quote
from newslake.transforms.write.write import in_order, write_file

COUNTS = ("read", "articles", "duplicates", "revisions", "rejects", "already_ingested", "mentions")
_NOTICES = {
    "too_short_to_compare": "{} documents are too short for near-duplicate detection; only exact copies were detected",
    "skipped": "{} WARC records were skipped: they are not pages, or not successful responses",
    "files_with_trailing_bytes": "{} gzip files have other bytes after their last gzip member; these bytes were not read",
    "unsupported_language": "{} new articles are not in English; no events were extracted from them",
    "no_model": "no events were extracted from {} new articles; run pip install 'newslake[events]'",
    "failed_events": "event extraction failed for {} new articles; they are stored without mentions",
}
"""Maps the name of a count to the message that the user gets if the count is not 0."""
_OF_INPUTS = ("skipped", "files_with_trailing_bytes")
"""Counts of inputs that are no documents."""


@dataclass
class Summary:
    """The counts and commits of one run."""

    run_id: str
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    rejects_by_reason: Counter[str] = field(default_factory=Counter)
    commits: list[int] = field(default_factory=list)
    committed_at: list[datetime] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stages: Usage = ()
    rejects: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The rejects by stage and reason."""

    def add(self, result: CommitResult, at: datetime) -> None:
        """Add the counts of a bounded run that was committed at the time `at`."""
        self.counts.update(result.counts)
        self.rejects_by_reason.update(result.rejects_by_reason)
        self.stages = total([*self.stages, *result.stages])
        for one in result.rejects:
            self.rejects[one.stage, one.reason] += one.documents
        if result.seq is not None:
            self.commits.append(result.seq)
            self.committed_at.append(at)
        if result.warning:
            self.warnings.append(result.warning)

    @property
    def balanced(self) -> bool:
        """True if every document that was read is accounted for."""
        return self.counts["read"] == accounted_for(self.counts)

    @property
    def notices(self) -> list[str]:
        """Messages for the user about this run."""
        counts = [(text, self.counts[name]) for name, text in _NOTICES.items()]
        return [text.format(f"{count:,}") for text, count in counts if count]

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as `--json` prints it."""
        return {
            "run_id": self.run_id,
            **{name: self.counts[name] for name in (*COUNTS, *_OF_INPUTS)},
            "rejects_by_reason": dict(sorted(self.rejects_by_reason.items())),
            "balanced": self.balanced,
            "seconds": round(self.seconds, 1),
        }


LIBRARIES = ("apache-beam", "pyarrow", "trafilatura", "lxml", "py3langid")
"""Libraries whose versions affect the rows."""


def run_row(
    summary: Summary,
    command: str,
    inputs: Sequence[str],
    configuration: dict[str, Any],
    started_at: datetime,
    finished_at: datetime,
) -> Run:
    """Return the row of `runs` of a finished run."""
    return Run(
        command=command,
        started_at=started_at,
        finished_at=finished_at,
        inputs=[quote(path) for path in inputs],
        **{name: summary.counts[name] for name in (*COUNTS, *_OF_INPUTS)},
        unsupported_language=summary.counts["unsupported_language"],
        balanced=summary.balanced,
        commits=summary.commits,
        committed_at=summary.committed_at,
        versions=json.dumps(versions(), sort_keys=True),
        configuration=json.dumps(configuration, sort_keys=True),
        stages=list(summary.stages) or None,
        rejects_by_reason=total_rejects(summary.rejects),
    )


def record_runs(
    lake: LakeFolder,
    runs: Mapping[str, Run],
    requests: Sequence[Fetch] = (),
    feeds: Sequence[FeedCondition] = (),
) -> str | None:
    """Commit the rows of finished runs by run id, and rows of `fetches` and `feeds`.

    `requests` are requests other than pages; they and `feeds` belong to the last of `runs`. Return a
    message for the user, or None.

    Raises:
        LakeError: the commit failed.
    """
    *_, (run_id, last) = runs.items()
    with lake.committer() as committer:
        name = layout.run_staging_name(run_id)
        context = run_context(lake, committer.last, name, run_id, last.started_at)
        lake.storage.make_folder(name)
        files = [_staged("runs", [row], replace(context, run_id=id)) for id, row in runs.items()]
        for table, rows in (("fetches", requests), ("feeds", feeds)):
            if rows:
                files.append(_staged(table, rows, context))
        result = committer.commit(make_transaction(context, files, []))
        committer.sweep()
    return result.warning


def _staged(table: str, rows: Sequence[Any], context: RunContext) -> StagedFile:
    partition = TABLES[table].partition(rows[0], context)
    unique, _ = in_order(TABLES[table], rows)
    return write_file(table, partition, unique, context)


def versions() -> dict[str, str | None]:
    """Return the versions of newslake, of the language model and of `LIBRARIES`."""
    found: dict[str, str | None] = {name: version(name) for name in LIBRARIES}
    return found | {"newslake": __version__, "model": model_name()}
