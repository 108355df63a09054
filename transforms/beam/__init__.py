"""Building blocks of all stages: the coders, a map with a dead-letter output, and a sandbox.

The sandbox does not import Beam, and neither does this package: the subprocess of the sandbox would
load Beam too.
"""
