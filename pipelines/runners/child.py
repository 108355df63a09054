"""Starts a program that ends with newslake: python -m newslake.pipelines.runners.child PROGRAM WORD…

The program runs in a session of its own, so that Ctrl-C in a terminal does not end it before newslake
has. On Linux, the kernel kills it when newslake ends, for whatever reason.
"""

import ctypes
import os
import signal
import sys

COMMAND = [sys.executable, "-P", "-m", "newslake.pipelines.runners.child"]
"""The words before the program."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program."""
    os.setsid()
    library = ctypes.CDLL(None)
    if hasattr(library, "prctl"):
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
