"""Takes from this process the right to write files, to start programs and to use TCP.

Landlock is a part of Linux, see https://docs.kernel.org/userspace-api/landlock.html. Python has no
function for it. The numbers of the system calls are the same on all processors.
"""

import ctypes

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION
_NO_NEW_PRIVS = 38

_EXECUTE = 1 << 0
_WRITE_REMOVE_AND_MAKE = 1 << 1 | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_TCP = 0b11  # bind and connect


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64))


def version() -> int:
    """Return the version of Landlock of this machine; 0 if it has none."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "prctl"):  # not Linux
        return 0
    return int(max(library.syscall(_CREATE_RULESET, None, 0, _VERSION), 0))


def forbid_writing() -> None:
    """Forbid this thread, and the threads that it starts, to write, to execute and to use TCP.

    Open files stay usable. Older versions of Linux forbid only a part, or nothing.
    """
    has = version()
    if not has:
        return
    files = _EXECUTE | _WRITE_REMOVE_AND_MAKE
    files |= (
        (_REFER if has >= 2 else 0) | (_TRUNCATE if has >= 3 else 0) | (_IOCTL if has >= 5 else 0)
    )
    rules = _Ruleset(files, _TCP if has >= 4 else 0)
    library = ctypes.CDLL(None)
    library.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    size = ctypes.sizeof(rules) if has >= 4 else ctypes.sizeof(ctypes.c_uint64)
    ruleset = library.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    library.syscall(_RESTRICT_SELF, ruleset, 0)
