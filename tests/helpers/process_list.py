"""The processes of this machine."""

from contextlib import suppress
from pathlib import Path


def running_processes():
    """Yield the id, the command line and the environment of each process that we may look at."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # the process has ended, or it belongs to another user
            command, environment = (
                (folder / name).read_bytes().decode(errors="replace")
                for name in ("cmdline", "environ")
            )
            pairs = (entry.partition("=") for entry in environment.split("\0"))
            variables = {name: value for name, _, value in pairs}
            yield int(folder.name), command.replace("\0", " "), variables


def children(pid):
    """Return the ids and the command lines of all processes that the threads of `pid` have started."""
    found = {}
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes()
    return found


def is_running(pid):
    """Return whether the process exists and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
