"""Functions to call in a sandbox: they return, raise, hang, crash, or exceed a limit."""

import os
import signal
import time

from newslake.schemas.reasons import NoText


def pid():
    return os.getpid()


def spin():
    sum(range(10**12))  # one call of C code: no other thread and no signal handler runs meanwhile


def fill(megabytes):
    return len(bytearray(megabytes * 2**20))


LEAKED = []


def leak(megabytes):
    LEAKED.append(bytearray(megabytes * 2**20))
    return len(LEAKED)


def die():
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def refuse():
    raise NoText("nothing")


def crash():
    raise KeyError("bug")


def crash_unfit():
    class Local(Exception):
        pass

    raise Local("bug")


def chatter():
    print("one line")  # noqa: T201
    os.write(1, b"another\n")
    return "result"


def interrupt(caller):
    """Interrupt the caller, which gets no result."""
    os.kill(caller, signal.SIGALRM)
    signal.pause()


def outlive(caller):
    """Kill the caller and keep running."""
    os.kill(caller, signal.SIGKILL)
    spin()


def burn(seconds):
    """Use that many CPU seconds."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def prepare():
    burn(0.5)
    leak(150)


def prepared():
    return len(LEAKED[0])


LOADED_BY = []


def prepare_pid():
    LOADED_BY.append(os.getpid())


def write_pids(stream):
    """Write the ids of the process that ran `prepare_pid`, and of this one."""
    stream.write(f"{''.join(map(str, LOADED_BY))} {os.getpid()}\n".encode())
    stream.flush()


def wait_for_end(stream):
    stream.readline()


def leave(stream, code):
    os._exit(code)


def burn_for(stream, seconds):
    burn(seconds)
    stream.write(b"done\n")
    stream.flush()
