"""A result belongs to one log entry, even if the lake changes while a query runs."""

import pytest
from lakes import article, commit

from newslake.pipelines.serving.lake_reader import TRIES, LakeReader
from newslake.pipelines.serving.query_request import Problem, QueryError, QueryLimits, QueryResult
from newslake.transforms.lake.errors import NotALake


class Queries:
    """Stands for the processes: each run calls the next of `events`, then counts as a result."""

    def __init__(self, *events):
        self.events = list(events)
        self.states = []

    def run(self, sql, parameters, as_of, rows, min_confidence):
        self.states.append(as_of)
        if self.events:
            self.events.pop(0)()
        return QueryResult(["n"], ["BIGINT"], [[len(self.states)]], False)


@pytest.fixture
def reader(lake):
    reader = LakeReader(lake.storage.root, QueryLimits())
    reader.close()
    return reader


def missing():
    raise QueryError(Problem.MISSING, "a file is missing")


def test_a_query_runs_again_if_a_commit_happens_while_it_runs(lake, reader):
    reader._queries = Queries(lambda: commit(lake, article("new"), number=9))
    result = reader.run("FROM articles")
    assert (result.rows, result.entry) == ([[2]], 6)


def test_a_query_runs_again_if_a_compaction_deletes_its_file(reader):
    reader._queries = Queries(missing, missing)
    assert reader.run("FROM articles").rows == [[3]]


def test_a_file_that_stays_missing_is_an_error(reader):
    reader._queries = Queries(*[missing] * TRIES)
    with pytest.raises(QueryError, match="a file is missing"):
        reader.run("FROM articles")


def test_a_lake_that_changes_all_the_time_is_still_read(lake, reader):
    grow = [
        lambda number=number: commit(lake, article(f"new-{number}"), number=20 + number)
        for number in range(TRIES)
    ]
    reader._queries = Queries(*grow)
    assert reader.run("FROM articles").rows == [[TRIES]]


def test_only_an_earlier_state_is_read_as_of_its_entry(reader):
    reader._queries = queries = Queries()
    assert reader.run("FROM articles", as_of=5).entry == 5
    assert reader.run("FROM articles", as_of=3).entry == 3
    assert queries.states == [None, 3]


def test_a_lake_that_is_moved_away_is_named(lake, reader):
    lake.storage.root.rename(lake.storage.root.with_name("moved"))
    with pytest.raises(NotALake, match="is not a lake"):
        reader.run("FROM articles")


def test_a_folder_that_is_no_lake_is_refused(tmp_path):
    with pytest.raises(NotALake):
        LakeReader(tmp_path, QueryLimits())
