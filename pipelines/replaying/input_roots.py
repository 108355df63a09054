"""Find the files of rejects: in the inputs of `backfill` and the archives of `follow`, by the rows of `runs`."""

import json
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from newslake.pipelines.sql.views import run_query
from newslake.schemas.records import FileSlice
from newslake.transforms.read.listing import input_root
from newslake.transforms.read.names import quote, unquote

_RUNS = "SELECT run_id, command, inputs, configuration FROM runs ORDER BY started_at DESC, run_id"


class InputRoots:
    """The folders to which the names of input files are relative, for each run of a lake.

    An input that no longer exists counts as a folder: the run may have read the file from there.
    """

    def __init__(self, lake: Path) -> None:
        self._lake = lake

    def files(self, name: str, run_ids: Iterable[str]) -> tuple[list[FileSlice], bool]:
        """Return the existing files with the quoted `name`, those that the runs have read first.

        The second value is True if the runs `run_ids` can have read only the first of the files.
        """
        own = [root for id in run_ids for root in self._by_run.get(id, ())]
        found = [
            FileSlice(quote(path), name, quote(root))
            for root in dict.fromkeys([*own, *self._everywhere])
            if os.path.lexists(path := f"{root.rstrip('/')}/{unquote(name)}")
        ]
        possible = {*own} or {*self._everywhere}
        return found, len(possible) == 1 and bool(found) and unquote(found[0].root) in possible

    @cached_property
    def _by_run(self) -> dict[str, list[str]]:
        rows = run_query(self._lake, lambda database: database.execute(_RUNS).fetchall(), sql=_RUNS)
        return {id: list(dict.fromkeys(_roots(*values))) for id, *values in rows}

    @cached_property
    def _everywhere(self) -> list[str]:
        return list(dict.fromkeys(root for roots in self._by_run.values() for root in roots))


def _roots(command: str, inputs: list[str], configuration: str) -> Iterator[str]:
    if command == "backfill":
        yield from (input_root(unquote(path)) or unquote(path) for path in inputs)
    elif warc := json.loads(configuration).get("FetchOptions", {}).get("warc"):
        yield os.path.realpath(warc)
