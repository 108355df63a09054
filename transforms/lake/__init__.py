"""The table format of a lake: Parquet partitions and a write-ahead log, with a single committer.

This package does not use Beam and contains no search for copies. `lake.py` opens a lake,
`committer.py` implements the commit protocol, `storage.py` wraps the file system.
"""
