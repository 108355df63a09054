"""Make readers see what the log has promised: the second half of a commit, which can be done twice."""

from contextlib import suppress

from newslake.schemas.tables import TABLES, Table
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import Entry, Exchange, Log, LoggedFile
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.lake.storage import Storage

_ANCHOR_DAY = "1970-01-01"


def show(storage: Storage, log: Log, entry: Entry) -> None:
    """Link the entry's files to where readers see them, and exchange its folders.

    What is there already is left alone, so that this may be done twice.

    Raises:
        Damaged: a file or folder is neither staged nor shown.
    """
    _link(storage, entry)
    for exchange in entry.exchanges:
        _exchange(storage, entry.seq, exchange)
    storage.sync("")
    log.mark_done(entry.seq)


def _link(storage: Storage, entry: Entry) -> None:
    for file in entry.files:
        storage.make_folder(file.folder)
        try:
            with suppress(FileExistsError):
                storage.link(file.staged, file.final)
        except FileNotFoundError as error:
            if not storage.exists(file.final):
                raise Damaged(
                    f"{storage.root}: entry {entry.seq} promises {file.final}, but the file is "
                    "gone; restore the lake from a backup"
                ) from error
    for folder in sorted({file.folder for file in entry.files}):
        storage.sync(folder)
    for table in sorted({file.table for file in entry.files}):
        storage.sync(table)


def _exchange(storage: Storage, seq: int, exchange: Exchange) -> None:
    """Swap the folders, unless they are swapped already, and lay the old one to rest."""
    if not _has_all(storage, exchange.folder, exchange.new_names):
        if not _has_all(storage, exchange.staged, exchange.new_names):
            raise Damaged(
                f"{storage.root}: entry {seq} exchanges {exchange.folder}, but the new files are "
                "neither there nor staged; restore the lake from a backup"
            )
        storage.make_folder(exchange.folder)  # the first rows of a day have nothing to replace
        storage.exchange(exchange.folder, exchange.staged)
        storage.sync(exchange.table)
    if storage.exists(exchange.staged):
        storage.rename(exchange.staged, exchange.retired)
        storage.sync(layout.ROOMS)


def _has_all(storage: Storage, folder: str, names: list[str]) -> bool:
    return all(storage.exists(f"{folder}/{name}") for name in names)


def make_durable(storage: Storage, entry: Entry, room: str) -> None:
    """Bring the staged files safely to disk, so that the entry promises nothing it lacks.

    Raises:
        Damaged: one of them is gone.
    """
    for file in entry.files:
        try:
            storage.sync(file.staged)
        except FileNotFoundError as error:
            raise Damaged(
                f"{storage.path(file.staged)} is gone: the run that staged it was taken for dead; "
                "run it again"
            ) from error
    make_room_durable(storage, room)


def make_room_durable(storage: Storage, room: str) -> None:
    """Bring the names in a room, and the room's own, safely to disk."""
    storage.sync(room)
    storage.sync(layout.ROOMS)


def create_anchors(storage: Storage, log: Log) -> None:
    """Write the first entry: a file without rows a table, so that plain globs over empty ones work."""
    room = f"{layout.ROOMS}/w-create"
    storage.remove_folder(room)
    storage.make_folder(room)
    files = [anchor(storage, table, room) for table in TABLES.values()]
    entry = Entry(0, "create", "", room, -1, {}, {}, files)
    make_durable(storage, entry, room)
    log.append(entry)
    log.settle(entry.seq)
    show(storage, log, entry)


def anchor(storage: Storage, table: Table, room: str) -> LoggedFile:
    """Stage a file of `table` without rows in `room`; return what the first entry is to say of it."""
    staged = f"{room}/{table.name}.parquet"
    empty = to_arrow(table.name, [], "")
    digest, size = write_parquet(storage.path(staged), table.name, empty)
    return LoggedFile(
        table=table.name,
        partition=f"{table.partition_key}={_ANCHOR_DAY}",
        staged=staged,
        name=layout.part_name(0, list(TABLES).index(table.name), digest),
        rows=0,
        size=size,
        digest=digest,
    )
