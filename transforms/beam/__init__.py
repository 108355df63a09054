"""Building blocks of all stages: the coders, a map with a dead-letter output, and a sandbox.

Neither the sandbox nor this package module imports Beam: otherwise the subprocess of the sandbox
would load Beam too.
"""
