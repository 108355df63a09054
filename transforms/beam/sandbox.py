"""Calls in a process of their own, which is killed if an input fills its memory or holds it up.

    article = Box(seconds=10, megabytes=512).call(read_page, html)

No thread can be killed, and C code that loops listens to nobody. The process, started at the first
call and kept for those that follow, sets itself two timers for each call, whose signals the kernel
kills it with, and a limit of memory. The first timer counts CPU time, so that the load of the machine
does not decide what is too slow. The second counts wall time, for a call that waits for something. The
process ends with its parent: at the end of the pipe, or by a timer.
"""

import atexit
import os
import pickle
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, TypeVar

from newslake.schemas.reasons import OutOfMemory, ParserDied, Reject, TooSlow

T = TypeVar("T")

WALL_PER_CPU = 10
"""A call may take so many times its CPU seconds in wall time."""


class Sandbox:
    """A process for calls, one at a time.

    Args:
        seconds: Most CPU time for a call; it may take `WALL_PER_CPU` times as much wall time.
        megabytes: Most memory that a call may take, in MB of 2**20 bytes above that of the idle
            process; not kept where the system has no such limit (macOS).
        prepare: Called once in the process, to load what the first call would be charged with.
    """

    def __init__(
        self, seconds: float, megabytes: int, prepare: Callable[[], object] | None = None
    ) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self.prepare = prepare
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return `function(*arguments)`, a function of a module, all of it fit to be pickled.

        Raises:
            TooSlow: it took too long.
            OutOfMemory: it wanted too much memory.
            ParserDied: it brought its process down.
            Exception: whatever it raised, with the traceback as a note.
        """
        request = pickle.dumps((function, arguments))
        with self._lock:
            is_fresh = self._child is None
            try:
                succeeded, value = self._ask(request)
            except (OutOfMemory, ParserDied):
                if is_fresh:
                    raise
                # What earlier calls left behind may be to blame; nothing is left in a fresh one.
                succeeded, value = self._ask(request)
        if not succeeded:
            raise value
        result: T = value
        return result

    def close(self) -> None:
        """End the process, if there is one; the next call starts another."""
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _ask(self, request: bytes) -> tuple[bool, Any]:
        """Return whether the call succeeded, and what it returned or raised."""
        self._child = child = self._child or self._start()
        assert child.stdin
        assert child.stdout
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(request)
                child.stdin.flush()
            succeeded, value = pickle.load(child.stdout)
        except (EOFError, pickle.UnpicklingError):  # gone, perhaps in the middle of its answer
            code = child.wait()
            self.close()
            if code == -signal.SIGPROF:
                raise TooSlow(f"more than {self.seconds:g} CPU seconds") from None
            if code == -signal.SIGALRM:
                seconds = self.seconds * WALL_PER_CPU
                raise TooSlow(f"more than {seconds:g} seconds of wall time") from None
            raise ParserDied(f"its process ended with {code}") from None
        except BaseException:  # stopped halfway: its answer must not be taken for the next one's
            self.close()
            raise
        if isinstance(value, MemoryError):
            self.close()
            raise OutOfMemory(f"more than {self.megabytes} MB")
        return succeeded, value

    def _start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-P", "-m", __name__, str(self.seconds), str(self.megabytes)]
        path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        pipe = subprocess.PIPE
        child = subprocess.Popen(words, stdin=pipe, stdout=pipe, env=os.environ | path)
        assert child.stdin
        pickle.dump(self.prepare, child.stdin)
        return child


@cache
def sandbox(seconds: float, megabytes: int, prepare: Callable[[], object] | None = None) -> Sandbox:
    """Return this process's own box of these limits."""
    made = Sandbox(seconds, megabytes, prepare)
    atexit.register(made.close)
    return made


os.register_at_fork(after_in_child=sandbox.cache_clear)  # what its parent started is not its own


def serve(requests: BinaryIO, answers: BinaryIO, seconds: float, megabytes: int) -> None:
    """Answer calls until there are no more."""
    if prepare := pickle.load(requests):
        prepare()
    _limit_memory(megabytes)
    while True:
        try:
            function, arguments = pickle.load(requests)
        except EOFError:
            return
        _set_timers(seconds)
        try:
            answer = pickle.dumps((True, function(*arguments)))
        except Exception as error:  # noqa: BLE001 it is raised again on the other side
            answer = pickle.dumps((False, _portable(error)))
        _set_timers(0)
        answers.write(answer)
        answers.flush()


def _set_timers(seconds: float) -> None:
    """Let the kernel end this process after so much CPU time from now; never if it is 0."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * WALL_PER_CPU)


def _portable(error: Exception) -> Exception:
    """Return `error` as one that survives the pipe; a bug's with its traceback as a note."""
    if isinstance(error, Reject):
        return error
    error.add_note("".join(traceback.format_exception(error, limit=-3)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 libraries' errors may be unfit in any way
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _limit_memory(megabytes: int) -> None:
    statm = Path("/proc/self/statm")
    if statm.exists():
        idle = int(statm.read_text().split()[0]) * resource.getpagesize()
        most = idle + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and decides
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)  # ends the process, whatever it is doing
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF, signal.SIGALRM])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    serve(*pipes, float(sys.argv[1]), int(sys.argv[2]))
