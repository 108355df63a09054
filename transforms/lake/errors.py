"""What can be wrong with a lake; each message says what to do.

LakeError
 ├─ NotALake        a folder that holds something else
 ├─ UnknownFormat   written by a newer newslake
 ├─ Damaged         a file of ours is missing or not as the log says
 ├─ Unsupported     the file system cannot lock or link
 ├─ NoSpace         too little room to commit safely
 ├─ Stale           another run published what this one decided on; it must decide anew
 └─ Unbalanced      documents went missing between reading and commit: a bug of ours
"""


class LakeError(Exception):
    """Anything about a lake that a user must know."""


class NotALake(LakeError):
    """The folder holds something else; nothing was written."""


class UnknownFormat(LakeError):
    """The lake, or an entry of its log, is of a kind that this version does not know."""


class Damaged(LakeError):
    """The lake lacks a file that its log promises, or one is not what the log says."""


class Unsupported(LakeError):
    """The file system has no locks or no hard links, without which nothing can be promised."""


class NoSpace(LakeError):
    """Too little free space for a commit that must not fail half-way."""


class Stale(LakeError):
    """Since this run read the lake, another published what this one meant to publish."""


class Unbalanced(LakeError):
    """Not every document that was read has ended somewhere."""
