"""Find the files of rejects: in the inputs of `backfill` and the archives of `follow`."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from newslake.pipelines.sql.views import run_query
from newslake.schemas.records import FileSlice
from newslake.transforms.fetch.archive import OPEN_SUFFIX
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.read.listing import input_root
from newslake.transforms.read.names import quote, unquote

_RUNS = "SELECT run_id, command, inputs, configuration FROM runs ORDER BY started_at DESC, run_id"


class InputRoots:
    """The folders to which the names of input files are relative, for each run of a lake.

    The log has the folders of each commit, so they are known if the run was killed. For older
    commits, they are found by the rows of `runs`. An input that no longer exists then counts as a
    folder: the run may have read the file from there.
    """

    def __init__(self, lake: LakeFolder) -> None:
        self._lake = lake

    def files(self, name: str, run_ids: Iterable[str]) -> tuple[list[FileSlice], bool]:
        """Return the existing files with the quoted `name`, those that the runs have read first.

        The second value is True if the runs `run_ids` can have read only the first of the files. The
        file of a web archive may have the name that it has while it is written.
        """
        own = [root for id in run_ids for root in self._by_run.get(id, ())]
        found = [
            FileSlice(quote(path), name, quote(root))
            for root in dict.fromkeys([*own, *self._everywhere])
            if (path := _existing(f"{root.rstrip('/')}/{unquote(name)}"))
        ]
        possible = {*own} or {*self._everywhere}
        return found, len(possible) == 1 and bool(found) and unquote(found[0].root) in possible

    @cached_property
    def _by_run(self) -> dict[str, list[str]]:
        rows = run_query(
            self._lake.storage.root,
            lambda database: database.execute(_RUNS).fetchall(),
            sql=_RUNS,
        )
        of_runs = {id: list(dict.fromkeys(_roots(*values))) for id, *values in rows}
        logged: dict[str, dict[str, None]] = defaultdict(dict)
        for entry in reversed([*self._lake.log.entries()]):
            if entry.roots:
                logged[entry.run_id].update(dict.fromkeys(map(unquote, entry.roots)))
        return of_runs | {id: [*roots] for id, roots in logged.items()}

    @cached_property
    def _everywhere(self) -> list[str]:
        return list(dict.fromkeys(root for roots in self._by_run.values() for root in roots))


def _existing(path: str) -> str | None:
    return next((one for one in (path, path + OPEN_SUFFIX) if os.path.lexists(one)), None)


def _roots(command: str, inputs: list[str], configuration: str) -> Iterator[str]:
    if command == "backfill":
        yield from (input_root(unquote(path)) or unquote(path) for path in inputs)
    elif warc := json.loads(configuration).get("FetchOptions", {}).get("warc"):
        yield os.path.realpath(warc)
