"""The row of `runs` that a run leaves at its end."""

import json
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from newslake.pipelines.runners.bounded_run import assign
from newslake.pipelines.runners.summary import Summary
from newslake.schemas.rows import Fetch, Run
from newslake.schemas.tables import TABLES
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import Lake
from newslake.transforms.lake.parquet import code_version
from newslake.transforms.lake.transaction import gather
from newslake.transforms.read.names import quote
from newslake.transforms.write.write import in_order, write_file

LIBRARIES = ("apache-beam", "pyarrow", "trafilatura", "lxml", "py3langid")
"""What shapes the rows, besides our own code."""


def record_run(
    lake: Lake,
    summary: Summary,
    command: str,
    inputs: Sequence[str],
    configuration: dict[str, Any],
    started_at: datetime,
    finished_at: datetime,
    requests: Sequence[Fetch] = (),
) -> None:
    """Commit the row of a run that has come to its end, and what it asked for beside its pages.

    Raises:
        LakeError: the lake refuses.
    """
    row = Run(
        command=command,
        started_at=started_at,
        finished_at=finished_at,
        inputs=[quote(path) for path in inputs],
        read=summary.counts["read"],
        articles=summary.counts["articles"],
        duplicates=summary.counts["duplicates"],
        revisions=summary.counts["revisions"],
        rejects=summary.counts["rejects"],
        known=summary.counts["known"],
        mentions=summary.counts["mentions"],
        passed_over=summary.counts["passed_over"],
        unread_languages=summary.counts["unread_languages"],
        balanced=summary.balanced,
        commits=summary.commits,
        committed_at=summary.committed_at,
        versions=json.dumps(versions(), sort_keys=True),
        configuration=json.dumps(configuration, sort_keys=True),
    )
    rows: dict[str, Sequence[Any]] = {"runs": [row], "fetches": requests}
    with lake.committer() as committer:
        name = layout.last_room_name(summary.run_id)
        assignment = assign(lake, committer, name, summary.run_id, started_at)
        lake.storage.make_folder(name)
        partition = f"run_date={assignment.run_date}"
        files = [
            write_file(table, partition, in_order(TABLES[table], some)[0], assignment)
            for table, some in rows.items()
            if some
        ]
        outcome = committer.commit(gather(assignment, files, []))
        if outcome.warning:
            summary.warnings.append(outcome.warning)
        committer.sweep()


def versions() -> dict[str, str | None]:
    """Return the versions of newslake, of the model and of the libraries that shape its rows."""
    found: dict[str, str | None] = {name: version(name) for name in LIBRARIES}
    return found | {"newslake": code_version(), "model": model_name()}
