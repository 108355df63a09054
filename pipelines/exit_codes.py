"""The exit codes of all commands, for `--help`."""

DONE, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 130
"""The exit codes."""

MAX_WIDTH = 100
"""Maximum width of the text, in columns."""


def exit_codes(failures: str) -> str:
    """Return the part of a help text on the exit codes.

    `failures` says what can fail although the command ran to its end; it may be empty.
    """
    import shutil  # most commands need only the codes
    import textwrap

    failed = "a file, the disk or the machine prevents the work; the message names it"
    meanings = {
        DONE: "done",
        FAILED: f"failed: {failures}, or {failed}" if failures else f"failed: {failed}",
        WRONG_USE: "wrong use: an argument, an option or an environment variable is wrong",
        STOPPED: "stopped by Ctrl-C; committed data is kept",
    }
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) - 2
    lines = [
        textwrap.fill(
            meaning, max(width, 20), initial_indent=f"  {code:<5}", subsequent_indent=" " * 7
        )
        for code, meaning in meanings.items()
    ]
    return "\n".join(["exit codes:", *lines]) + "\n"
