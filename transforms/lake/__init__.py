"""The table format of a lake: Parquet partitions, a write-ahead log, and one committer at a time.

This package does not use Beam and does not know how copies are found. `lake.py` opens a lake,
`committer.py` implements the commit protocol, `storage.py` wraps the file system.
"""
