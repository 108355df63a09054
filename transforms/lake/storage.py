"""The file-system operations that a lake needs, for a local disk.

Names are paths relative to the lake's root, with `/`. This module does not know what the files
contain. Tests wrap `Storage` to simulate power failures and full disks.
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

from newslake.transforms.failure import naming
from newslake.transforms.lake.errors import NotALake, Unsupported
from newslake.transforms.local_path import local_path

# Error numbers of a file system without hard links, without directory swaps, or without locks.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_NO_SWAP = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

_locks: set[int] = set()
"""File descriptors that hold a lock in this process."""


def _release_in_child() -> None:
    """Close the parent's locks in a forked child; otherwise the locks would outlive the parent."""
    for lock in _locks:
        os.close(lock)
    _locks.clear()


os.register_at_fork(after_in_child=_release_in_child)


class Storage:
    """Files below the local folder `root`. This folder may be missing at first.

    Raises:
        NotALake: `root` is empty or a URL.
    """

    def __init__(self, root: str | Path) -> None:
        try:
            self.root = Path(local_path(str(root)))
        except ValueError as error:
            raise NotALake(str(error)) from error

    def path(self, name: str) -> Path:
        """Return the full path of `name`."""
        return self.root / name

    # --- reading

    def exists(self, name: str) -> bool:
        return self.path(name).exists()

    def read(self, name: str) -> bytes:
        with naming(self.path(name)):
            return self.path(name).read_bytes()

    def list(self, folder: str) -> list[str]:
        """Return the sorted names of the files in `folder`; [] if `folder` does not exist."""
        try:
            return sorted(entry.name for entry in os.scandir(self.path(folder)))
        except FileNotFoundError:
            return []

    def free_bytes(self) -> int:
        """Return the disk space available to unprivileged users, in bytes."""
        stat = os.statvfs(self.root)
        return stat.f_bavail * stat.f_frsize

    # --- writing

    def make_folder(self, name: str) -> None:
        """Create the directory `name` and its parents, if they do not exist."""
        self.path(name).mkdir(parents=True, exist_ok=True)

    def write(self, name: str, content: bytes) -> None:
        """Write a file that no other process reads yet. The file is durable only after `sync`."""
        with naming(self.path(name)):
            self.path(name).write_bytes(content)

    def sync(self, name: str) -> None:
        """Make a file's content, or the names in a directory, durable (fsync)."""
        handle = os.open(self.path(name), os.O_RDONLY)
        try:
            with naming(self.path(name)):
                os.fsync(handle)
        finally:
            os.close(handle)

    def link(self, name: str, new_name: str) -> None:
        """Create the hard link `new_name` to the file `name`.

        Raises:
            FileExistsError: `new_name` exists.
            Unsupported: the file system has no hard links.
        """
        try:
            os.link(self.path(name), self.path(new_name))
        except OSError as error:
            if error.errno in _NO_LINKS:
                raise Unsupported(
                    f"{self.root}: this file system has no hard links ({error.strerror}), which a "
                    "lake needs; put the lake on a local disk"
                ) from error
            raise

    def rename(self, name: str, new_name: str) -> None:
        """Rename a file or directory. No process may use the old name for reading."""
        self.path(name).rename(self.path(new_name))

    def swap(self, folder: str, other: str) -> None:
        """Swap two directories atomically: a reader never sees a mixture of both.

        Raises:
            Unsupported: the operating system or the file system cannot swap directories.
        """
        number = _swap(self.path(folder), self.path(other))
        if number in _NO_SWAP:
            raise Unsupported(
                f"{self.root}: this file system cannot swap two directories "
                f"({os.strerror(number)}): a lake here supports commits, but not compact, forget "
                "and reprocess"
            )
        if number:
            raise OSError(number, os.strerror(number), str(self.path(folder)))

    def age(self, name: str) -> float:
        """Return the seconds since the file or directory was last changed or renamed (ctime)."""
        return time.time() - self.path(name).stat().st_ctime

    def remove(self, name: str) -> None:
        """Remove a file if it exists."""
        self.path(name).unlink(missing_ok=True)

    def remove_folder(self, name: str) -> None:
        """Remove a directory and its files. If a removal fails, the next sweep tries again."""
        shutil.rmtree(self.path(name), ignore_errors=True)

    def remove_empty_folder(self, name: str) -> None:
        """Remove a directory; do nothing if it contains files or does not exist."""
        with suppress(OSError):
            self.path(name).rmdir()

    # --- locking

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Wait for the lock `name` and hold it. Only one process can hold the lock.

        Raises:
            Unsupported: the file system has no locks.
        """
        handle = self._acquire(name, fcntl.LOCK_EX)
        assert handle is not None
        try:
            yield
        finally:
            self.release(handle)

    def hold(self, name: str) -> int | None:
        """Hold a lock until `release` or this process's end; return None if it is not free."""
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
                # If the lock file was replaced while we waited, our lock is on the old file: retry.
                if os.path.samestat(os.fstat(handle), path.stat()):
                    _locks.add(handle)
                    return handle
            except BlockingIOError:
                return None
            except FileNotFoundError:
                pass
            except OSError as error:
                if error.errno in _NO_LOCKS:
                    raise Unsupported(
                        f"{self.root}: this file system has no locks ({error.strerror}), which a "
                        "lake needs; put the lake on a local disk"
                    ) from error
                error.filename = str(path)
                raise
            finally:
                if handle not in _locks:
                    os.close(handle)


def _swap(first: Path, second: Path) -> int:
    """Swap two paths with a system call; return its error number, 0 on success."""
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin":
        swap = 2
        failed = library.renamex_np(*names, swap)
    elif hasattr(library, "renameat2"):
        here, swap = -100, 2
        failed = library.renameat2(here, names[0], here, names[1], swap)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0
