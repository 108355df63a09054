"""A model of a disk: which files and names survive a power cut.

A file's bytes survive after the `sync` of the file, a name after the `sync` of its folder. Unsynced
data may or may not survive; the model covers the extremes. A rename or a swap survives in both folders
together after the `sync` of either, as in every file system with a journal. The bytes of a file that
was never synced are lost, but its name may survive.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from newslake.transforms.lake.storage import Storage

KILL = "a kill: all survives"
NAMES = "a power cut: names survive"
NOTHING = "a power cut: nothing unsynced survives"
LOG = "a power cut: of unsynced names, only those in the log survive"
ENDS = (KILL, NAMES, NOTHING, LOG)


@dataclass(eq=False)
class File:
    content: bytes = b""
    synced: bytes = b""


@dataclass(eq=False)
class Folder:
    names: dict = field(default_factory=dict)
    synced: dict = field(default_factory=dict)
    together: set = field(default_factory=set)
    """Folders that share an unsynced rename or swap with this one and are synced together with it."""


class Disk:
    """A folder with its current content and its content after a power cut."""

    def __init__(self):
        self.root = Folder()

    def at(self, name):
        node = self.root
        for part in filter(None, name.split("/")):
            node = node.names[part]
        return node

    def place(self, name):
        """Return the folder of `name`, and its last part."""
        above, _, last = name.rpartition("/")
        return self.at(above), last

    def take_in(self, path, name=""):
        """Add the files below `path` that were not written through the storage."""
        for entry in sorted(os.scandir(path / name), key=lambda entry: entry.name):
            below = f"{name}/{entry.name}".lstrip("/")
            known = self.at(name).names
            if entry.is_dir():
                known.setdefault(entry.name, Folder())
                self.take_in(path, below)
            elif entry.name not in known:
                known[entry.name] = File(Path(entry.path).read_bytes())

    def fsync(self, node=None):
        """Mark all current content as synced."""
        node = node or self.root
        if isinstance(node, File):
            node.synced = node.content
            return
        node.synced = dict(node.names)
        node.together.clear()
        for below in node.names.values():
            self.fsync(below)

    def sync(self, name):
        node = self.at(name)
        if isinstance(node, File):
            node.synced = node.content
            return
        waiting = {node}
        while waiting:
            folder = waiting.pop()
            folder.synced = dict(folder.names)
            waiting |= folder.together
            for other in folder.together:
                other.together.discard(folder)
            folder.together = set()

    def move(self, name, new_name, swap=False):
        (here, old), (there, new) = self.place(name), self.place(new_name)
        moved = here.names.pop(old)
        if swap:
            here.names[old] = there.names[new]
        there.names[new] = moved
        if here is not there:
            here.together.add(there)
            there.together.add(here)

    def survivors(self, end):
        """Return the content of the files that survive such an end now, by name.

        Args:
            end: One of `ENDS`.
        """
        found, folders = {}, [("", self.root)]
        while folders:
            above, folder = folders.pop()
            all_survive = end in (KILL, NAMES) or (end == LOG and above == "_log/")
            for name, node in (folder.names if all_survive else folder.synced).items():
                if isinstance(node, Folder):
                    folders.append((f"{above}{name}/", node))
                else:
                    found[f"{above}{name}"] = node.content if end == KILL else node.synced
        return found


class Recording(Storage):
    """Storage that records its operations in a `Disk` and calls `between` after each operation."""

    def __init__(self, root, between=lambda step: None):
        super().__init__(root)
        self.disk = Disk()
        self.disk.take_in(self.root)
        self.disk.fsync()
        self.between = between

    def make_folder(self, name):
        made = super().make_folder(name)
        self._done("make_folder", name)
        return made

    def write(self, name, content):
        super().write(name, content)
        folder, last = self.disk.place(name)
        folder.names.setdefault(last, File()).content = content
        self._done("write", name)

    def sync(self, name):
        super().sync(name)
        self._look()
        self.disk.sync(name)
        self._done("sync", name)

    def link(self, name, new_name):
        super().link(name, new_name)
        self._look()
        folder, last = self.disk.place(new_name)
        folder.names[last] = self.disk.at(name)
        self._done("link", new_name)

    def rename(self, name, new_name):
        self._look()
        super().rename(name, new_name)
        self.disk.move(name, new_name)
        self._done("rename", new_name)

    def swap(self, folder, other):
        super().swap(folder, other)
        self.disk.move(folder, other, swap=True)
        self._done("swap", folder)

    def remove(self, name):
        super().remove(name)
        folder, last = self.disk.place(name)
        folder.names.pop(last, None)
        self._done("remove", name)

    def remove_folder(self, name):
        super().remove_folder(name)
        folder, last = self.disk.place(name)
        folder.names.pop(last, None)
        self._done("remove_folder", name)

    def _look(self):
        self.disk.take_in(self.root)

    def _done(self, operation, name):
        self._look()
        self.between(f"{operation} {name}")


def restore(files, folder):
    """Write the files that a power cut left into `folder`."""
    for name, content in files.items():
        if name.startswith("_index/"):
            continue  # a cache with its own journal
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
