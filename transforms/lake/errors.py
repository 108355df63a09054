"""The errors of a lake. Each message says what to do.

LakeError
 ├─ NotALake        the folder is not a lake and cannot become one
 ├─ UnknownFormat   this version of newslake does not support the lake's format
 ├─ WrongPartition  the lake's partitions are not those that the user asked for
 ├─ Damaged         a file is missing, not written by newslake, or different from the log
 ├─ Unsupported     the file system has no locks, hard links or directory swaps
 ├─ NoSpace         too little free space for a safe commit
 ├─ Stale           another run committed first; this run must be retried
 └─ Unbalanced      documents were lost between reading and commit: a bug in newslake
"""


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
    """Another run committed after this run read the lake; its decisions are out of date."""


class Unbalanced(LakeError):
    """The number of documents read differs from the number of documents accounted for."""
