"""Calls that end in every way that a call can, for a process of their own."""

import os
import signal
import time

from newslake.schemas.reasons import NoText


def pid():
    return os.getpid()


def spin():
    sum(range(10**12))  # one call of C code: no other thread and no handler of signals gets a turn


def fill(megabytes):
    return len(bytearray(megabytes * 2**20))


LEAKED = []


def leak(megabytes):
    LEAKED.append(bytearray(megabytes * 2**20))
    return len(LEAKED)


def die():
    os.kill(os.getpid(), signal.SIGSEGV)


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
    return "answer"


def interrupt():
    """Interrupt the caller, who does not get an answer."""
    os.kill(os.getppid(), signal.SIGALRM)
    signal.pause()


def outlive():
    """Kill the caller, and go on."""
    os.kill(os.getppid(), signal.SIGKILL)
    spin()


def burn(seconds):
    """Take so many CPU seconds."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def prepare():
    burn(0.5)
    leak(150)


def prepared():
    return len(LEAKED[0])
