"""What the stages of a pipeline took in and used, from the metrics of Beam; and what they rejected."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from apache_beam.metrics.metric import MetricResults
from apache_beam.runners.runner import PipelineResult

from newslake.schemas.rows import RejectCount, StageUse
from newslake.transforms.beam.metered import BYTES, CPU, DOCUMENTS, PREFIX
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.staging import CommitResult

STAGES = (
    *("Read", "Fetch", "DropSeen", "Extract", "Clean", "Deduplicate"),
    *("DiffRevisions", "FindEvents", "Write", "Commit"),
)
"""The stages that are measured, in the order of the DAG."""

Usage = Sequence[StageUse]
"""What the stages of one or more pipelines took in and used; at most one element per stage."""


def usage(result: PipelineResult) -> Usage:
    """Return what the stages of a pipeline used until now; empty if its runner has no metrics."""
    with suppress(Exception):  # a runner without metrics: the rows are the same without them
        return _usage(result.metrics().query())
    return []


def _usage(metrics: Mapping[str, Sequence[Any]]) -> Usage:
    stages: dict[str, dict[str, list[Any]]] = {}
    for found in (*metrics[MetricResults.COUNTERS], *metrics[MetricResults.DISTRIBUTIONS]):
        name, value = found.key.metric, found.result
        if value is None or not name.namespace.startswith(PREFIX):
            continue
        of_stage = stages.setdefault(name.namespace.removeprefix(PREFIX), {})
        of_stage.setdefault(name.name, []).append(value)
    return [_use(stage, stages[stage]) for stage in STAGES if stage in stages]


def _use(stage: str, values: dict[str, list[Any]]) -> StageUse:
    sizes, cpu = values.get(BYTES, ()), values.get(CPU, ())
    return StageUse(
        stage,
        sum(values.get(DOCUMENTS, ())),
        sum(one.sum for one in sizes),
        max((one.max for one in sizes), default=0),
        sum(one.sum for one in cpu) / 1e6 if cpu else None,
        max(one.max for one in cpu) / 1e6 if cpu else None,
    )


def total(uses: Iterable[StageUse]) -> Usage:
    """Return the sums and maxima of `uses` by stage."""
    by_stage: dict[str, list[StageUse]] = {}
    for one in uses:
        by_stage.setdefault(one.stage, []).append(one)
    return [
        StageUse(
            stage,
            sum(one.documents for one in by_stage[stage]),
            sum(one.bytes for one in by_stage[stage]),
            max(one.max_bytes for one in by_stage[stage]),
            _over(sum, [one.cpu_seconds for one in by_stage[stage]]),
            _over(max, [one.max_cpu_seconds for one in by_stage[stage]]),
        )
        for stage in STAGES
        if stage in by_stage
    ]


def since(earlier: Usage, now: Usage) -> Usage:
    """Return what was added to `earlier`; the maxima are those of `now`."""
    before = {one.stage: one for one in earlier}
    added = []
    for one in now:
        if one != (old := before.get(one.stage)):
            documents, size, cpu = one.documents, one.bytes, one.cpu_seconds
            if old:
                documents, size = documents - old.documents, size - old.bytes
                cpu = None if cpu is None else cpu - (old.cpu_seconds or 0.0)
            added.append(replace(one, documents=documents, bytes=size, cpu_seconds=cpu))
    return added


def _over(function: Any, values: list[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return float(function(numbers)) if numbers else None


def with_figures(lake: LakeFolder, result: CommitResult, used: Usage) -> CommitResult:
    """Return `result` with what its stages used, and with its rejects by stage and reason."""
    counts: Counter[tuple[str, str]] = Counter()
    files = lake.log.read(result.seq).files if result.seq is not None else ()
    with suppress(Damaged, OSError):  # the files of the entry are not published yet
        for file in files:
            if file.table == "rejects":
                rows = read_columns(lake.storage.path(file.final), ["stage", "reason"])
                counts.update((row["stage"], row["reason"]) for row in rows)
    return replace(result, stages=used, rejects=total_rejects(counts))


def total_rejects(counts: Mapping[tuple[str, str], int]) -> list[RejectCount]:
    """Return a row for each stage and reason."""
    return [RejectCount(*key, count) for key, count in sorted(counts.items())]
