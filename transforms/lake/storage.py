"""All that the lake asks of a file system, for a local one.

Names are relative to the lake's root, with `/`. Nothing here knows what the files mean. A test
that wants to pull the plug, or fill the disk, wraps this class.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newslake.transforms.lake.errors import Unsupported

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_NO_SWAP = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

_locks: set[int] = set()
"""File descriptors that hold a lock in this process."""


def _let_go_in_child() -> None:
    """A forked child must not keep its parent's locks alive."""
    for lock in _locks:
        os.close(lock)
    _locks.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


class Storage:
    """Files below one local folder.

    Args:
        root: The folder; it need not exist yet.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def path(self, name: str) -> Path:
        """Return where `name` lies."""
        return self.root / name

    # --- reading

    def exists(self, name: str) -> bool:
        return self.path(name).exists()

    def read(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def list(self, folder: str) -> list[str]:
        """Return the sorted names in `folder`, without the folder's own; none if it is missing."""
        try:
            return sorted(entry.name for entry in os.scandir(self.path(folder)))
        except FileNotFoundError:
            return []

    def free_bytes(self) -> int:
        """Return how much an ordinary user may still write."""
        stat = os.statvfs(self.root)
        return stat.f_bavail * stat.f_frsize

    # --- writing

    def make_folder(self, name: str) -> bool:
        """Make `name` and what lies above it; return True if it was not there."""
        path = self.path(name)
        if path.is_dir():
            return False
        path.mkdir(parents=True, exist_ok=True)
        return True

    def write(self, name: str, content: bytes) -> None:
        """Write a file that nobody else looks at yet; not durable before `sync`."""
        self.path(name).write_bytes(content)

    def sync(self, name: str) -> None:
        """Return when the file, or the names in the folder, would survive a power cut."""
        handle = os.open(self.path(name), os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sync_all(self) -> None:
        """Return when all that was written so far would survive a power cut."""
        os.sync()

    def link(self, name: str, new_name: str) -> None:
        """Show the file `name` as `new_name` too.

        Raises:
            FileExistsError: there is a file of that name.
            Unsupported: the file system has no hard links.
        """
        try:
            os.link(self.path(name), self.path(new_name))
        except OSError as error:
            if error.errno in _NO_LINKS:
                raise Unsupported(
                    f"{self.root}: this file system has no hard links ({error.strerror}), which a "
                    "lake needs; put it on a local disk"
                ) from error
            raise

    def rename(self, name: str, new_name: str) -> None:
        """Give a file or folder, which nobody reads under its old name, another name."""
        self.path(name).rename(self.path(new_name))

    def swap(self, folder: str, other: str) -> None:
        """Swap two folders in one step: who lists either sees the one or the other, never a mixture.

        Raises:
            Unsupported: the system or the file system cannot.
        """
        number = _swap(self.path(folder), self.path(other))
        if number in _NO_SWAP:
            raise Unsupported(
                f"{self.root}: this file system cannot exchange two folders "
                f"({os.strerror(number)}): a lake here takes commits, but neither compact, forget nor reprocess"
            )
        if number:
            raise OSError(number, os.strerror(number), str(self.path(folder)))

    def age(self, name: str) -> float:
        """Return for how many seconds the file or folder has had its name and place."""
        return time.time() - self.path(name).stat().st_ctime

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        self.path(name).unlink(missing_ok=True)

    def remove_folder(self, name: str) -> None:
        """Remove a folder and all in it; what cannot be removed is left for the next sweep."""
        shutil.rmtree(self.path(name), ignore_errors=True)

    # --- locking

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Wait for the one lock of that name in the world, and hold it.

        Raises:
            Unsupported: the file system has no locks.
        """
        handle = self._acquire(name, fcntl.LOCK_EX)
        assert handle is not None
        try:
            yield
        finally:
            _locks.discard(handle)
            os.close(handle)

    def hold(self, name: str) -> int | None:
        """Take a lock for as long as this process lives, or until `release`; None if taken."""
        return self._acquire(name, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self, handle: int) -> None:
        """Free a lock that `hold` returned."""
        _locks.discard(handle)
        with suppress(OSError):
            os.close(handle)

    def _acquire(self, name: str, how: int) -> int | None:
        path = self.path(name)
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, how)
                # Whoever removed and remade the file while we waited left us a lock on nothing.
                if os.path.samestat(os.fstat(handle), path.stat()):
                    _locks.add(handle)
                    return handle
            except BlockingIOError:
                os.close(handle)
                return None
            except FileNotFoundError:
                pass
            except OSError as error:
                os.close(handle)
                if error.errno in _NO_LOCKS:
                    raise Unsupported(
                        f"{self.root}: this file system has no locks ({error.strerror}), which a "
                        "lake needs; put it on a local disk"
                    ) from error
                raise
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)


def _swap(one: Path, other: Path) -> int:
    """Swap two names by the system's own call; return its error number, 0 if all is well."""
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        swap = 2
        failed = library.renamex_np(*names, swap)
    elif hasattr(library, "renameat2"):
        here, swap = -100, 2
        failed = library.renameat2(here, names[0], here, names[1], swap)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0
