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
