"""News as data: feeds, pages and archives in, a lake of Parquet out.

The code lies in the folders `schemas/`, `transforms/` and `pipelines/` of the repository; here are
links to them, so that all of it is imported under one name: `newslake.schemas`, and so on.
"""
