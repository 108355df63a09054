"""The error of a runner. This module does not import Beam, so that every command can catch the error."""


class RunnerFailed(Exception):
    """A runner failed; the message is shown to the user."""
