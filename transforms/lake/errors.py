"""The errors of a lake. Each message says what to do."""

from newslake.transforms.failure import RESTORE, Failure, WrongUse


class LakeError(Failure):
    """Base class of all errors of a lake; the message is for the user."""


class NotALake(LakeError, WrongUse):
    """The folder is not a lake, or a lake cannot be created there; nothing was written."""


class UnknownFormat(LakeError):
    """This version of newslake does not support the format of the lake or of a log entry."""


class WrongPartition(LakeError, WrongUse):
    """The unit of the lake's partitions is not the requested unit; nothing was written."""


class NoSuchState(LakeError, WrongUse):
    """The lake cannot be read as of the requested log entry."""


class Damaged(LakeError):
    """A file is missing, unreadable, not written by newslake, or different from its log entry."""


NOT_JSON = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""The errors of reading JSON that newslake did not write."""


def damaged_json(path: str, content: bytes, error: Exception) -> Damaged:
    """Return the error for a JSON file of a lake with the wrong `content`."""
    cause = f"it is not what newslake wrote ({type(error).__name__}: {error})"
    return Damaged(f"{path} is damaged: {cause if content else 'it is empty'}; {RESTORE}")


class Unsupported(LakeError):
    """The operation needs locks, hard links or directory swaps, but the file system has none."""


class NoSpace(LakeError):
    """The disk has too little free space for a safe commit."""


class Stale(LakeError):
    """Another run committed after this run read the lake; this run must be retried."""


class Unbalanced(LakeError):
    """Not all documents that were read are accounted for. This is a bug in newslake."""
