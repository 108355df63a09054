"""The errors of a lake. Each message says what to do."""


class LakeError(Exception):
    """Base class of all errors of a lake; the message is for the user."""


class NotALake(LakeError):
    """The folder is not a lake, or a lake cannot be created there; nothing was written."""


class UnknownFormat(LakeError):
    """This version of newslake does not support the format of the lake or of a log entry."""


class WrongPartition(LakeError):
    """The lake is partitioned by another unit than the user asked for; nothing was written."""


class Damaged(LakeError):
    """A file is missing, unreadable, not written by newslake, or different from its log entry."""


class Unsupported(LakeError):
    """The file system has no locks, hard links or directory swaps, which the operation needs."""


class NoSpace(LakeError):
    """The disk has too little free space for a safe commit."""


class Stale(LakeError):
    """Another run committed after this run read the lake; this run must be retried."""


class Unbalanced(LakeError):
    """The documents read are not all accounted for: a bug in newslake."""
