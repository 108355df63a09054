"""Stage Commit: the one small step in which a run's files become a part of the lake."""

from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam

from newslake.schemas.records import Assignment, StagedFile, Tally
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.errors import LakeError, Stale
from newslake.transforms.lake.staging import Outcome, committed, keep_bundle, write_outcome
from newslake.transforms.lake.transaction import gather


@dataclass(eq=False)
class Commit(beam.PTransform):
    """Commit all staged files at once, and leave word of the outcome in the run's room."""

    assignment: Assignment
    """The run's place in the lake."""
    hold: bool = False
    """True to leave the commit to the driver, which holds the lake's lock; default False."""

    def expand(
        self,
        inputs: tuple[beam.PCollection[StagedFile], beam.PCollection[Tally], beam.PCollection[int]],
    ) -> beam.PCollection[None]:
        files, tallies, absent_days = inputs
        counts = tallies | "NameAndCount" >> beam.Map(_pair) | "Sum" >> beam.CombinePerKey(sum)
        return (
            files.pipeline
            | "Once" >> beam.Impulse()
            | "CommitBundle"
            >> beam.Map(
                _commit,
                beam.pvalue.AsList(files),
                beam.pvalue.AsList(counts),
                beam.pvalue.AsList(absent_days),
                self.assignment,
                self.hold,
            )
        )


def _pair(tally: Tally) -> tuple[str, int]:
    return tally.name, tally.count


def _commit(
    _: bytes,
    files: Sequence[StagedFile],
    tallies: Sequence[tuple[str, int]],
    absent_days: Sequence[int],
    assignment: Assignment,
    hold: bool,
) -> None:
    bundle = gather(assignment, files, tallies, absent_days)
    lake = open_lake(assignment.lake)
    if hold:
        keep_bundle(lake.storage, bundle)
        return
    if committed(lake.storage, assignment.room):
        return  # a runner that repeats the step must not write over its outcome
    try:
        with lake.committer() as committer:
            outcome = committer.commit(bundle)
    except Stale as error:
        outcome = Outcome(stale=str(error))
    except (LakeError, OSError) as error:
        outcome = Outcome(error=str(error))
    write_outcome(lake.storage, assignment.room, outcome)
