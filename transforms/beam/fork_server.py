"""Processes that are forked from a process with loaded modules and data, the fork server.

    child = ForkServer(prepare).start(function, 1, 2)
    child.stream.write(b"…")

Loading the modules of a parser or of a worker takes a second or more of CPU time; a fork takes
milliseconds, and the processes share the memory of what was loaded. This process itself cannot fork,
because it has threads. So the fork server is a new program with one thread. It starts at the first use
and ends with the last process that uses it.
"""

import atexit
import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, NoReturn

from newslake.transforms.failure import DEBUG, is_debugging

COMMAND = [sys.executable, "-P", "-c", f"from {__name__} import main; main()"]
"""With `-P`, Python does not import modules from the current folder."""

MEMORY_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
}
"""Environment variables that save memory. Arrow's own allocator would reserve 1 GB of addresses, which
count as memory of a sandbox, and it keeps memory for every written file. One glibc arena is enough,
since one thread works at a time."""

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Environment variables of a process that forks: it should have only one thread."""

_STOPS = (signal.SIGINT, signal.SIGTERM)


class CannotStart(Exception):
    """The process cannot start; the message is the cause."""


class Child:
    """A process that a fork server has forked."""

    def __init__(self, pid: int, channel: socket.socket, status: BinaryIO) -> None:
        self.pid = pid
        self.stream = channel.makefile("rwb")
        """Connects this process with the first argument of the function that runs in the child."""
        self._status = status
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or the negative number of the signal; None while the child runs."""
        os.set_blocking(self._status.fileno(), False)
        return self._read_code()

    def wait(self) -> int:
        """Wait for the end of the child and return the same as `poll`."""
        os.set_blocking(self._status.fileno(), True)
        code = self._read_code()
        assert code is not None
        return code

    def _read_code(self) -> int | None:
        if self._code is None and (line := self._status.read(16)) is not None:
            if line:
                self._code = int(line)
            else:  # the fork server has ended, so nobody can tell when the child ends
                self._code = -signal.SIGKILL
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
        return self._code

    def kill(self) -> None:
        """Kill the child, if it runs, and close the stream."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Close the stream, and wait for the end of the child."""
        with suppress(BrokenPipeError):
            self.stream.close()
        self.wait()


class ForkServer:
    """Starts children that share what `prepare` has loaded.

    The fork server calls `prepare` before it forks for the first time. The children can use the fork
    servers `uses`, too.
    """

    def __init__(
        self, prepare: Callable[[], object] | None = None, uses: Sequence["ForkServer"] = ()
    ) -> None:
        self.prepare = prepare
        self.uses = uses
        self._requests: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def start(self, function: Callable[..., object], *arguments: Any) -> Child:
        """Return a new process that runs `function(stream, *arguments)`.

        The function must be defined at module level, and the arguments must be picklable.

        Raises:
            CannotStart: The fork server or the child cannot start.
        """
        try:
            with self._lock:
                child = self._forked(self.connect()) or self._forked(self._restarted())
        except (OSError, MemoryError) as error:
            raise CannotStart(str(error) or "no memory") from error
        if child is None:
            raise CannotStart(f"it ended at once; {DEBUG}=1 shows more")
        with suppress(BrokenPipeError):  # the child has already ended; its user will notice
            pickle.dump((function, arguments), child.stream)
            child.stream.flush()
        return child

    def connect(self) -> socket.socket:
        """Return the socket for requests to the fork server, which is started if needed."""
        return self._requests or self._restarted()

    def adopt(self, requests: socket.socket) -> None:
        """Use the running fork server that gets its requests from this socket."""
        self._requests = requests

    def close(self) -> None:
        """End the fork server when its children have ended; the next use starts a new one.

        A process that has adopted the fork server leaves it running.
        """
        if self._requests:
            if self._process:
                self._requests.shutdown(socket.SHUT_RDWR)
                self._process.wait()
            self._requests.close()
        self._requests = self._process = None

    def _restarted(self) -> socket.socket:
        self.close()
        ours, theirs = socket.socketpair()
        sockets = [(one.prepare, one.connect().fileno()) for one in self.uses]
        with theirs:
            self._process = subprocess.Popen(
                [*COMMAND, pickle.dumps((self.prepare, sockets)).hex()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=None if is_debugging() else subprocess.DEVNULL,
                env=os.environ | import_path() | MEMORY_ENVIRONMENT | _ONE_THREAD,
                pass_fds=[number for _, number in sockets],
            )
        self._requests = ours
        return ours

    def _forked(self, requests: socket.socket) -> Child | None:
        """Return a new child; None if the fork server has ended."""
        channel, theirs = socket.socketpair()
        reader, writer = os.pipe()
        status = open(reader, "rb", buffering=0)  # noqa: PTH123, SIM115 a file descriptor
        try:
            with theirs, suppress(BrokenPipeError, ConnectionResetError):
                socket.send_fds(requests, [b"\n"], [theirs.fileno(), writer])
        finally:
            os.close(writer)
        line = status.readline().decode().strip()
        if line.isdigit():
            return Child(int(line), channel, status)
        channel.close()
        status.close()
        if line:
            raise CannotStart(line)
        return None


@cache
def fork_server(prepare: Callable[[], object] | None = None) -> ForkServer:
    """Return this process' fork server whose children share what `prepare` has loaded."""
    server = ForkServer(prepare)
    atexit.register(server.close)
    return server


def import_path() -> dict[str, str]:
    """Return the environment variable by which a subprocess finds the modules of this process.

    With the option `-P`, Python does not add the current folder by itself.
    """
    return {"PYTHONPATH": os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)}


def main() -> None:
    """Be a fork server: fork a child for each request, until no process can send requests."""
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_IGN)  # the user of a child also gets it, and decides
    signal.signal(signal.SIGCHLD, _report_ended)
    requests, is_prepared = socket.socket(fileno=0), False
    while fds := socket.recv_fds(requests, 1, 2)[1]:
        channel, status = fds
        try:
            if not is_prepared:
                _prepare(sys.argv[1])
                is_prepared = True
            _fork(requests, channel, status)
        except Exception as error:  # noqa: BLE001 the process that sent the request raises it
            with suppress(BrokenPipeError):
                os.write(status, f"{type(error).__name__}: {error}".encode())
            break  # the next request finds no fork server, and starts a new one
        os.close(channel)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    while _statuses:  # wait for all, so that their CPU time counts as that of this process
        signal.sigwait([signal.SIGCHLD])
        _report_ended()


def _prepare(argument: str) -> None:
    prepare, sockets = pickle.loads(bytes.fromhex(argument))
    for other, number in sockets:
        fork_server(other).adopt(socket.socket(fileno=number))
    if prepare:
        prepare()
    gc.freeze()  # a collection would write to the shared memory, and so copy it


_statuses: dict[int, int] = {}
"""Maps the ids of the running children to the pipes to which their exit codes are written."""


def _fork(requests: socket.socket, channel: int, status: int) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # until `_statuses` has the child
    pid = os.fork()
    if not pid:
        for inherited in (status, *_statuses.values()):
            os.close(inherited)
        os.dup2(os.open(os.devnull, os.O_RDONLY), requests.detach())
        _run(channel)
    _statuses[pid] = status
    with suppress(BrokenPipeError):
        os.write(status, b"%d\n" % pid)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _run(channel: int) -> NoReturn:
    """Run the function of a child; its code must not return to the loop of the fork server."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        stream = socket.socket(fileno=channel).makefile("rwb")
        function, arguments = pickle.load(stream)
        function(stream, *arguments)
        code = 0
    except BaseException:  # noqa: BLE001 a child ends here
        traceback.print_exc()
    finally:
        os._exit(code)


def _report_ended(*_: object) -> None:
    """Write the exit codes of the children that have ended."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, code = ended
            if (status := _statuses.pop(pid, None)) is not None:
                with suppress(BrokenPipeError):
                    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(code))
                os.close(status)
