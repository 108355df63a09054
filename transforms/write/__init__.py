"""Rows -> Parquet partitions, committed atomically: a write-ahead log, one committer at a time.

`lake.py` is the protocol; `storage.py` is all that it asks of a file system.
"""
