"""Function calls in a subprocess with limits of time and memory.

    article = Sandbox(seconds=10, megabytes=512).call(read_page, html)

A thread cannot be killed, and an endless loop in C code cannot be interrupted. So calls run in a
subprocess, which a fork server starts. It starts at the first call and runs all later calls too. It
limits its own memory and sets two timers for each call. If a timer expires, a signal ends the
subprocess. One timer counts CPU time, so the load of the machine does not matter. The other timer
counts wall time, for calls that wait. If the parent ends, the subprocess ends too: the socket closes,
or a timer expires.
"""

import atexit
import os
import pickle
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, TypeVar

from newslake.schemas.reasons import OutOfMemory, ParserDied, Reject, TooSlow
from newslake.transforms.beam.fork_server import CannotStart, Child, fork_server
from newslake.transforms.failure import AGAIN, Failure

T = TypeVar("T")

WALL_PER_CPU = 10
"""Default maximum wall time of a call, as a multiple of its maximum CPU time."""


class _Used(threading.local):
    ns = 0


_used = _Used()
"""CPU time of the calls that each thread has made, in nanoseconds."""


def used_ns() -> int:
    """Return the CPU time of all calls of this thread in sandboxes, in nanoseconds.

    A call whose subprocess crashed does not count; a call that was too slow counts with its limit.
    """
    return _used.ns


class SandboxFailed(Failure):
    """The subprocess cannot start, or another program ended it; the document may be good."""


class Sandbox:
    """A subprocess that runs one call at a time.

    A call may take `seconds` of CPU time, and `wall_per_cpu` times this time of wall time. It may
    take `megabytes` (2**20 bytes) more memory than the idle subprocess; macOS has no such limit.
    `prepare` is called in the fork server, without limits, to load modules and data.
    """

    def __init__(
        self,
        seconds: float,
        megabytes: int,
        prepare: Callable[[], object] | None = None,
        wall_per_cpu: float = WALL_PER_CPU,
    ) -> None:
        self.seconds = seconds
        self.wall_seconds = seconds * wall_per_cpu
        self.megabytes = megabytes
        self._server = fork_server(prepare)
        self._lock = Lock()
        self._child: Child | None = None

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return `function(*arguments)`, run in the subprocess.

        The function must be defined at module level; arguments and result must be picklable.

        Raises:
            TooSlow: The call exceeded its CPU time or wall time.
            OutOfMemory: The call exceeded its memory.
            ParserDied: The call crashed the subprocess.
            SandboxFailed: The subprocess cannot start, or another program has killed it twice.
            Exception: Any exception of the function, with its traceback as a note.
        """
        request = pickle.dumps((function, arguments))
        with self._lock:
            is_fresh = self._child is None
            try:
                succeeded, value = self._send(request)
            except (OutOfMemory, ParserDied, SandboxFailed):
                if is_fresh:
                    raise
                # An earlier call may be the cause, so retry this call once in a new subprocess.
                succeeded, value = self._send(request)
        if not succeeded:
            raise value
        result: T = value
        return result

    def close(self) -> None:
        """Kill the subprocess, if it runs; the next call starts a new one."""
        if self._child:
            self._child.kill()
            self._child = None

    def _send(self, request: bytes) -> tuple[bool, Any]:
        """Send a call; return whether it succeeded, and its result or exception."""
        self._child = child = self._child or self._start()
        try:
            with suppress(BrokenPipeError):
                child.stream.write(request)
                child.stream.flush()
            succeeded, value, used = pickle.load(child.stream)
        except (
            EOFError,
            ConnectionResetError,
            pickle.UnpicklingError,
        ):  # the subprocess ended, possibly while writing
            code = child.wait()
            self.close()
            if code == -signal.SIGPROF:
                _used.ns += int(self.seconds * 1e9)
                raise TooSlow(f"more than {self.seconds:g} CPU seconds") from None
            if code == -signal.SIGALRM:
                raise TooSlow(f"more than {self.wall_seconds:g} seconds of wall time") from None
            if code == -signal.SIGKILL:  # the limits of this module send other signals
                raise _failed("was killed, maybe because memory ran out") from None
            raise ParserDied(f"its process ended with {code}") from None
        except BaseException:  # interrupted: the next call must not read this response
            self.close()
            raise
        _used.ns += used
        if isinstance(value, MemoryError):
            self.close()
            raise OutOfMemory(f"more than {self.megabytes} MB")
        return succeeded, value

    def _start(self) -> Child:
        try:
            child = self._server.start(serve, self.seconds, self.wall_seconds, self.megabytes)
            problem = pickle.load(child.stream)
        except CannotStart as error:
            raise _failed(f"cannot start ({error})") from error
        except (EOFError, pickle.UnpicklingError):
            raise _failed(f"cannot start (it ended with {child.wait()})") from None
        except BaseException:
            child.kill()
            raise
        if problem:
            child.kill()
            raise _failed(f"cannot start ({problem})")
        return child


def _failed(problem: str) -> SandboxFailed:
    return SandboxFailed(
        f"the process that parses documents {problem}; free some memory, raise the limits of "
        "processes (`ulimit -u`), memory (`ulimit -v`) and open files (`ulimit -n`), or lower "
        f"--workers or --max-memory-mb, then {AGAIN}"
    )


@cache
def sandbox(seconds: float, megabytes: int, prepare: Callable[[], object] | None = None) -> Sandbox:
    """Return the sandbox with these limits; each process has its own sandbox."""
    created = Sandbox(seconds, megabytes, prepare)
    atexit.register(created.close)
    return created


# A forked process must not use its parent's subprocess.
os.register_at_fork(after_in_child=sandbox.cache_clear)


def serve(stream: BinaryIO, seconds: float, wall_seconds: float, megabytes: int) -> None:
    """Run the calls from `stream` and write the results to it, until it ends.

    The first response is the reason why no calls can run, or an empty text.
    """
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)  # the default action ends the process
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF, signal.SIGALRM])
    problem = ""
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit_memory(megabytes)
    except Exception as error:  # noqa: BLE001 the parent raises it
        problem = f"{type(error).__name__}: {error}"
    pickle.dump(problem, stream)
    stream.flush()
    while not problem:
        try:
            function, arguments = pickle.load(stream)
        except EOFError:
            return
        started = time.process_time_ns()
        _set_timers(seconds, wall_seconds)
        try:
            response = pickle.dumps((True, function(*arguments), time.process_time_ns() - started))
        except Exception as error:  # noqa: BLE001 the parent raises it
            used = time.process_time_ns() - started
            response = pickle.dumps((False, _portable(error), used))
        _set_timers(0, 0)
        stream.write(response)
        stream.flush()


def _set_timers(seconds: float, wall_seconds: float) -> None:
    """Set the timers that end this process after this CPU time or wall time; 0 stops the timers."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)


def _portable(error: Exception) -> Exception:
    """Return `error` in a picklable form. If it is no `Reject`, add its traceback as a note."""
    if isinstance(error, Reject):
        return error
    error.add_note("".join(traceback.format_exception(error, limit=-3)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 unpickling errors of libraries may raise anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def limit_memory(megabytes: int) -> None:
    """Allow this process `megabytes` (2**20 bytes) more memory than it has now; only on Linux."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        idle = int(statm.read_text().split()[0]) * resource.getpagesize()
        limit = idle + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
