"""A lake's storage in which one operation fails."""

import os

from newslake.transforms.lake.storage import Storage

READING = ("exists", "read", "list", "free_bytes", "sync", "age", "_acquire")
WRITING = ("make_folder", "write", "link", "rename", "swap", "remove")
"""Operations that may have an effect although they fail, as on some network file systems."""


class Failing(Storage):
    """Storage whose operation `at` fails with the error `number`; it counts the operations.

    If `takes_effect` is true, an operation of `WRITING` takes effect before it fails.
    """

    def __init__(self, root, at, number, takes_effect):
        super().__init__(root)
        self.count, self._at, self._number, self._takes_effect = 0, at, number, takes_effect

    def fail(self, method, operation, name):
        self.count += 1
        if self.count == self._at + 1:
            if self._takes_effect and method in WRITING:
                operation()
            raise OSError(self._number, os.strerror(self._number), str(self.path(name)))
        return operation()


def _failing(method):
    def call(self, *arguments):
        def operation():
            return getattr(Storage, method)(self, *arguments)

        return self.fail(method, operation, arguments[0] if arguments else "")

    return call


for _method in (*READING, *WRITING):
    setattr(Failing, _method, _failing(_method))
