"""The table format: Parquet partitions, a write-ahead log, one committer at a time.

Nothing here knows Beam, or how copies are found: `lake.py` opens a lake, `committer.py` is the commit
protocol, `storage.py` is all that it asks of a file system.
"""
