"""The errors of a lake. Each message says what to do."""


class LakeError(Exception):
    """Base class of all errors of a lake; the message is for the user."""


class NotALake(LakeError):
    """The folder is not a lake, or a lake cannot be created there; nothing was written."""


class UnknownFormat(LakeError):
    """This version of newslake does not support the format of the lake or of a log entry."""


class WrongPartition(LakeError):
    """The unit of the lake's partitions is not the requested unit; nothing was written."""


class NoSuchState(LakeError):
    """The lake cannot be read as of the requested log entry."""


class Damaged(LakeError):
    """A file is missing, unreadable, not written by newslake, or different from its log entry."""


class Unsupported(LakeError):
    """The operation needs locks, hard links or directory swaps, but the file system has none."""


class NoSpace(LakeError):
    """The disk has too little free space for a safe commit."""


class Stale(LakeError):
    """Another run committed after this run read the lake; this run must be retried."""


class Unbalanced(LakeError):
    """Not all documents that were read are accounted for. This is a bug in newslake."""
