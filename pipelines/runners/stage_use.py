"""What the stages of a pipeline took in and used, from the metrics of Beam."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from apache_beam.runners.runner import PipelineResult

from newslake.schemas.rows import RejectCount, StageUse
from newslake.transforms.beam.metered import BYTES, CPU, DOCUMENTS, PREFIX, REJECTS

STAGES = (
    *("Read", "Fetch", "DropSeen", "Extract", "Clean", "Deduplicate"),
    *("DiffRevisions", "FindEvents", "Write", "Commit"),
)
"""The stages that are measured, in the order of the DAG."""


class Usage(NamedTuple):
    """What all stages of one or more pipelines took in and used."""

    stages: Sequence[StageUse] = ()
    rejects: Sequence[RejectCount] = ()

    def plus(self, other: "Usage") -> "Usage":
        """Return the sum of both."""
        rejects = _counter(self.rejects) + _counter(other.rejects)
        return Usage(_merged([*self.stages, *other.stages]), _rows(rejects))

    def minus(self, earlier: "Usage") -> "Usage":
        """Return what was added since `earlier`; the maxima remain those of `self`."""
        before = [
            StageUse(one.stage, -one.documents, -one.bytes, 0, _negative(one.cpu_seconds), None)
            for one in earlier.stages
        ]
        rejects = _counter(self.rejects) - _counter(earlier.rejects)
        return Usage(_merged([*self.stages, *before]), _rows(rejects))


def usage(result: PipelineResult) -> Usage:
    """Return what the stages of a pipeline used until now; empty if its runner has no metrics."""
    metrics: dict[str, Any] = {}
    with suppress(Exception):  # a runner without metrics: the rows are the same without them
        metrics = result.metrics().query()
    stages: dict[str, dict[str, Any]] = {}
    rejects = Counter[tuple[str, str]]()
    for found in (one for kind in ("counters", "distributions") for one in metrics.get(kind, ())):
        name = found.key.metric
        if name.namespace.startswith(PREFIX):
            stage, value = name.namespace.removeprefix(PREFIX), found.result
            if name.name.startswith(REJECTS):
                rejects[stage, name.name.removeprefix(REJECTS)] += value
            else:
                stages.setdefault(stage, {}).setdefault(name.name, []).append(value)
    uses = [_use(stage, stages[stage]) for stage in STAGES if stage in stages]
    return Usage(uses, _rows(rejects))


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


def _merged(uses: Iterable[StageUse]) -> list[StageUse]:
    """Return one `StageUse` per stage."""
    by_stage: dict[str, list[StageUse]] = {}
    for one in uses:
        by_stage.setdefault(one.stage, []).append(one)
    return [
        StageUse(
            stage,
            sum(one.documents for one in same),
            sum(one.bytes for one in same),
            max(one.max_bytes for one in same),
            _over(sum, [one.cpu_seconds for one in same]),
            _over(max, [one.max_cpu_seconds for one in same]),
        )
        for stage, same in sorted(by_stage.items(), key=lambda item: STAGES.index(item[0]))
    ]


def _over(function: Any, values: list[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return float(function(numbers)) if numbers else None


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _counter(rejects: Sequence[RejectCount]) -> Counter[tuple[str, str]]:
    return Counter({(one.stage, one.reason): one.documents for one in rejects})


def _rows(rejects: Counter[tuple[str, str]]) -> list[RejectCount]:
    return [RejectCount(*key, count) for key, count in sorted(rejects.items()) if count]
